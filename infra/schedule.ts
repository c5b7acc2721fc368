import { Duration } from "aws-cdk-lib";
import { Metric, Stats, type MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import { EventField, Rule, RuleTargetInput, Schedule as RuleSchedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { ScanRequest } from "../functions/run/request.ts";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import type { RemediationFunction } from "./remediation-function.ts";
import { keepUndelivered } from "./undelivered.ts";

/** How long Lambda keeps an event at most. Source: the Lambda API reference, PutFunctionEventInvokeConfig */
const LONGEST = Duration.hours(6);

export interface ScheduleProps {
  patrol: RemediationFunction;
  clusterName: string;
  interval: Duration;
  enabled: boolean;
  key: IKey;
}

/**
 * Has the cluster looked at regularly. A look that EventBridge or Lambda could not deliver, or that ended without an answer, is
 * kept in a dead-letter queue. When a rate begins to count is when its rule was made: many rules do not fire at one moment.
 */
export class Schedule extends Construct {
  readonly deadLetterQueue: Queue;
  readonly #rule: Rule;

  constructor(scope: Construct, id: string, { patrol, clusterName, interval, enabled, key }: ScheduleProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", key);
    const request: ScanRequest = { cluster_name: clusterName, origin: "schedule" };
    this.#rule = new Rule(this, "Rule", {
      description: `Looks for failing workloads on ${clusterName}`,
      schedule: RuleSchedule.rate(interval),
      enabled,
      targets: [
        new LambdaFunction(patrol.lambda, {
          // An event that is delivered twice has one ID, and starts one execution.
          event: RuleTargetInput.fromObject({ id: EventField.eventId, ...request }),
          deadLetterQueue: this.deadLetterQueue,
          // By then the next look has begun.
          maxEventAge: interval,
        }),
      ],
    });
    keepUndelivered(patrol, {
      ...{ queue: this.deadLetterQueue, key },
      maxEventAge: interval.toSeconds() > LONGEST.toSeconds() ? LONGEST : interval,
      // The next look is another try.
      retryAttempts: 0,
      takes: "the looks that it could not end, with the error beside them",
    });
  }

  /**
   * How often it has had the cluster looked at.
   * Source: docs.aws.amazon.com/eventbridge, "Monitoring Amazon EventBridge"
   */
  metricInvocations(options: MetricOptions): Metric {
    const dimensionsMap = { RuleName: this.#rule.ruleName };
    return new Metric({
      namespace: "AWS/Events",
      metricName: "Invocations",
      dimensionsMap,
      statistic: Stats.SUM,
      ...options,
    });
  }
}
