import { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Construct } from "constructs";
import { alarmsOf, comparison, missingData } from "./alarms.ts";
import { Dashboard } from "./dashboard.ts";
import type { ObservabilityProps } from "./observability-props.ts";
import { runbookSection } from "./runbook.ts";

/** The dashboard, and alarms that say what they mean, what to do first, and where to read on. */
export class Observability extends Construct {
  /** Undefined where there is none. */
  readonly dashboardName: string | undefined;

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
    this.dashboardName = props.dashboard
      ? new Dashboard(this, "Dashboard", { ...props, alarms }).dashboardName
      : undefined;
  }
}
