import type { Kind } from "../kinds/kind.ts";
import { isJobPod } from "../kinds/job/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { failuresOf, type Moment } from "../shared/kubernetes/overdue.ts";
import { hpaFailures } from "../shared/kubernetes/hpa-failures.ts";
import { isLeftover } from "../shared/kubernetes/pods.ts";
import {
  currentRevision,
  newestHealthyRevision,
  type HealthyRevision,
  type Revision,
} from "../kinds/revisions/revision.ts";
import type { Pod, PodTemplate } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { Evidence } from "./evidence.ts";
import { stableBeforeFailing, type StableTime } from "./onset.ts";

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
  const kind = kindOf(incident.workload);
  const revisions = readRevisions(kind, evidence);
  const moment: Moment = { now, deadlines: policy.detect, lostNodes };
  const all = evidence.pods
    // A Job keeps its failed pods as its record.
    .filter((pod) => !(isJobPod(pod) && isLeftover(pod)))
    .map((pod) => ({ pod, failures: failuresOf(pod, moment) }))
    .filter(({ failures }) => failures.length > 0);
  const failing = all.filter(({ pod }) => !isLeftover(pod));
  const own = [
    ...(workload === undefined ? [] : (kind?.failures(workload, moment) ?? [])),
    ...(evidence.unwritten?.makers ?? []).flatMap((maker) => maker.kind.failures(maker.object, moment)),
    ...(hpa === undefined ? [] : hpaFailures(hpa, moment)),
  ];
  const current = currentRevision(revisions);
  const healthy = newestHealthyRevision(revisions, policy.stable_seconds);
  const stable = stableTime(failing, workload === undefined ? undefined : kind?.completedAt(workload, current));
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
    sinceRollout:
      !longStable && current !== undefined && failing.some(({ pod }) => kind?.history?.isMadeFrom(pod, current.name)),
    rolloutFailed: healthy !== undefined && own.some(({ reason }) => reason === "ProgressDeadlineExceeded"),
    templates: templatesOf(kind, evidence),
  };
}

/** The workload's revisions, newest first; none for kinds that have none. */
function readRevisions(kind: Kind | undefined, { workload, holders, pods }: Evidence): Revision[] {
  if (workload === undefined) return [];
  return kind?.history?.revisions(workload, holders, pods) ?? [];
}

function templatesOf(kind: Kind | undefined, { holders }: Evidence): Map<string, PodTemplate> {
  return new Map(
    holders.flatMap((holder) => {
      const held = kind?.history?.held(holder);
      return held === undefined ? [] : [[holder.metadata?.name ?? "", held.template]];
    }),
  );
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

/** Whether any container fails for one of these reasons. */
export function failsWith(failing: FailingPod[], reasons: ReadonlySet<string>): boolean {
  return failing.some(({ failures }) => failures.some(({ reason }) => reasons.has(reason)));
}
