import type { Duration } from "aws-cdk-lib";
import { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { alarmsOf, comparison, missingData } from "./alarms.ts";
import { Dashboard } from "./dashboard.ts";
import type { RemediationFunction } from "./remediation-function.ts";
import { runbookSection } from "./runbook.ts";

export interface ObservabilityProps {
  clusterName: string;
  stateMachine: StateMachine;
  functions: Readonly<Record<string, RemediationFunction>>;
  /** The dead-letter queues. */
  queues: Readonly<Record<string, Queue>>;
  schedule: { interval: Duration; enabled: boolean };
  /** Where alarms are published. */
  topic: ITopic;
  /** Where the runbook is: a URL, or a path in the project. */
  runbook: string;
}

/** The dashboard, and alarms that say what they mean, what to do first, and where to read on. */
export class Observability extends Construct {
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const alarms = alarmsOf(props).map((spec) => {
      const alarm = new Alarm(this, spec.id, {
        alarmDescription: `${spec.meaning} ${spec.first} Runbook: ${runbookSection(props.runbook, spec.section)}`,
        metric: spec.metric,
        threshold: spec.threshold,
        comparisonOperator: comparison(spec),
        evaluationPeriods: spec.periods.of,
        datapointsToAlarm: spec.periods.bad,
        treatMissingData: missingData(spec),
      });
      alarm.addAlarmAction(new SnsAction(props.topic));
      return alarm;
    });
    this.dashboardName = new Dashboard(this, "Dashboard", { ...props, alarms }).dashboardName;
  }
}
