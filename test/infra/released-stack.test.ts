import { App } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { RELEASED } from "../../infra/released-parameters.ts";
import { EXAMPLE_CLUSTER, readSettings } from "../../infra/settings.ts";
import { ReleasedStack } from "../../infra/released-stack.ts";
import { CDK_CONTEXT } from "./cdk-context.ts";
import { Synthesised } from "./synthesised.ts";

const SETTINGS = { fleet: "/eks-remediation/fleet", mcp: "true", waysIn: "alarms,events", approvalLinks: "on" };

function release(settings: Record<string, unknown> = SETTINGS): ReleasedStack {
  const app = new App({
    context: { ...CDK_CONTEXT, "aws:cdk:bundling-stacks": [], ...settings },
    builtinCloudFormationValidation: false,
  });
  return new ReleasedStack(app, "EksRemediation", readSettings(app.node), {
    bucket: "releases-${AWS::Region}",
    prefix: "v1/",
  });
}

/** The types of all resources, by what their logical IDs are without the digest of what a version holds. */
function resourcesOf(template: Template): Map<string, string> {
  const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> };
  return new Map(
    Object.entries(Resources).map(([id, { Type }]) => [
      Type === "AWS::Lambda::Version" ? id.replace(/[0-9a-f]{32}$/, "") : id,
      Type,
    ]),
  );
}

describe("a release", () => {
  const stack = release();
  const template = Template.fromStack(stack);

  it("has all that a deployment with the same settings has, and who is told beside", () => {
    const released = resourcesOf(template);
    const deployed = resourcesOf(new Synthesised(SETTINGS).template);

    expect([...deployed].filter(([id, type]) => released.get(id) !== type)).toEqual([]);
    expect([...released].filter(([id]) => !deployed.has(id))).toEqual([["Email", "AWS::SNS::Subscription"]]);
  });

  it("has its functions in a VPC where its parameters name subnets and security groups, and in none otherwise", () => {
    const ofList = (name: string) => ({ "Fn::Split": [",", { Ref: name }] });
    const ids = { SubnetIds: ofList("SubnetIds"), SecurityGroupIds: ofList("SecurityGroupIds") };
    template.allResourcesProperties("AWS::Lambda::Function", {
      VpcConfig: { "Fn::If": ["InVpc", ids, { Ref: "AWS::NoValue" }] },
    });
    template.hasCondition("InVpc", { "Fn::Not": [{ "Fn::Equals": [{ Ref: "SubnetIds" }, ""] }] });
    const roles = Object.entries(template.findResources("AWS::IAM::Role")) as [string, { Properties: object }][];
    const policy = { PolicyName: "Network", PolicyDocument: expect.any(Object) as object };
    for (const { Properties } of Object.values(template.findResources("AWS::Lambda::Function"))) {
      const [id] = (Properties as { Role: { "Fn::GetAtt": [string] } }).Role["Fn::GetAtt"];
      expect(roles.find(([own]) => own === id)?.[1].Properties, id).toHaveProperty("Policies", [
        { "Fn::If": ["InVpc", policy, { Ref: "AWS::NoValue" }] },
      ]);
    }
    const { Rules } = template.toJSON() as { Rules: object };
    expect(Object.keys(Rules).sort()).toEqual(["GroupsHaveSubnets", "SubnetsHaveGroups"]);
    const set = Template.fromStack(
      release({ subnets: "subnet-0a1b2c3d,subnet-1a2b3c4d", securityGroups: "sg-0a1b2c3d" }),
    );
    set.hasParameter("SubnetIds", { Default: "subnet-0a1b2c3d,subnet-1a2b3c4d" });
    set.hasParameter("SecurityGroupIds", { Default: "sg-0a1b2c3d" });
  });

  it("takes its code from the release's bucket, and needs no account that is prepared for the CDK", () => {
    const text = JSON.stringify(template.toJSON());

    for (const { Properties } of Object.values(template.findResources("AWS::Lambda::Function"))) {
      expect(Properties).toMatchObject({
        Code: {
          S3Bucket: { "Fn::Sub": "releases-${AWS::Region}" },
          S3Key: expect.stringMatching(/^v1\/\w+\.zip$/) as string,
        },
      });
    }
    expect(text).not.toContain("cdk-hnb659fds");
    expect(text).not.toContain("/cdk-bootstrap/");
  });

  it("looks after the cluster that its parameter names, and no other", () => {
    expect(JSON.stringify(template.toJSON())).not.toContain(String(CDK_CONTEXT["clusterName"]));
    template.hasResourceProperties("AWS::EKS::AccessEntry", { ClusterName: { Ref: "ClusterName" } });
    expect(template.toJSON()).toMatchObject({
      Parameters: { ClusterName: { AllowedPattern: expect.any(String) as string } },
    });
  });

  it("takes the cluster that is set as its parameter's default, and has to be told one otherwise", () => {
    expect(CDK_CONTEXT["clusterName"]).toBe(EXAMPLE_CLUSTER);
    expect(template.toJSON()).not.toHaveProperty("Parameters.ClusterName.Default");
    Template.fromStack(release({ clusterName: "prod" })).hasParameter("ClusterName", { Default: "prod" });
  });

  it("has the parameters that the Terraform module hands on, and is too large to be sent to CloudFormation by itself", () => {
    const { Parameters } = template.toJSON() as { Parameters: Record<string, unknown> };

    expect(Object.keys(Parameters)).toEqual(Object.keys(RELEASED));
    expect(JSON.stringify(template.toJSON()).length).toBeGreaterThan(51_200);
  });

  it("tells an address by e-mail where its parameter holds one", () => {
    template.hasResource("AWS::SNS::Subscription", {
      Condition: "TellsByEmail",
      Properties: { Protocol: "email", Endpoint: { Ref: "NotifyEmail" } },
    });
    template.hasCondition(
      "TellsByEmail",
      Match.objectLike({ "Fn::Not": [{ "Fn::Equals": [{ Ref: "NotifyEmail" }, ""] }] }),
    );
    template.hasParameter("NotifyEmail", { Default: "" });
    Template.fromStack(release({ notifyEmail: "on-call@example.com" })).hasParameter("NotifyEmail", {
      Default: "on-call@example.com",
    });
  });

  it.each([
    ["AWS Solutions", new AwsSolutionsChecks()],
    ["Serverless", new ServerlessChecks()],
  ])("leaves the %s checks nothing to object to", (_name, checks) => {
    expect(checks.validateScope(stack).violations).toEqual([]);
  });
});
