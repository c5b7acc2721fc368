import type { Duration } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule as RuleSchedule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { ScanRequest } from "../functions/run/request.ts";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import { useOfKeyFor } from "./encrypted-executions.ts";

export interface ScheduleProps {
  stateMachine: StateMachine;
  clusterName: string;
  interval: Duration;
  enabled: boolean;
  key: IKey;
}

/** Starts the workflow regularly. A start that EventBridge could not deliver is kept in a dead-letter queue. */
export class Schedule extends Construct {
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { stateMachine, clusterName, interval, enabled, key }: ScheduleProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", key);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("events.amazonaws.com") });
    role.addToPolicy(useOfKeyFor(stateMachine.stateMachineArn, key));
    const request: ScanRequest = { cluster_name: clusterName, origin: "schedule" };
    new Rule(this, "Rule", {
      description: `Looks for failing workloads on ${clusterName}`,
      schedule: RuleSchedule.rate(interval),
      enabled,
      targets: [
        new SfnStateMachine(stateMachine, {
          role,
          input: RuleTargetInput.fromObject(request),
          deadLetterQueue: this.deadLetterQueue,
          // By then the next scan has started.
          maxEventAge: interval,
        }),
      ],
    });
  }
}
