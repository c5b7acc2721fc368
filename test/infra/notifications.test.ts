import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";

describe("the notifications", () => {
  const stack = new Synthesised({ notifyEmail: "on-call@example.com" });
  const topic = stack.id("Notifications", "Topic");

  it("go to a topic that is encrypted with a key of its own, over TLS only", () => {
    const key = stack.id("Notifications", "Key");

    expect(stack.properties(topic)).toMatchObject({ KmsMasterKeyId: { "Fn::GetAtt": [key, "Arn"] } });
    expect(stack.properties(key)).toMatchObject({ EnableKeyRotation: true });
    expect(stack.properties(stack.id("Notifications", "Topic", "Policy"))).toMatchObject({
      PolicyDocument: { Statement: [{ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }] },
    });
  });

  it("are published by the function that knows the topic", () => {
    expect(stack.properties(stack.id("Functions", "notify", "Function"))).toMatchObject({
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
});
