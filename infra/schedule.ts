import { Duration, Validations } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule as RuleSchedule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { ScanRequest } from "../functions/shared/request.ts";

export interface ScheduleProps {
  stateMachine: StateMachine;
  clusterName: string;
  enabled: boolean;
}

/** Starts the workflow every minute. A start that EventBridge could not deliver is kept in a dead-letter queue. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { stateMachine, clusterName, enabled }: ScheduleProps) {
    super(scope, id);
    const deadLetterQueue = new Queue(this, "DeadLetters", { enforceSSL: true, retentionPeriod: Duration.days(14) });
    Validations.of(deadLetterQueue).acknowledge({
      id: "AwsSolutions-SQS3",
      reason: "It is the dead-letter queue of the rule's target, which the check does not look at.",
    });
    const request: ScanRequest = { cluster_name: clusterName };
    new Rule(this, "EveryMinute", {
      description: `Looks for failing workloads on ${clusterName}`,
      schedule: RuleSchedule.rate(Duration.minutes(1)),
      enabled,
      targets: [
        new SfnStateMachine(stateMachine, {
          input: RuleTargetInput.fromObject(request),
          deadLetterQueue,
          // By then the next scan has started.
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
  }
}
