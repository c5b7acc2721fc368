import { RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { StepFunction } from "./functions.ts";

export interface NotificationsProps {
  /** The function that publishes. */
  publisher: StepFunction;
  /** An address to subscribe. */
  email: string | undefined;
}

/** The topic on which outcomes are published, encrypted with a key of its own. */
export class Notifications extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { publisher, email }: NotificationsProps) {
    super(scope, id);
    const key = new Key(this, "Key", {
      description: "EKS remediation: outcomes on their way to subscribers",
      enableKeyRotation: true,
      // Messages are not kept, so nothing needs the key once the topic is gone.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new Topic(this, "Topic", {
      displayName: "EKS remediation",
      masterKey: key,
      enforceSSL: true,
    });
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));

    publisher.lambda.addEnvironment("TOPIC_ARN", this.topic.topicArn);
    // Written out, because the topic's own grant allows `kms:GenerateDataKey*`.
    publisher.role.addToPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [this.topic.topicArn] }));
    publisher.role.addToPolicy(
      new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }),
    );
  }
}
