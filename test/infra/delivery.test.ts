import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";

const off = new Synthesised({ clusterName: "prod" });
const on = new Synthesised({
  clusterName: "prod",
  slack: "/ops/slack",
  pagerDuty: "/aws/reference/secretsmanager/ops/pager",
});
const key = on.id("Encryption", "Key");
const queue = on.id("Delivery", "DeadLetters");
const ACCOUNT = "${AWS::Region}:${AWS::AccountId}";

interface Policy {
  Statement: { Sid?: string; Principal: unknown; Condition?: unknown }[];
}

/** What a function may do beyond what every function may. */
function permissionsOf(name: string): string[] {
  const role = on.id("Delivery", name, "Role");
  return on
    .permissions(role)
    .map(({ action, resource }) => `${action} ${resource}`)
    .filter((permission) => !/^(logs|xray):/.test(permission))
    .sort();
}

describe("deliveries", () => {
  it("are made to nobody by default", () => {
    expect(JSON.stringify(off.template.toJSON())).not.toMatch(/DESTINATION|secretsmanager|KeepUndeliveredMessages/);
  });

  it("are a function each, that knows one destination and the name of its secret", () => {
    const functions = on
      .all("AWS::Lambda::Function")
      .map(({ Environment }) => (Environment as { Variables: Record<string, string> }).Variables)
      .filter(({ DESTINATION }) => DESTINATION !== undefined);

    expect(functions).toMatchObject([
      { DESTINATION: "slack", DESTINATION_SECRET: "/ops/slack" },
      { DESTINATION: "pagerDuty", DESTINATION_SECRET: "/aws/reference/secretsmanager/ops/pager" },
    ]);
    expect(on.all("AWS::EKS::AccessEntry")).toHaveLength(off.all("AWS::EKS::AccessEntry").length);
  });

  it("let each function read its own secret, and decrypt that alone", () => {
    const own = [
      `kms:Decrypt \${${key}.Arn}`,
      `kms:Decrypt arn:\${AWS::Partition}:kms:${ACCOUNT}:key/*`,
      `kms:GenerateDataKey \${${key}.Arn}`,
      `sqs:SendMessage \${${queue}.Arn}`,
    ];
    const parameter = `arn:\${AWS::Partition}:ssm:${ACCOUNT}:parameter`;
    const secret = `arn:\${AWS::Partition}:secretsmanager:${ACCOUNT}:secret:ops/pager-??????`;

    expect(permissionsOf("deliver-slack")).toEqual([...own, `ssm:GetParameter ${parameter}/ops/slack`].sort());
    expect(permissionsOf("deliver-pagerduty")).toEqual(
      [
        ...own,
        `ssm:GetParameter ${parameter}/aws/reference/secretsmanager/ops/pager`,
        `secretsmanager:GetSecretValue ${secret}`,
      ].sort(),
    );
    const conditions = (name: string) =>
      JSON.stringify(on.statements(on.id("Delivery", name, "Role")).map(({ Condition }) => Condition));
    expect(conditions("deliver-slack")).toMatch(/ViaService":.*ssm\..*EncryptionContext:PARAMETER_ARN.*\/ops\/slack/);
    expect(conditions("deliver-pagerduty")).toMatch(
      /ViaService":.*secretsmanager\..*EncryptionContext:SecretARN.*ops\/pager-/,
    );
  });

  it("take what the topic carries, and keep what could not be delivered", () => {
    expect(on.all("AWS::SNS::Subscription")).toHaveLength(2);
    for (const subscription of on.all("AWS::SNS::Subscription"))
      expect(subscription).toMatchObject({
        Protocol: "lambda",
        TopicArn: { Ref: on.id("Notifications", "Topic") },
        RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": [queue, "Arn"] } },
      });
    for (const name of ["deliver-slack", "deliver-pagerduty"])
      expect(on.all("AWS::Lambda::EventInvokeConfig")).toContainEqual(
        expect.objectContaining({
          FunctionName: { Ref: on.id("Delivery", name, "Function") },
          DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [queue, "Arn"] } } },
          MaximumRetryAttempts: 2,
        }),
      );
    const { Statement } = on.properties(key)["KeyPolicy"] as Policy;
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Sid: "KeepUndeliveredMessages",
        Principal: { Service: "sns.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      }),
    );
    expect(JSON.stringify(on.properties(on.id("Observability", "DeadLetters")))).toContain(queue);
    expect(JSON.stringify(on.all("AWS::CloudWatch::Alarm"))).toContain(on.id("Delivery", "deliver-slack", "Function"));
  });

  it("pass the checks", () => {
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(checks.validateScope(on.stack).violations).toEqual([]);
  });

  it.each([
    "https://hooks.slack.com/services/T0/B0/topsecret",
    "R0123456789ABCDEF0123456789ABCDE",
    "/aws/mine",
    "ops/slack",
    "/ops//slack",
    "/aws/reference/secretsmanager/",
  ])("are refused where %s is to name the secret, which is not repeated", (slack) => {
    const refused = () => new Synthesised({ slack });

    expect(refused).toThrow("notifications.deliver.slack: must be the name of a parameter");
    expect(refused).not.toThrow("topsecret");
  });
});
