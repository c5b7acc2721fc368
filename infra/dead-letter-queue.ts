import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

/** A queue that keeps what EventBridge, SNS or Lambda could not deliver, encrypted, for as long as SQS can. */
export function createDeadLetterQueue(scope: Construct, id: string, key: IKey): Queue {
  const queue = new Queue(scope, id, {
    enforceSSL: true,
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  for (const id of ["AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy"]) {
    Validations.of(queue).acknowledge({
      id,
      reason: "It is a dead-letter queue itself, of a rule's target, which the check does not look at.",
    });
  }
  return queue;
}
