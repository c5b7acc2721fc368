import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";

const off = new Synthesised({ clusterName: "prod" });
const on = new Synthesised({ clusterName: "prod", scorecard: "on", chat: "true" });
const lambda = on.id("Scorecard", "scorecard", "Function");
const queue = on.id("Scorecard", "DeadLetters");
const table = on.id("Record", "Table");
const key = on.id("Encryption", "Key");

describe("the scorecard of the week", () => {
  it("is told only where that is switched on", () => {
    expect(JSON.stringify(off.template.toJSON())).not.toContain("scorecard");
  });

  it("is told on Mondays, of the record and the cluster, once more where it could not be", () => {
    expect(on.properties(on.id("Scorecard", "Rule"))).toMatchObject({
      ScheduleExpression: "cron(0 8 ? * MON *)",
      Targets: [
        { Arn: { "Fn::GetAtt": [lambda, "Arn"] }, DeadLetterConfig: { Arn: { "Fn::GetAtt": [queue, "Arn"] } } },
      ],
    });
    expect(on.properties(lambda)).toMatchObject({
      Environment: {
        Variables: {
          CLUSTER_NAME: "prod",
          RECORD_TABLE: { Ref: table },
          TOPIC_ARN: { Ref: on.id("Notifications", "Topic") },
          NOTIFICATION_CHAT: "true",
        },
      },
    });
    expect(on.all("AWS::Lambda::EventInvokeConfig")).toContainEqual(
      expect.objectContaining({
        FunctionName: { Ref: lambda },
        DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [queue, "Arn"] } } },
        MaximumRetryAttempts: 1,
      }),
    );
    expect(JSON.stringify(on.properties(on.id("Observability", "DeadLetters")))).toContain(queue);
  });

  it("reads the record and publishes, and may do nothing else in AWS", () => {
    const own = on
      .permissions(on.id("Scorecard", "scorecard", "Role"))
      .map(({ action, resource }) => `${action} ${resource}`)
      .filter((permission) => !/^(logs|xray):/.test(permission));

    expect([...new Set(own)].sort()).toEqual([
      `dynamodb:Query \${${table}.Arn}`,
      `dynamodb:Query \${${table}.Arn}/index/by-time`,
      "eks:DescribeCluster arn:${AWS::Partition}:eks:${AWS::Region}:${AWS::AccountId}:cluster/prod",
      `kms:Decrypt \${${key}.Arn}`,
      `kms:DescribeKey \${${key}.Arn}`,
      `kms:GenerateDataKey \${${key}.Arn}`,
      `sns:Publish \${${on.id("Notifications", "Topic")}}`,
      `sqs:SendMessage \${${queue}.Arn}`,
    ]);
  });

  it("looks at workloads as verify does", () => {
    expect(on.all("AWS::EKS::AccessEntry")).toContainEqual(
      expect.objectContaining({
        PrincipalArn: { "Fn::GetAtt": [on.id("Scorecard", "scorecard", "Role"), "Arn"] },
        KubernetesGroups: ["eks-remediation:verify"],
      }),
    );
  });

  it("passes the checks", () => {
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(checks.validateScope(on.stack).violations).toEqual([]);
  });
});
