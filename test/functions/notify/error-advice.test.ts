import { describe, expect, it } from "vitest";
import { adviceOn } from "../../../functions/notify/error-advice.ts";
import { failureMessage } from "../../../functions/notify/message.ts";

const EXECUTION = { id: "run-1", name: "run-1" };

describe("what to do about an error", () => {
  it.each([
    ["ClusterNotFound", "aws eks list-clusters"],
    ["ClusterNotPermitted", "npx cdk deploy -c clusterName=prod"],
    ["NamespaceNotFound", "kubectl get namespaces"],
    ["Unauthorized", "aws eks list-access-entries --cluster-name prod"],
    [
      "ClusterUnreachable",
      "aws eks describe-cluster --name prod --query 'cluster.[status,endpoint,resourcesVpcConfig]'",
    ],
    ["Forbidden", "kubectl apply -f infra/rbac.yaml"],
    ["ClaimNamespaceMissing", "kubectl apply -f infra/rbac.yaml"],
  ])("%s is answered with what to run", (name, command) => {
    const { text } = failureMessage({ name, text: "It broke." }, "prod", EXECUTION);

    expect(text).toContain(`- ${command}`);
  });

  it.each(["WorkloadNotFound", "PodNotFound"])("is nothing where it says that it is gone: %s", (name) => {
    expect(adviceOn(name, "prod")).toEqual({ nextSteps: [], commands: [] });
  });

  it("is told for any other error, too", () => {
    expect(adviceOn("SomethingNew", "prod").nextSteps).toHaveLength(1);
  });
});
