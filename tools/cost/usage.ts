import { deedOf } from "../../statemachines/by-name.ts";

/** 730 hours. */
export const MINUTES_OF_A_MONTH = 43_800;
export const DAYS_OF_A_MONTH = 730 / 24;

/** What one look of the schedule takes that finds nothing to do. */
export const LOOK = {
  /** A scan of a small cluster, and of 20,000 pods: docs/performance.md has both. No cold start is in it. */
  seconds: { small: 0.33, large: 1.12 },
  /** What the function writes itself: 1,013 bytes, measured on its own lines with names of usual length. */
  ownLogBytes: 1_013,
  /** What Lambda adds, `platform.start` and `platform.report` in JSON: assumed. */
  platformLogBytes: 800,
  /** Metrics that have a value at each look, `ScanTime` and `PodsSeen`; each hour with a value is paid. */
  metrics: 2,
  /** Of a cluster of a hub's list, `ScanTime` alone. */
  metricsOfListed: 1,
  /** The latest look at the cluster, of less than 1 KB. */
  writeUnits: 1,
} as const;

/** What one round over a hub's list takes: assumed, but for the pace at which looks begin. */
export const ROUND = {
  /** Of the function, in GB: of the template. */
  memory: 0.25,
  /** How long it takes, by how many clusters are due: eight begin in a second. */
  secondsOf: (due: number) => 0.3 + Math.max(0, Math.ceil(due / 8) - 1),
} as const;

/** What one look takes whether clusters of a hub fail alike: assumed, but for the memory, which is of the template. */
export const WATCH = {
  memory: 0.25,
  seconds: 0.3,
  /** Of the table, half a unit for each 4 KB: a look of some 300 bytes for each cluster, and the storms, of which there are none. */
  readUnitsOf: (clusters: number) => Math.ceil((clusters * 300) / 4_096) / 2 + 0.5,
} as const;

/** What it takes to find that there is nothing to discover, in each fifth minute: assumed, but for the memory, which is of the template. */
export const DISCOVERY = { memory: 0.25, seconds: 0.3, ofMinutes: 1 / 5 } as const;

/** The states that an execution passes which tells of one workload that nobody but a person can mend. */
export const TOLD_PATH = [
  ...["Which request?", "Detect failures", "Anything failing?", "Failure storm?", "Count workloads"],
  ...["Remediate each workload", "Claim workload", "Claimed?", "Diagnose", "Which remedy?"],
  ...["Report outcome", "Release workload", "Keep outcome"],
  ...["Any outcome?", "Summarise", "Is none missing?", "Was everyone told?", "Done"],
] as const;

/** What one such execution takes. */
export const TOLD = {
  transitions: TOLD_PATH.length,
  /** Those of its states, and `notify` at its end. */
  invocations: TOLD_PATH.filter((state) => deedOf(state) !== undefined).length + 1,
  /** Of an invocation, over all of them: assumed; the whole run was measured at less than this together. */
  seconds: 0.5,
  /** Of an invocation, the function's own and Lambda's, and of the machine's own log: assumed. */
  logBytes: 2_000,
  machineLogBytes: 20_000,
  /** To the stack's key: assumed, twice its states. Step Functions uses a data key again for minutes. */
  kmsRequests: TOLD_PATH.length * 2,
  /** A record of at most 10 KB. */
  writeUnits: 10,
  /** `NeedsPerson`, `Outcomes`, `Incidents`, an hour each. */
  metricHours: 3,
} as const;

/** Metrics that have a value while something fails and rests: `FailingPods` and `Resting`. */
export const METRICS_WHILE_FAILING = 2;
/** Of a cluster of a hub's list, `FailingPods` alone. */
export const METRICS_WHILE_FAILING_OF_LISTED = 1;

/** New environments of functions, which have the key decrypt their variables: assumed, two a day of each of the functions. */
export const COLD_STARTS_A_DAY = 2;

/** EventBridge and Lambda ask nothing of the queues, and CloudWatch reads their lengths for nothing. */
export const QUEUE_REQUESTS = 0;
