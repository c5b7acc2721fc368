import type { Remedy } from "../run/contracts.ts";
import type { PodTarget } from "../shared/refs.ts";
import {
  controllerRevisionsOf,
  isOfRevision as isOfControllerRevision,
  templateOfRevision,
} from "../kinds/controller-revisions.ts";
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
} from "../kinds/deployment/revisions.ts";
import type { DaemonSet, Deployment, Pod, PodTemplate, StatefulSet } from "../shared/kubernetes/types.ts";
import { podsToUnblock } from "../kinds/stateful-set/unblocking.ts";
import { rollsOutByItself } from "../kinds/update-strategy.ts";
import { workloadFailures } from "../kinds/workload-failures.ts";
import { controllerOf } from "../kinds/workloads.ts";
import type { Policy } from "../shared/policy.ts";
import { bounded } from "../shared/text.ts";
import type { Evidence } from "./evidence.ts";
import { stableBeforeFailing, type StableTime } from "./onset.ts";
import { rolledOutAt } from "../kinds/deployment/rollout.ts";

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
  /** Whether pods of the present revision fail, and have done so since it was rolled out. */
  sinceRollout: boolean;
  /** Whether a rollout is past its deadline while an earlier revision is known to have been healthy. */
  rolloutFailed: boolean;
  /** The pod template of each revision, by the name of the object that holds it. */
  templates: ReadonlyMap<string, PodTemplate>;
}

/** Draws the conclusions that more than one rule needs. */
export function openCase(evidence: Evidence, policy: Policy): Case {
  const { incident, workload, hpa, now, lostNodes } = evidence;
  const revisions = readRevisions(evidence);
  const moment: Moment = { now, deadlines: policy.detect, lostNodes };
  const all = evidence.pods
    .map((pod) => ({ pod, failures: failuresOf(pod, moment) }))
    .filter(({ failures }) => failures.length > 0);
  const failing = all.filter(({ pod }) => !isLeftover(pod));
  const own = [
    ...(workload === undefined ? [] : workloadFailures(incident.workload.kind, workload, moment)),
    ...(hpa === undefined ? [] : hpaFailures(hpa, moment)),
  ];
  const current = currentRevision(revisions);
  const healthy = newestHealthyRevision(revisions, policy.stable_seconds);
  const stable = stableTime(failing, completedAt(evidence, current));
  const longStable = stable.seconds >= policy.stable_seconds;
  return {
    evidence,
    policy,
    failing,
    own,
    leftovers: all.filter(({ pod }) => isLeftover(pod)),
    revisions,
    current,
    healthy,
    stable,
    longStable,
    sinceRollout: !longStable && current !== undefined && failing.some(({ pod }) => isOfRevision(pod, current)),
    rolloutFailed: healthy !== undefined && own.some(({ reason }) => reason === "ProgressDeadlineExceeded"),
    templates: templatesOf(evidence),
  };
}

/** The workload's revisions, newest first; none for kinds that have none. */
function readRevisions({ incident, workload, replicaSets, controllerRevisions, pods }: Evidence): Revision[] {
  switch (incident.workload.kind) {
    case "Deployment":
      return revisionsOf(workload as Deployment, replicaSets);
    case "StatefulSet":
    case "DaemonSet":
      return controllerRevisionsOf(workload as StatefulSet | DaemonSet, controllerRevisions, pods);
    default:
      return [];
  }
}

function templatesOf({ replicaSets, controllerRevisions }: Evidence): Map<string, PodTemplate> {
  const held = [
    ...replicaSets.map(({ metadata, spec }) => ({ metadata, template: spec?.template })),
    ...controllerRevisions.map((revision) => ({ metadata: revision.metadata, template: templateOfRevision(revision) })),
  ];
  return new Map(
    held.flatMap(({ metadata, template }) => (template === undefined ? [] : [[metadata?.name ?? "", template]])),
  );
}

/**
 * When the present revision was completely rolled out; undefined when that never happened. StatefulSets and DaemonSets do
 * not tell the moment: the revision's own age stands for it, which errs on the side of leaving it in place.
 */
