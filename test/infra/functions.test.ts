import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { STEP_NAMES } from "../../infra/functions.ts";
import { Synthesised } from "./synthesised.ts";

const stack = new Synthesised({ clusterName: "prod", policy: '{"opt_in": true}' });

describe("the functions", () => {
  it("are those that have a handler", () => {
    const folders = readdirSync(new URL("../../functions/", import.meta.url)).filter((folder) => folder !== "shared");

    expect([...STEP_NAMES].sort()).toEqual(folders.sort());
    stack.template.resourceCountIs("AWS::Lambda::Function", STEP_NAMES.length);
  });

  it.each(STEP_NAMES)(
    "run %s on the Lambda runtime's Node, with the policy, and log to a group that forgets",
    (step) => {
      const logs = stack.id("Functions", step, "Logs");

      expect(stack.properties(stack.id("Functions", step, "Function"))).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
        Environment: { Variables: { REMEDIATION_POLICY: '{"opt_in": true}' } },
        LoggingConfig: { LogGroup: { Ref: logs } },
        Role: { "Fn::GetAtt": [stack.id("Functions", step, "Role"), "Arn"] },
      });
      expect(stack.properties(logs)).toEqual({ RetentionInDays: 30 });
    },
  );

  it.each(STEP_NAMES.filter((step) => step !== "notify"))(
    "let %s do nothing in AWS but log and find the cluster",
    (step) => {
      const role = stack.id("Functions", step, "Role");
      const logs = `\${${stack.id("Functions", step, "Logs")}.Arn}`;

      expect(stack.permissions(role)).toEqual([
        { action: "logs:CreateLogStream", resource: logs },
        { action: "logs:PutLogEvents", resource: logs },
        {
          action: "eks:DescribeCluster",
          resource: "arn:${AWS::Partition}:eks:${AWS::Region}:${AWS::AccountId}:cluster/prod",
        },
      ]);
    },
  );

  it("let notify do nothing in AWS but log, publish and find the cluster", () => {
    const logs = `\${${stack.id("Functions", "notify", "Logs")}.Arn}`;
    const key = `\${${stack.id("Notifications", "Key")}.Arn}`;

    expect(stack.permissions(stack.id("Functions", "notify", "Role"))).toEqual([
      { action: "logs:CreateLogStream", resource: logs },
      { action: "logs:PutLogEvents", resource: logs },
      { action: "sns:Publish", resource: `\${${stack.id("Notifications", "Topic")}}` },
      { action: "kms:Decrypt", resource: key },
      { action: "kms:GenerateDataKey", resource: key },
      {
        action: "eks:DescribeCluster",
        resource: "arn:${AWS::Partition}:eks:${AWS::Region}:${AWS::AccountId}:cluster/prod",
      },
    ]);
  });
});
