import { Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Topic, type ITopic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct, type IConstruct } from "constructs";
import type { NotificationOptions } from "./props.ts";
import type { RemediationFunction } from "./remediation-function.ts";

export interface NotificationsProps {
  /** The function that publishes. */
  publisher: RemediationFunction;
  /** Encrypts a new topic. */
  key: IKey;
  namePrefix: string | undefined;
  options: NotificationOptions;
}

/** The topic on which outcomes and alarms are published: a given one, or a new one that is encrypted. */
export class Notifications extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, { publisher, key, namePrefix, options }: NotificationsProps) {
    super(scope, id);
    this.topic = options.topic ?? this.createTopic(key, namePrefix);
    for (const email of options.emails ?? []) {
      acknowledgeNoRedrive(this.topic.addSubscription(new EmailSubscription(email)));
    }

    const { lambda, role } = publisher;
    lambda.addEnvironment("TOPIC_ARN", this.topic.topicArn);
    if (options.chat === true) lambda.addEnvironment("NOTIFICATION_CHAT", "true");
    // Written out, because the topic's own grant allows `kms:GenerateDataKey*`.
    role.addToPolicy(new PolicyStatement({ actions: ["sns:Publish"], resources: [this.topic.topicArn] }));
    const { masterKey } = this.topic;
    if (masterKey !== undefined) {
      role.addToPolicy(
        new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [masterKey.keyArn] }),
      );
    }
  }

  private createTopic(key: IKey, namePrefix: string | undefined): Topic {
    const topic = new Topic(this, "Topic", {
      displayName: "EKS remediation",
      masterKey: key,
      enforceSSL: true,
      ...(namePrefix === undefined ? {} : { topicName: `${namePrefix}-outcomes` }),
    });
    const { account } = Stack.of(this);
    const alarms = Stack.of(this).formatArn({ service: "cloudwatch", resource: "alarm:*" });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "PublishAlarms",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { ArnLike: { "aws:SourceArn": alarms }, StringEquals: { "aws:SourceAccount": account } },
      }),
    );
    return topic;
  }
}

/** Says why a subscription by e-mail has no queue for what it does not bring. */
export function acknowledgeNoRedrive(subscription: IConstruct): void {
  Validations.of(subscription).acknowledge({
    id: "Serverless-SNSRedrivePolicy",
    reason:
      "What an e-mail did not bring is not lost: the execution's output holds it, and so does an Event on the workload.",
  });
}
