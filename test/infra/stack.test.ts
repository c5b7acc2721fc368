import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";

describe("the stack", () => {
  const stack = new Synthesised();

  it("grants no action by a wildcard, and no role a managed policy", () => {
    expect(stack.permissions().filter(({ action }) => action.includes("*"))).toEqual([]);
    for (const role of Object.values(stack.template.findResources("AWS::IAM::Role"))) {
      expect(role).not.toHaveProperty("Properties.ManagedPolicyArns");
      expect(role).not.toHaveProperty("Properties.Policies");
    }
  });

  it("grants on all resources only what knows no resources: the state machine's traces and log delivery", () => {
    const everywhere = stack.permissions().filter(({ resource }) => resource.includes("*"));
    const ofStateMachine = stack
      .permissions(stack.id("Workflow", "StateMachine", "Role"))
      .filter(({ resource }) => resource.includes("*"));

    expect(everywhere).toEqual(ofStateMachine);
    for (const { action } of everywhere) {
      expect(action).toMatch(/^(xray:\w+|logs:\w*LogDeliver\w+|logs:\w+ResourcePolic\w+|logs:DescribeLogGroups)$/);
    }
  });

  it("leaves the AWS Solutions checks nothing to object to but what is added to it unexplained", () => {
    const { stack: checked } = new Synthesised();
    new Queue(checked, "Unexplained");
    const { violations } = new AwsSolutionsChecks().validateScope(checked);

    expect(violations.map(({ ruleName }) => ruleName)).toContain("AwsSolutions-SQS4");
    const objects = violations.flatMap(({ violatingResources }) =>
      violatingResources.map(({ constructPath }) => constructPath),
    );
    expect(new Set(objects)).toEqual(new Set(["EksRemediation/Unexplained/Resource"]));
  });

  it("is one of its own for each cluster", () => {
    const logGroup = (clusterName: string) =>
      new Synthesised({ clusterName }).properties(stack.id("Workflow", "Logs"))["LogGroupName"];

    expect(logGroup("prod_eu")).toBe("/aws/vendedlogs/states/eks-remediation-prod-eu");
    expect(logGroup("staging")).toBe("/aws/vendedlogs/states/eks-remediation-staging");
  });

  it("says what to do next, where to start the workflow and where its outcomes go", () => {
    stack.template.hasOutput("RbacCommand", { Value: "kubectl apply -f infra/rbac.yaml" });
    stack.template.hasOutput("StateMachineArn", { Value: { Ref: stack.id("Workflow", "StateMachine") } });
    stack.template.hasOutput("TopicArn", { Value: { Ref: stack.id("Notifications", "Topic") } });
  });
});
