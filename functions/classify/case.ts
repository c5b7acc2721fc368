import type { PodTarget, Remedy } from "../shared/contracts.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { failuresOf, type Moment } from "../shared/kubernetes/overdue.ts";
import { hpaFailures } from "../shared/kubernetes/hpa-failures.ts";
import { containerStatuses, isLeftover } from "../shared/kubernetes/pods.ts";
import {
  currentRevision,
  newestHealthyRevision,
  revisionRef,
  revisionsOf,
  type HealthyRevision,
  type Revision,
} from "../shared/kubernetes/revisions.ts";
import type { Deployment, Pod } from "../shared/kubernetes/types.ts";
import { workloadFailures } from "../shared/kubernetes/workload-failures.ts";
import type { Policy } from "../shared/policy.ts";
import type { Evidence } from "./evidence.ts";
import { rolledOutAt, stableBeforeFailing, type StableTime } from "./onset.ts";

/** A pod that fails, and how. */
export interface FailingPod {
  pod: Pod;
  failures: Failure[];
}

/** The evidence with what follows from it, as the rules for causes read it. */
export interface Case {
  evidence: Evidence;
  policy: Policy;
  /** Pods whose containers fail while the pod still exists for its controller. */
  failing: FailingPod[];
  /** What fails beside the pods: the workload by its own status, or the HPA that scales it. */
  own: Failure[];
  /** Pods in phase Failed: their controller has already replaced them. */
  leftovers: FailingPod[];
  revisions: Revision[];
  current: Revision | undefined;
  healthy: HealthyRevision | undefined;
  stable: StableTime;
  /** Whether the present revision ran well for long before it failed. */
  longStable: boolean;
}

/** Draws the conclusions that more than one rule needs. */
export function openCase(evidence: Evidence, policy: Policy): Case {
  const deployment = evidence.incident.workload.kind === "Deployment" ? (evidence.workload as Deployment) : undefined;
  const revisions = deployment === undefined ? [] : revisionsOf(deployment, evidence.replicaSets);
  const moment: Moment = { now: evidence.now, deadlines: policy.detect };
  const all = evidence.pods
    .map((pod) => ({ pod, failures: failuresOf(pod, moment) }))
    .filter(({ failures }) => failures.length > 0);
  const failing = all.filter(({ pod }) => !isLeftover(pod));
  const stable = stableBeforeFailing(
    failing.map(({ pod }) => pod),
    deployment === undefined ? undefined : rolledOutAt(deployment),
  );
  return {
    evidence,
    policy,
    failing,
    own: [
      ...(evidence.workload === undefined
        ? []
        : workloadFailures(evidence.incident.workload.kind, evidence.workload, moment)),
      ...(evidence.hpa === undefined ? [] : hpaFailures(evidence.hpa, moment)),
    ],
    leftovers: all.filter(({ pod }) => isLeftover(pod)),
    revisions,
    current: currentRevision(revisions),
    healthy: newestHealthyRevision(revisions, policy.stable_seconds),
    stable,
    longStable: stable.seconds >= policy.stable_seconds,
  };
}

/** Whether any container fails for one of these reasons. */
export function failsWith(failing: FailingPod[], reasons: ReadonlySet<string>): boolean {
  return failing.some(({ failures }) => failures.some(({ reason }) => reasons.has(reason)));
}

/** Whether the last end of any failing container was the kernel's out-of-memory killer. */
export function wasOutOfMemory(failing: FailingPod[]): boolean {
  return failing.some(({ pod }) =>
    containerStatuses(pod).some(
      (status) => (status.state?.terminated ?? status.lastState?.terminated)?.reason === "OOMKilled",
    ),
  );
}

/** Replaces these pods through the Eviction API. */
export function evictPods(failing: FailingPod[], policy: Policy): Remedy {
  return { action: "restart", mode: "evict", pods: targets(failing, policy) };
}

/** Deletes the records of pods that have already failed for good. */
export function cleanUpPods(leftovers: FailingPod[], policy: Policy): Remedy {
  return { action: "restart", mode: "clean_up", pods: targets(leftovers, policy) };
}

/** Returns to the newest healthy revision, or says why that cannot be done. */
export function rollBack({ current, healthy, revisions }: Case): Remedy {
  if (current === undefined || healthy === undefined) {
    const known = revisions.map(({ revision }) => revision).join(", ");
    return {
      action: "none",
      refusal: "NoHealthyRevision",
      message:
        `No earlier revision is known to have been healthy (revisions in the history: ${known || "none"}). ` +
        "Roll forward with a fixed template, or ask for a rollback to a revision that you know.",
    };
  }
  return { action: "rollback", from: revisionRef(current), to: revisionRef(healthy.revision), unblock: [] };
}

/** Leaves it to a person. */
export function reportOnly(message: string): Remedy {
  return { action: "none", refusal: "NoSafeRemedy", message };
}

/** One evidence line for each kind of failure, the most frequent first. */
export function failureLines(failing: FailingPod[], own: Failure[] = []): string[] {
  const lines = new Map<string, number>();
  for (const failure of [...failing.flatMap(({ failures }) => failures), ...own]) {
    const line = failureLine(failure);
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  return [...lines].sort((a, b) => b[1] - a[1]).map(([line, pods]) => (pods === 1 ? line : `${pods} pods: ${line}`));
}

function failureLine({ reason, container, exitCode, message }: Failure): string {
  const where = container === undefined ? "" : ` in container ${container}`;
  const code = exitCode === undefined ? "" : ` (exit code ${exitCode})`;
  return `${reason}${where}${code}${message === undefined ? "" : `: ${message}`}`;
}

function targets(pods: FailingPod[], policy: Policy): PodTarget[] {
  return pods
    .slice(0, policy.restart.max_pods)
    .map(({ pod }) => ({ name: pod.metadata?.name ?? "", uid: pod.metadata?.uid ?? "" }));
}
