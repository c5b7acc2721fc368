import { Validations, type Duration } from "aws-cdk-lib";
import { Rule, Schedule, type RuleTargetInput } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { RemediationFunction } from "./remediation-function.ts";
import { keepUndelivered } from "./undelivered.ts";

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
  const { lambda } = target;
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
  keepUndelivered(target, {
    ...{ queue: deadLetterQueue, key, maxEventAge: interval, retryAttempts: 0 },
    takes: "what it could not do",
  });
  Validations.of(lambda).acknowledge({ id: "Serverless-LambdaTracing", reason: untraced });
}
