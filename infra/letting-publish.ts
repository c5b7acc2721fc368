import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { RemediationFunction } from "./remediation-function.ts";

/** Lets a function publish to the topic. Written out, because the topic's grant allows more. */
export function letPublish(
  { role, lambda }: RemediationFunction,
  { topicArn, masterKey }: ITopic,
  { chat, key }: { chat: boolean; key: IKey },
): void {
  lambda.addEnvironment("TOPIC_ARN", topicArn);
  if (chat) lambda.addEnvironment("NOTIFICATION_CHAT", "true");
  role.addToPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [topicArn] }));
  const others = masterKey === undefined || masterKey.keyArn === key.keyArn ? [] : [masterKey.keyArn];
  const keys = [key.keyArn, ...others];
  role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: keys }));
}