function completedAt({ incident, workload }: Evidence, current: Revision | undefined): Date | undefined {
  switch (incident.workload.kind) {
    case "Deployment":
      return rolledOutAt(workload as Deployment, current);
    case "StatefulSet": {
      const { status } = workload as StatefulSet;
      const complete =
        status?.currentRevision === status?.updateRevision && status?.updatedReplicas === status?.replicas;
      return complete ? firstRolledOut(current) : undefined;
    }
    case "DaemonSet": {
      const { status } = workload as DaemonSet;
      const complete = status?.updatedNumberScheduled === status?.desiredNumberScheduled;
      return complete ? firstRolledOut(current) : undefined;
    }
    default:
      return undefined;
  }
}

/** When a revision became the current one, if that is known: not for one that was rolled back to. */
function firstRolledOut(revision: Revision | undefined): Date | undefined {
  return revision === undefined || revision.numbers.length === 0 ? undefined : revision.created;
}

/** How long the present revision ran well: by the containers that ended, or by when the pods that never ran began to fail. */
function stableTime(failing: FailingPod[], rolledOut: Date | undefined): StableTime {
  const ended = stableBeforeFailing(
    failing.map(({ pod }) => pod),
    rolledOut,
  );
  const waiting = failing
    .filter(({ failures }) => failures.every(({ exitCode }) => exitCode === undefined))
    .flatMap(({ failures }) => failures.map(({ since }) => Date.parse(since ?? "")))
    .filter(Number.isFinite);
  if (rolledOut === undefined || waiting.length === 0) return ended;
  const seconds = (Math.min(...waiting) - rolledOut.getTime()) / 1_000;
  if (seconds <= ended.seconds) return ended;
  return { seconds, evidence: `the rollout was complete ${Math.round(seconds)} s before the first pod began to fail` };
}

/** Whether the pod was made from that revision. */
function isOfRevision(pod: Pod, { kind, name }: Revision): boolean {
  return kind === "ReplicaSet" ? controllerOf(pod.metadata)?.name === name : isOfControllerRevision(pod, name);
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
export function evictPods(pods: FailingPod[], policy: Policy): Remedy {
  return { action: "restart", mode: "evict", pods: targets(pods, policy) };
}

/** Replaces the pods that fail for one of these reasons; others that fail beside them are left alone. */
export function restartFailing({ failing, policy }: Case, reasons: ReadonlySet<string>): Remedy {
  return evictPods(
    failing.filter((pod) => failsWith([pod], reasons)),
    policy,
  );
}

/** Deletes the records of pods that have already failed for good. */
export function cleanUpPods(leftovers: FailingPod[], policy: Policy): Remedy {
  return { action: "restart", mode: "clean_up", pods: targets(leftovers, policy) };
}

/** How long the list of the revisions in a history may be. */
export const MAX_KNOWN = 100;

/** Returns to the newest healthy revision, or says why that cannot be done. */
export function rollBack({ evidence, policy, current, healthy, revisions }: Case): Remedy {
  if (current === undefined || healthy === undefined) {
    const known = bounded(revisions.map(({ revision }) => revision).join(", "), MAX_KNOWN);
    return {
      action: "none",
      refusal: "NoHealthyRevision",
      message:
        `No earlier revision is known to have been healthy (revisions in the history: ${known || "none"}). ` +
        "Roll forward with a fixed template, or ask for a rollback to a revision that you know.",
    };
  }
  const { kind } = evidence.incident.workload;
  if (evidence.workload === undefined || !rollsOutByItself(kind, evidence.workload)) {
    return {
      action: "none",
      refusal: "NoSafeRemedy",
      message: `Its update strategy replaces no pods by itself. Put the template of revision ${healthy.revision.revision} back, and delete its pods one by one.`,
    };
  }
  const to = revisionRef(healthy.revision);
  const unblock = kind === "StatefulSet" ? podsToUnblock(evidence.workload as StatefulSet, evidence.pods, to) : [];
  if (unblock.length > policy.restart.max_pods) {
    return {
      action: "none",
      refusal: "LimitReached",
      message: `Not rolled back: ${unblock.length} broken pods would have to be deleted with it, and the policy allows at most ${policy.restart.max_pods} (restart.max_pods).`,
    };
  }
  return { action: "rollback", from: revisionRef(current), to, unblock };
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
