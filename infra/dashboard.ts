import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  Stats,
  TextWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { ownMetric, ownMetricBy, PERIOD } from "./metrics.ts";
import type { ObservabilityProps } from "./observability-props.ts";

export interface DashboardProps extends ObservabilityProps {
  alarms: readonly IAlarm[];
}

/** Answers at a glance: does it run, what fails, what was done, did it help, how long did it take, are the functions well. */
export class Dashboard extends Construct {
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, "Dashboard", {
      widgets: [introduction(props), running(props), failing(props), done(props), functions(props)],
    });
    this.dashboardName = dashboard.dashboardName;
  }
}

function introduction({ clusterName, runbook, alarms }: DashboardProps): IWidget[] {
  const link = runbook.includes("://") ? `[${runbook}](${runbook})` : `\`${runbook}\` of the project`;
  return [
    new TextWidget({
      markdown: `# Remediation of ${clusterName}\n\nWhat each alarm means and what to do about it is in ${link}.`,
      width: 12,
      height: 4,
    }),
    new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: 12, height: 4 }),
  ];
}

function running({ clusterName, stateMachine, patrol }: DashboardProps): IWidget[] {
  return [
    graph("Is it running?", [
      patrol.metricInvocations({ label: "looks of the schedule", period: PERIOD }),
      stateMachine.metricStarted({ label: "started", period: PERIOD }),
      stateMachine.metricSucceeded({ label: "succeeded", period: PERIOD }),
      stateMachine.metricFailed({ label: "failed", period: PERIOD }),
      stateMachine.metricTimedOut({ label: "timed out", period: PERIOD }),
      stateMachine.metricAborted({ label: "aborted", period: PERIOD }),
    ]),
    graph("How long does a scan take? (ms)", [
      ownMetric("ScanTime", clusterName, { statistic: Stats.p(50), label: "half of them at most" }),
      ownMetric("ScanTime", clusterName, { statistic: Stats.MAXIMUM, label: "slowest" }),
    ]),
    graph(
      "What does it see?",
      [ownMetric("PodsSeen", clusterName, { statistic: Stats.MAXIMUM, label: "pods" })],
      [ownMetric("UnseenParts", clusterName, { statistic: Stats.MAXIMUM, label: "parts unseen" })],
    ),
    graph("What keeps it from doing anything?", [
      ownMetric("Stopped", clusterName, { label: "steps that met the switch" }),
      ownMetric("SettingsUnreadable", clusterName, { label: "steps that could not use the settings" }),
    ]),
    graph("Which alarms and alerts start nothing?", [ownMetricBy("EventsIgnored", ["why"], clusterName)]),
  ];
}

function failing({ clusterName }: DashboardProps): IWidget[] {
  return [
    graph("What fails?", [
      ownMetric("FailingPods", clusterName, { statistic: Stats.MAXIMUM, label: "failing pods" }),
      ownMetric("Resting", clusterName, { statistic: Stats.MAXIMUM, label: "workloads that rest" }),
    ]),
    graph("Why?", [ownMetricBy("Incidents", ["cause"], clusterName)]),
    graph("Of what was no record kept?", [
      ownMetric("RecordsNotKept", clusterName, { label: "outcomes without a record" }),
    ]),
    graph("Who is needed?", [ownMetric("NeedsPerson", clusterName, { label: "outcomes that need a person" })]),
  ];
}

function done({ clusterName }: DashboardProps): IWidget[] {
  return [
    graph("What was done, and did it help?", [ownMetricBy("Remedies", ["action", "outcome"], clusterName)]),
    graph("How did it end?", [ownMetricBy("Outcomes", ["outcome"], clusterName)]),
    graph("How long until a verified fix? (s)", [
      ownMetric("TimeToVerifiedFix", clusterName, { statistic: Stats.p(50), label: "half of them at most" }),
      ownMetric("TimeToVerifiedFix", clusterName, { statistic: Stats.p(90), label: "nine of ten at most" }),
    ]),
  ];
}

function functions({ functions }: DashboardProps): IWidget[] {
  const ofEach = (metric: string, statistic: string) =>
    Object.entries(functions).map(([label, { lambda }]) => lambda.metric(metric, { statistic, label, period: PERIOD }));
  return [
    graph("Errors of the functions", ofEach("Errors", Stats.SUM)),
    graph("Throttles of the functions", ofEach("Throttles", Stats.SUM)),
    graph("Durations of the functions (ms, slowest)", ofEach("Duration", Stats.MAXIMUM)),
  ];
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: 8, height: 6 });
}
