import { describe, type TestContext } from "vitest";
import { aws, roleOf } from "../account.ts";
import { PRIVATE_CLUSTER_NAME } from "../cloud.ts";
import { it } from "../deployed.ts";
import { PLACE } from "../emulator/emulator.ts";
import { execute, taskErrors } from "../executions.ts";

describe.concurrent("a run on a cluster that cannot be had", () => {
  it("is refused by IAM when the stack is not for that cluster", async ({ failedRuns, expect }) => {
    const run = await execute({ cluster_name: "staging" });

    expect(run).toMatchObject({ status: "FAILED", error: "ClusterNotPermitted" });
    expect(run.cause).toContain("eks:DescribeCluster");
    const { document, attributes } = await failedRuns.message(
      ({ document: { execution } }) => execution.id === run.arn,
    );
    expect(document).toMatchObject({ outcome: "Unresolved", reason: "ClusterNotPermitted", cluster_name: "staging" });
    expect(document.commands).toEqual(["npx cdk deploy -c clusterName=staging"]);
    expect(document.summary).toContain("EKS cluster staging could not be described");
    expect(attributes).toEqual({ outcome: "Unresolved", cluster: "staging", cause: "RunFailed", needs_person: "true" });
  });

  it("says so when there is no such cluster", async ({ failedRuns, expect, onTestFinished }) => {
    await mayDescribe("gone", onTestFinished);

    const run = await execute({ cluster_name: "gone" });

    expect(run).toMatchObject({ status: "FAILED", error: "ClusterNotFound" });
    const { document } = await failedRuns.message(({ document: { execution } }) => execution.id === run.arn);
    expect(document).toMatchObject({
      reason: "ClusterNotFound",
      summary: expect.stringContaining("There is no EKS cluster gone in this account and region.") as string,
      commands: [`aws eks list-clusters --region ${PLACE.region}`],
    });
  });

  it("is tried once more, and told, when the cluster's endpoint is private", async ({
    failedRuns,
    expect,
    onTestFinished,
  }) => {
    await mayDescribe(PRIVATE_CLUSTER_NAME, onTestFinished);

    const run = await execute({ cluster_name: PRIVATE_CLUSTER_NAME });

    expect(run).toMatchObject({ status: "FAILED", error: "ClusterUnreachable" });
    expect(await taskErrors(run.arn)).toEqual(["ClusterUnreachable", "ClusterUnreachable"]);
    const { document } = await failedRuns.message(({ document: { execution } }) => execution.id === run.arn);
    expect(document).toMatchObject({ reason: "ClusterUnreachable", needs_person: true, changed: [] });
    expect(document.next_steps.join(" ")).toContain("a private endpoint needs the functions in the cluster's VPC");
    expect(document.commands.join("\n")).toContain(`aws eks describe-cluster --name ${PRIVATE_CLUSTER_NAME}`);
  });
});

/** Lets the first step's function look for another cluster than the stack's, as the stack of that cluster would. */
async function mayDescribe(clusterName: string, onTestFinished: TestContext["onTestFinished"]): Promise<void> {
  const statement = {
    Effect: "Allow",
    Action: "eks:DescribeCluster",
    Resource: `arn:aws:eks:${PLACE.region}:${PLACE.account}:cluster/${clusterName}`,
  };
  const { RoleName } = await roleOf("detect");
  const policy = ["--role-name", RoleName, "--policy-name", `describe-${clusterName}`];
  await aws(
    ...["iam", "put-role-policy", ...policy],
    ...["--policy-document", JSON.stringify({ Version: "2012-10-17", Statement: [statement] })],
  );
  // A role with a policy that CloudFormation does not know could not be deleted.
  onTestFinished(() => aws("iam", "delete-role-policy", ...policy));
}
