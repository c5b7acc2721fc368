import { Validations, type Duration } from "aws-cdk-lib";
import { Rule, Schedule, type RuleTargetInput } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { RemediationFunction } from "./remediation-function.ts";

export interface OnScheduleProps {
  description: string;
  /** How often it is invoked. */
  interval: Duration;
  enabled: boolean;
  /** What it is invoked with. Default: the event as it is. */
  event?: RuleTargetInput;
  /** Takes what could not be done. */
  deadLetterQueue: Queue;
  key: IKey;
  /** Why its invocations are not traced. */
  untraced: string;
}

/**
 * Has a function of a hub invoked again and again. Each time is done once, whatever is tried again: the next one is another try.
 * What EventBridge or Lambda could not deliver, or that ended with an error, is kept in a dead-letter queue.
 */
export function onSchedule(
  target: RemediationFunction,
  { description, interval, enabled, event, deadLetterQueue, key, untraced }: OnScheduleProps,
): void {
  const { lambda, role } = target;
  const { queueArn } = deadLetterQueue;
  new Rule(target, "Rule", {
    description,
    schedule: Schedule.rate(interval),
    enabled,
    targets: [
      new LambdaFunction(lambda, {
        ...(event === undefined ? {} : { event }),
        deadLetterQueue,
        maxEventAge: interval,
      }),
    ],
  });
  // Written out, because the queue's own grant allows more.
  role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queueArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }));
  lambda.configureAsyncInvoke({
    onFailure: { bind: () => ({ destination: queueArn }) },
    maxEventAge: interval,
    retryAttempts: 0,
  });
  for (const { id, reason } of [
    { id: "Serverless-LambdaDLQ", reason: "Its on-failure destination takes what it could not do." },
    { id: "Serverless-LambdaTracing", reason: untraced },
  ]) {
    Validations.of(lambda).acknowledge({ id, reason });
  }
}
