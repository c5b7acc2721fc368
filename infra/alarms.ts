import { Duration } from "aws-cdk-lib";
import { ComparisonOperator, Stats, TreatMissingData, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { DISCOVERY_INTERVAL } from "./discovery.ts";
import { STEP_TIMEOUT } from "./functions.ts";
import { deadLetters, endedExecutions, ofAllFunctions, ownMetric, PERIOD, successes } from "./metrics.ts";
import type { ObservabilityProps } from "./observability-props.ts";

/** What is stopped for four of these is stopped for long. */
const HOUR = Duration.hours(1);

/** Twice as long as from one time to the next. */
const DISCOVERY_PERIOD = Duration.minutes(2 * DISCOVERY_INTERVAL.toMinutes());

/** An alarm, as data. It is raised when the value reaches the threshold, or falls below it where `below` is set. */
export interface AlarmSpec {
  id: string;
  /** The heading of its section in `docs/operate.md`. */
  section: string;
  /** What it means. */
  meaning: string;
  /** What to do first. */
  first: string;
  metric: IMetric;
  threshold: number;
  below?: true;
  /** In how many of how many periods. */
  periods: { of: number; bad: number };
}

/** The alarms of one cluster's remediation. */
export function alarmsOf({
  clusterName,
  stateMachine,
  patrol,
  ofHub: { rounds, fleet, discover },
  unwatched,
  queues,
  schedule,
}: ObservabilityProps): AlarmSpec[] {
  const { interval, enabled } = schedule;
  // Scans that come less often than that leave periods without a value.
  const scanPeriod = interval.toMinutes() > PERIOD.toMinutes() ? interval : PERIOD;
  const stoppedPeriod = scanPeriod.toMinutes() > HOUR.toMinutes() ? scanPeriod : HOUR;
  const halfOfTimeout = STEP_TIMEOUT.toMilliseconds() / 2;
  const alarms: AlarmSpec[] = [
    {
      id: "ExecutionsFailed",
      section: "Executions failed",
      meaning: `Executions of the remediation of ${clusterName} failed, timed out or were aborted.`,
      first: "Open the newest such execution in the Step Functions console and read its error.",
      metric: endedExecutions(stateMachine),
      threshold: 1,
      periods: { of: 1, bad: 1 },
    },
    ...ofAllFunctions("Errors", unwatched).map((metric, group) => ({
      id: numbered("FunctionErrors", group),
      section: "Function errors",
      meaning: "The functions that no execution waits for fail more often than single retries explain.",
      first: "Look at the dashboard for the function that fails, then read the errors in its log.",
      metric,
      threshold: 5,
      periods: { of: 3, bad: 2 },
    })),
    ...ofAllFunctions("Throttles", unbounded(unwatched)).map((metric, group) => ({
      id: numbered("FunctionThrottles", group),
      section: "Function throttles",
      meaning: "Lambda refused invocations: the account's concurrency is used up.",
      first: "Look at the account's concurrent executions, and find the function that uses them.",
      metric,
      threshold: 1,
      periods: { of: 1, bad: 1 },
    })),
    {
      id: "DeadLetters",
      section: "Dead letters",
      meaning:
        "A scheduled look, another start, a message to people, or the news of an execution that ended badly, could not be delivered or ended without an answer.",
      first: "Read the message in the queue; its attributes or its body say why it was not delivered.",
      metric: deadLetters(queues),
      threshold: 1,
      periods: { of: 1, bad: 1 },
    },
    {
      id: "NeedsPerson",
      section: "Workloads need a person",
      meaning: `On ${clusterName} something fails that the workflow could not or must not remedy.`,
      first: "Read the notification of the same time: it names the workload, the cause and the next steps.",
      metric: ownMetric("NeedsPerson", clusterName),
      threshold: 1,
      periods: { of: 1, bad: 1 },
    },
    {
      id: "RecordsNotKept",
      section: "Records not kept",
      meaning: `Outcomes on ${clusterName} are told, but no record of them is kept.`,
      first: "Read the error in the log of the function notify: the table, the bus or the key refuses it.",
      metric: ownMetric("RecordsNotKept", clusterName),
      threshold: 1,
      periods: { of: 3, bad: 2 },
    },
    {
      id: "SettingsUnreadable",
      section: "Settings unreadable",
      meaning: `What is set at run time for ${clusterName} cannot be used, so that nothing is changed for anybody.`,
      first: "Run the command settings with the output SettingsPath: it says what is wrong with them.",
      metric: ownMetric("SettingsUnreadable", clusterName, { period: scanPeriod }),
      threshold: 1,
      periods: { of: 3, bad: 2 },
    },
    {
      id: "StoppedForLong",
      section: "Stopped for long",
      meaning: `Everything on ${clusterName} has been stopped for hours, and perhaps forgotten.`,
      first: "Ask whoever stopped it, whom the command settings names, and let it go on if that is over.",
      metric: ownMetric("Stopped", clusterName, { period: stoppedPeriod }),
      threshold: 1,
      periods: { of: 4, bad: 4 },
    },
    {
      id: "SlowScan",
      section: "Scan slow",
      meaning: `A scan takes more than half of the ${STEP_TIMEOUT.toSeconds()} seconds that it may take.`,
      first: "Look at the dashboard whether the cluster has grown, or its API server answers slowly.",
      metric: ownMetric("ScanTime", clusterName, { statistic: Stats.MAXIMUM, period: scanPeriod }),
      threshold: halfOfTimeout,
      periods: { of: 3, bad: 2 },
    },
    {
      id: "UnseenParts",
      section: "Parts of the cluster unseen",
      meaning: "Scans cannot look at a part of the cluster, most often because RBAC does not allow it.",
      first: "Apply the manifest again: the stack's output RbacCommand says how.",
      metric: ownMetric("UnseenParts", clusterName, { statistic: Stats.MAXIMUM, period: scanPeriod }),
      threshold: 1,
      periods: { of: 3, bad: 3 },
    },
  ];
  if (!enabled) return alarms;
  return [
    ...alarms,
    notLooking(patrol.metricInvocations({ period: scanPeriod }), scanPeriod),
    ...(rounds === undefined ? [] : [noRounds(rounds.metricInvocations({ period: PERIOD }))]),
    ...(fleet === undefined ? [] : [fleetUnwatched(successes(fleet, PERIOD))]),
    ...(discover === undefined ? [] : [noDiscovery(successes(discover, DISCOVERY_PERIOD))]),
  ];
}

/** Those that the account's concurrency alone limits. */
function unbounded(functions: ObservabilityProps["unwatched"]): ObservabilityProps["unwatched"] {
  return Object.fromEntries(Object.entries(functions).filter(([, { isBounded }]) => !isBounded));
}

/** The second alarm of its kind is `…2`. */
function numbered(id: string, group: number): string {
  return group === 0 ? id : `${id}${group + 1}`;
}

/** That something which happens in every period has not happened in two. */
function standsStill(metric: IMetric): Pick<AlarmSpec, "metric" | "threshold" | "below" | "periods"> {
  return { metric, threshold: 1, below: true, periods: { of: 2, bad: 2 } };
}

function notLooking(metric: IMetric, period: Duration): AlarmSpec {
  return {
    id: "ScheduleNotLooking",
    section: "Schedule not looking",
    meaning: `The cluster was not looked at for ${period.toMinutes() * 2} minutes although the schedule is on.`,
    first: "Check that the schedule's rule is enabled, and look into its dead-letter queue.",
    ...standsStill(metric),
  };
}

function noRounds(metric: IMetric): AlarmSpec {
  return {
    id: "RoundsNotMade",
    section: "Rounds not made",
    meaning: `The clusters of the hub's list were not looked at for ${PERIOD.toMinutes() * 2} minutes although the schedule is on.`,
    first: "Check that the rule of the rounds is enabled, and look into the schedule's dead-letter queue.",
    ...standsStill(metric),
  };
}

/** What helps with a function of the schedule that does not do its work. */
const LOOK_AT_ITS_LOG =
  "Read the errors in its log, then check that its rule is enabled, and look into the schedule's dead-letter queue.";

function fleetUnwatched(metric: IMetric): AlarmSpec {
  return {
    id: "FleetNotWatched",
    section: "Fleet not watched",
    meaning: `For ${PERIOD.toMinutes() * 2} minutes nobody could know whether clusters of the hub fail alike.`,
    first: LOOK_AT_ITS_LOG,
    ...standsStill(metric),
  };
}

function noDiscovery(metric: IMetric): AlarmSpec {
  return {
    id: "ClustersNotDiscovered",
    section: "Clusters not discovered",
    meaning: `For ${DISCOVERY_PERIOD.toMinutes() * 2} minutes it was not looked for clusters with the hub's tag.`,
    first: LOOK_AT_ITS_LOG,
    ...standsStill(metric),
  };
}

/** What a value that is missing says: nothing happened, which is bad only where something has to. */
export function missingData({ below }: AlarmSpec): TreatMissingData {
  return below === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING;
}

export function comparison({ below }: AlarmSpec): ComparisonOperator {
  return below === true
    ? ComparisonOperator.LESS_THAN_THRESHOLD
    : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
}
