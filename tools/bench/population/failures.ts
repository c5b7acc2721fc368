/** The kinds of workloads that a population has. */
export type Pool = "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Pod" | "CronJob" | "Job";

/** A kind of failure: how often it is among others, which workloads have it, and how many pods these want at least. */
interface Kind {
  weight: number;
  pool: Pool;
  least?: number;
  /** Whether it is a failure of the workload's HPA. */
  scaled?: boolean;
}

/** The kinds of failure in their usual mix. */
const KINDS = {
  "crash-loop": { weight: 30, pool: "Deployment" },
  "out-of-memory": { weight: 10, pool: "Deployment" },
  "not-ready": { weight: 9, pool: "Deployment" },
  unschedulable: { weight: 7, pool: "Deployment", least: 2 },
  "image-pull": { weight: 13, pool: "Deployment", least: 4 },
  "missing-config": { weight: 5, pool: "Deployment", least: 4 },
  quota: { weight: 2, pool: "Deployment", least: 2 },
  "hpa-at-maximum": { weight: 3, pool: "Deployment", least: 2, scaled: true },
  "hpa-without-metrics": { weight: 3, pool: "Deployment", least: 2, scaled: true },
  "stateful-set": { weight: 5, pool: "StatefulSet" },
  "daemon-set": { weight: 0.5, pool: "DaemonSet" },
  "replica-set": { weight: 0.5, pool: "ReplicaSet" },
  "bare-pod": { weight: 2, pool: "Pod" },
  job: { weight: 6, pool: "Job" },
  "cron-job": { weight: 4, pool: "CronJob" },
} as const satisfies Record<string, Kind>;
export type FailureKind = keyof typeof KINDS;
export const FAILURES: Readonly<Record<FailureKind, Kind>> = KINDS;

/** The kinds whose pods come with a new revision, so that the earlier pods stay. */
export const ROLLOUTS: readonly FailureKind[] = ["image-pull", "missing-config"];
/** The kinds in which every pod that there is runs well. */
export const WITHOUT_PODS: readonly FailureKind[] = ["quota", "hpa-at-maximum", "hpa-without-metrics"];
