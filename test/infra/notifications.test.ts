import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, it } from "vitest";
import { Synthesised, text } from "./synthesised.ts";

const TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:on-call";
const KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234";

interface Policy {
  Statement: { Sid?: string; Effect: string; Action: string | string[]; Principal: unknown; Condition?: unknown }[];
}

describe("the notifications", () => {
  const stack = new Synthesised({ notifyEmail: "on-call@example.com" });
  const topic = stack.id("Notifications", "Topic");
  const statements = (id: string, property: string) => (stack.properties(id)[property] as Policy).Statement;

  it("lets the log service of whichever partition it is in use the key", () => {
    const logs = statements(stack.id("Encryption", "Key"), "KeyPolicy").find(({ Sid }) => Sid === "EncryptLogs");

    expect(text((logs?.Principal as { Service: unknown }).Service)).toBe("logs.${AWS::Region}.${AWS::URLSuffix}");
  });

  it("go to an encrypted topic, over TLS only", () => {
    const key = stack.id("Encryption", "Key");

    expect(stack.properties(topic)).toMatchObject({ KmsMasterKeyId: { "Fn::GetAtt": [key, "Arn"] } });
    expect(stack.properties(key)).toMatchObject({ EnableKeyRotation: true });
    expect(statements(stack.id("Notifications", "Topic", "Policy"), "PolicyDocument")).toContainEqual(
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    );
  });

  it("let CloudWatch publish the alarms of this account and region, with the key that this needs", () => {
    expect(statements(stack.id("Notifications", "Topic", "Policy"), "PolicyDocument")).toContainEqual(
      expect.objectContaining({
        Effect: "Allow",
        Action: "sns:Publish",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Condition: {
          ArnLike: { "aws:SourceArn": expect.anything() as unknown },
          StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
        },
      }),
    );
    expect(statements(stack.id("Encryption", "Key"), "KeyPolicy")).toContainEqual(
      expect.objectContaining({
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Principal: { Service: expect.arrayContaining(["cloudwatch.amazonaws.com"]) as unknown },
      }),
    );
  });

  it("are published by the function that knows the topic", () => {
    expect(stack.properties(stack.functionId("notify"))).toMatchObject({
      Environment: { Variables: { TOPIC_ARN: { Ref: topic } } },
    });
  });

  it("reach an address when one is given", () => {
    stack.template.hasResourceProperties("AWS::SNS::Subscription", {
      Protocol: "email",
      Endpoint: "on-call@example.com",
      TopicArn: { Ref: topic },
    });
    new Synthesised().template.resourceCountIs("AWS::SNS::Subscription", 0);
  });

  it("take the form for chat when that is set, and only then", () => {
    const variablesOf = (synthesised: Synthesised) =>
      (synthesised.properties(synthesised.functionId("notify"))["Environment"] as { Variables: object }).Variables;

    expect(variablesOf(new Synthesised({ chat: "true" }))).toMatchObject({ NOTIFICATION_CHAT: "true" });
    expect(variablesOf(stack)).not.toHaveProperty("NOTIFICATION_CHAT");
  });

  it("go to a given topic instead of a new one, alarms included, with its key", () => {
    const own = Synthesised.with((scope) => ({
      notifications: {
        emails: ["on-call@example.com", "lead@example.com"],
        topic: Topic.fromTopicAttributes(scope, "Given", { topicArn: TOPIC_ARN, keyArn: KEY_ARN }),
      },
    }));

    own.template.resourceCountIs("AWS::SNS::Topic", 0);
    own.template.resourceCountIs("AWS::SNS::Subscription", 2);
    for (const alarm of own.all("AWS::CloudWatch::Alarm")) expect(alarm["AlarmActions"]).toEqual([TOPIC_ARN]);
    expect(own.permissions(own.functionId("notify", "Role"))).toEqual(
      expect.arrayContaining([
        { action: "sns:Publish", resource: TOPIC_ARN },
        { action: "kms:GenerateDataKey", resource: KEY_ARN },
        { action: "kms:Decrypt", resource: KEY_ARN },
      ]),
    );
  });
});

describe("a given key", () => {
  it("encrypts all that a key of the construct's own would, and is opened to the services that use it", () => {
    const own = Synthesised.with((scope) => ({ encryptionKey: new Key(scope, "Given") }));
    const [key] = Object.keys(own.template.findResources("AWS::KMS::Key"));
    const arn = { "Fn::GetAtt": [key, "Arn"] };

    own.template.resourceCountIs("AWS::KMS::Key", 1);
    for (const queue of own.all("AWS::SQS::Queue")) expect(queue["KmsMasterKeyId"]).toEqual(arn);
    for (const logs of own.all("AWS::Logs::LogGroup")) expect(logs["KmsKeyId"]).toEqual(arn);
    for (const topic of own.all("AWS::SNS::Topic")) expect(topic["KmsMasterKeyId"]).toEqual(arn);
    for (const lambda of own.all("AWS::Lambda::Function")) expect(lambda["KmsKeyArn"]).toEqual(arn);
    for (const machine of own.all("AWS::StepFunctions::StateMachine"))
      expect(machine).toHaveProperty("EncryptionConfiguration.KmsKeyId", arn);
    const { Statement } = own.properties(key ?? "")["KeyPolicy"] as Policy;
    const [account, ...services] = Statement;
    expect(account?.Sid).toBeUndefined();
    expect(services.map(({ Sid, Principal }) => Sid ?? Principal)).toEqual([
      "EncryptLogs",
      "PublishAlarmsAndKeepDeadLetters",
      { Service: "delivery.logs.amazonaws.com" },
    ]);
  });
});
