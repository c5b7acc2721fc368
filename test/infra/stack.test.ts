import { Match } from "aws-cdk-lib/assertions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { EksRemediation } from "../../infra/eks-remediation.ts";
import { Synthesised, text } from "./synthesised.ts";

describe("the stack", () => {
  const stack = new Synthesised();

  it("grants no action by a wildcard, and no role a managed policy", () => {
    expect(stack.permissions().filter(({ action }) => action.includes("*"))).toEqual([]);
    for (const role of Object.values(stack.template.findResources("AWS::IAM::Role"))) {
      expect(role).not.toHaveProperty("Properties.ManagedPolicyArns");
      expect(role).not.toHaveProperty("Properties.Policies");
    }
  });

  it("grants on all resources only what knows no resources: traces, and the state machine's log delivery", () => {
    const ofOneMachineOrFunction = /:execution:[^*]+:(agent-)?\*$|^\$\{\w+\.Arn\}:\*$/;
    const evidence = `\${${stack.id("Record", "Evidence")}.Arn}/*`;
    for (const { action, resource } of stack.permissions().filter(({ resource }) => resource.includes("*"))) {
      if (ofOneMachineOrFunction.test(resource) || resource === evidence) continue;
      expect(action).toMatch(/^(xray:\w+|logs:\w*LogDeliver\w+|logs:\w+ResourcePolic\w+|logs:DescribeLogGroups)$/);
    }
  });

  it.each([
    ["AWS Solutions", new AwsSolutionsChecks(), "AwsSolutions-SQS4"],
    ["Serverless", new ServerlessChecks(), "Serverless-SQSRedrivePolicy"],
  ])("leaves the %s checks nothing to object to but what is added to it unexplained", (_name, checks, finding) => {
    const { stack: checked } = new Synthesised({ notifyEmail: "on-call@example.com" });
    new Queue(checked, "Unexplained");
    const { violations } = checks.validateScope(checked);

    expect(violations.map(({ ruleName }) => ruleName)).toContain(finding);
    const objects = violations.flatMap(({ violatingResources }) =>
      violatingResources.map(({ constructPath }) => constructPath),
    );
    expect(new Set(objects)).toEqual(new Set(["EksRemediation/Unexplained/Resource"]));
  });

  it("is one of its own for each cluster, and for each prefix of one cluster", () => {
    const stacks = [
      { clusterName: "staging" },
      { clusterName: "pay-eu" },
      { clusterName: "pay_eu" },
      { clusterName: "pay_eu-1" },
      { clusterName: "pay-eu_1" },
      { clusterName: "pay-eu", namePrefix: "shop" },
    ].map((context) => new Synthesised(context));
    const names = stacks.map(({ stack }) => stack.stackName);
    const logGroups = stacks.map((each) => each.properties(each.id("Workflow", "Logs"))["LogGroupName"]);

    expect(names.slice(0, 2)).toEqual(["eks-remediation-staging", "eks-remediation-pay-eu"]);
    for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
    expect(new Set(names).size).toBe(names.length);
    for (const group of logGroups) expect(group).toMatch(/^\/aws\/vendedlogs\/states\/[\w-]+$/);
    expect(new Set(logGroups).size).toBe(logGroups.length);
  });

  it("has a log of its own for each of two constructs that look after one cluster", () => {
    const twice = Synthesised.with((stack) => {
      new EksRemediation(stack, "Second", { clusterName: "prod" });
      return {};
    });
    const logs = twice.all("AWS::Logs::LogGroup").flatMap(({ LogGroupName }) => LogGroupName ?? []);

    expect(logs).toHaveLength(2);
    expect(new Set(logs).size).toBe(2);
  });

  it("says what to do next, where to start the workflow, what agents invoke, and where its outcomes go", () => {
    const agent = stack.functionId("agent");

    stack.template.hasOutput("RbacCommand", { Value: "kubectl apply -f infra/rbac.yaml" });
    stack.template.hasOutput("StateMachineArn", { Value: { Ref: stack.id("Workflow", "StateMachine") } });
    stack.template.hasOutput("AgentFunctionName", { Value: { Ref: agent } });
    stack.template.hasOutput("AgentFunctionArn", {
      Value: { "Fn::GetAtt": [agent, "Arn"] },
      Description: Match.stringLikeRegexp("K8S_AGENT_ARN"),
    });
    stack.template.hasOutput("TopicArn", { Value: { Ref: stack.id("Notifications", "Topic") } });
    stack.template.hasOutput("DashboardName", { Value: { Ref: stack.id("Observability", "Dashboard", "Dashboard") } });
  });

  it("gives the command for the permissions in the namespaces that are looked after", () => {
    const command = "npm run --silent rbac -- --namespace shop --namespace blog | kubectl apply -f -";
    const policy = { namespaces: { allow: ["shop", "kube-system", "blog"], deny: ["kube-system"] } };

    new Synthesised({ namespaces: "shop,blog" }).template.hasOutput("RbacCommand", { Value: command });
    new Synthesised({ policy }).template.hasOutput("RbacCommand", { Value: command });
  });

  it.each(["arn:aws:iam::123456789012:policy/boundary", "boundary"])(
    "bounds every role when a permissions boundary is set: %s",
    (permissionsBoundary) => {
      const bounded = new Synthesised({ permissionsBoundary });

      for (const role of bounded.all("AWS::IAM::Role")) {
        expect(text(role["PermissionsBoundary"])).toMatch(/^arn:.*:policy\/boundary$/);
      }
    },
  );
});
