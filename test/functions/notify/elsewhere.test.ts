import { describe, expect, it } from "vitest";
import { connectCommands } from "../../../functions/notify/commands.ts";
import { adviceOn } from "../../../functions/notify/error-advice.ts";
import { failureMessage } from "../../../functions/notify/message.ts";
import { placed, placeOf } from "../../../functions/notify/place.ts";

const ARN = "arn:aws:eks:us-east-1:444455556666:cluster/shop";
const EXECUTION = { id: "arn:aws:states:eu-west-1:111122223333:execution:machine:run", name: "run" };

describe("what is told of a cluster of another account", () => {
  it("has commands for its own region, and a context that is no other cluster's", () => {
    const commands = placed([...connectCommands(ARN), "kubectl get nodes"], placeOf(ARN, EXECUTION.id));

    expect(commands).toEqual([
      `aws eks update-kubeconfig --name shop --region us-east-1 --alias ${ARN}`,
      `kubectl --context ${ARN} get nodes`,
    ]);
  });

  it("names it by account and region to people, and by its ARN to machines", () => {
    const error = { name: "ClusterNotPermitted", text: "The role could not be assumed." };
    const { subject, text, document, attributes } = failureMessage(error, ARN, EXECUTION);

    expect(subject).toContain("[shop (444455556666, us-east-1)]");
    expect(text).toContain("on cluster shop (444455556666, us-east-1)");
    expect(document.cluster_name).toBe(ARN);
    expect(attributes["cluster"]).toBe(ARN);
  });

  it("advises no deployment of a stack for it", () => {
    expect(adviceOn("ClusterNotPermitted", ARN).commands).toEqual([]);
    expect(adviceOn("ClusterNotPermitted", ARN).nextSteps.join()).toContain("external id");
    expect(adviceOn("ClusterUnreachable", ARN).commands.join()).toContain("--name shop ");
  });
});
