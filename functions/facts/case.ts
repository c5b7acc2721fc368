import { count } from "../shared/text.ts";
import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { isJobPod } from "../shared/kubernetes/owners.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { failuresOf, type Moment } from "../kinds/failing/overdue.ts";
import { OF_ITS_NODE } from "../kinds/failing/pod-failures.ts";
import { hpaFailures } from "./hpa-failures.ts";
import { isLeftover } from "../shared/kubernetes/pods.ts";
import { currentRevision, firstRolledOut, type Revision } from "../kinds/revisions/revision.ts";
import type { Pod, PodTemplate } from "../shared/kubernetes/types.ts";
import type { PolicyInForce } from "../shared/settings-here.ts";
import { longBeforeFailing } from "./before-failing.ts";
import { beforeItWasScaled } from "./before-it-was-scaled.ts";
import type { Evidence } from "./evidence.ts";
import type { FailingPod } from "./failing-pod.ts";
import type { StableTime } from "./onset.ts";
import { isPresentVersion, newestWellRevision, standingsOf, type Standing, type WellRevision } from "./proof.ts";
import {
  hasProvenPods,
  mayHaveBeenEmptyUntil,
  podsThatRanWell,
  readyTimes,
  replicasSetAt,
  stableTime,
  untilNodeEnded,
} from "./stable.ts";
import { startedAgain, type StartedAgain } from "./started-again.ts";

export type { FailingPod } from "./failing-pod.ts";

/** The evidence with what follows from it, as the rules for causes read it. */
export interface Case {
  evidence: Evidence;
  policy: PolicyInForce;
  /** Pods whose containers fail while the pod still exists for its controller. */
  failing: FailingPod[];
  /** What fails beside the pods: the workload by its own status, or the HPA that scales it. */
  own: Failure[];
  /** Pods in phase Failed: their controller has already replaced them. */
  leftovers: FailingPod[];
  revisions: Revision[];
  current: Revision | undefined;
  /** The newest revision of another version that is known to have been well, if the present version never was. */
  healthy: WellRevision | undefined;
  /** How the pods of each revision are, by its name. */
  standings: ReadonlyMap<string, Standing>;
  /** That the present version was well, and was only started again. */
  again: StartedAgain | undefined;
  /** How long the pods that fail were ready before; those of the present revision, where any of it fail. */
  stable: StableTime;
  /** Whether these were ready for long enough to count as stable. */
  longStable: boolean;
  /** The failing pods that were ready for that long, or whose revision was, as the workload's status has it. */
  ranWell: FailingPod[];
  /** The failing pods that were made from the present revision. */
  ofCurrent: FailingPod[];
  /** Whether pods of the present revision fail, and nothing says that it was ever well, nor that they failed long after they were made. */
  sinceRollout: boolean;
  /** Whether a rollout is past its deadline while an earlier revision is known to have been healthy. */
  rolloutFailed: boolean;
  /** The pod template of each revision, by the name of the object that holds it. */
  templates: ReadonlyMap<string, PodTemplate>;
}

/** Draws the conclusions that more than one rule needs. */
export function openCase(evidence: Evidence, policy: PolicyInForce): Case {
  const { incident, workload, hpa, now, lostNodes, unreadyNodes } = evidence;
  const kind = kindOf(incident.workload);
  const revisions = readRevisions(kind, evidence);
  const seenFailing = new Set(incident.sample_pods);
  const moment: Moment = { now, deadlines: policy.detect, lostNodes, unreadyNodes, seenFailing };
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
  const templates = templatesOf(kind, evidence);
  const isMadeFrom = (pod: Pod, name: string) => kind?.history?.isMadeFrom(pod, name) === true;
  // That a node is lost, or not ready, says nothing of what ran on it.
  const failed = new Set(failing.filter(({ failures }) => !failures.every(isOfNode)).map(({ pod }) => pod));
  const { stable_seconds: stableSeconds } = policy;
  const standings = standingsOf(revisions, evidence.pods, isMadeFrom, (pod) => failed.has(pod), { now, stableSeconds });
  const unavailableSince = workload === undefined ? undefined : kind?.unavailableSince?.(workload);
  const ofCurrent = current === undefined ? [] : failing.filter(({ pod }) => isMadeFrom(pod, current.name));
  const ofComplete = workload === undefined ? undefined : kind?.lastComplete?.(workload);
  // Of pods that are held back from the present revision, what counts is when theirs was rolled out.
  const isHeldBack = ofCurrent.length === 0 && failing.every(({ pod }) => isMadeFrom(pod, ofComplete ?? ""));
  const rolledOut =
    (workload === undefined ? undefined : kind?.completedAt(workload, current)) ??
    (isHeldBack ? firstRolledOut(revisions.find(({ name }) => name === ofComplete)) : undefined);
  const times = readyTimes(ofCurrent.length > 0 ? ofCurrent : failing, rolledOut);
  const podsOfCurrent = current === undefined ? [] : evidence.pods.filter((pod) => isMadeFrom(pod, current.name));
  const emptyUntil = mayHaveBeenEmptyUntil(evidence, current, podsOfCurrent);
  const leftovers = all.filter(({ pod }) => isLeftover(pod));
  const ended = leftovers.filter(({ pod }) => current !== undefined && isMadeFrom(pod, current.name));
  const byNode = rolledOut === undefined ? undefined : untilNodeEnded(ended);
  const byFailing = stableTime(times, { rolledOut, unavailableSince, emptyUntil });
  const longest = byNode !== undefined && byNode.seconds > byFailing.seconds ? byNode : byFailing;
  const longStable = longest.seconds >= stableSeconds;
  const scaled = longStable
    ? undefined
    : beforeItWasScaled(evidence, times, { current, rolledOut, emptyUntil }, stableSeconds);
  const stable = scaled ?? longest;
  const well = newestWellRevision(revisions, {
    stableSeconds,
    standings,
    unavailableSince,
    heldOut: stable.seconds,
    presentServes: (standings.get(current?.name ?? "")?.ready ?? 0) > 0,
    warnings: evidence.surroundings.gone,
    replicasSetAt: replicasSetAt(evidence),
  });
  // What is held back is never complete, so that pods of the present revision may have been there for as long as somebody likes.
  const isHeld = workload !== undefined && kind?.isHeldBack?.(workload) === true;
  const outlasted = isHeld && longBeforeFailing(ofCurrent, stableSeconds, now) !== undefined;
  const isAgain = well !== undefined && isPresentVersion(well.revision, revisions);
  return {
    evidence,
    policy,
    failing,
    own,
    leftovers,
    revisions,
    current,
    healthy: isAgain ? undefined : well,
    standings,
    again: isAgain ? startedAgain(well, current, revisions, standings, templates, workload?.metadata) : undefined,
    stable,
    longStable,
    ranWell: longStable ? podsThatRanWell(times, stableSeconds) : [],
    ofCurrent,
    sinceRollout:
      ofCurrent.length > 0 &&
      !longStable &&
      !outlasted &&
      scaled === undefined &&
      !isAgain &&
      !hasProvenPods(current, revisions, standings),
    rolloutFailed: well !== undefined && !isAgain && own.some(({ reason }) => reason === "ProgressDeadlineExceeded"),
    templates,
  };
}

function isOfNode({ reason }: Failure): boolean {
  return OF_ITS_NODE.has(reason);
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

/** Whether any container fails for one of these reasons. */
export function failsWith(failing: FailingPod[], reasons: ReadonlySet<string>): boolean {
  return failing.some(({ failures }) => failures.some(({ reason }) => reasons.has(reason)));
}

/** The pods that have a container which fails for one of these reasons. */
export function failingFor(failing: readonly FailingPod[], ...reasons: ReadonlySet<string>[]): FailingPod[] {
  return failing.filter((pod) => reasons.some((some) => failsWith([pod], some)));
}

/** How many pods have a container that fails for one of these reasons, in words: `2 pods`. All of them where it is not told. */
export function podsFailing(failing: readonly FailingPod[], ...reasons: ReadonlySet<string>[]): string {
  const which = failingFor(failing, ...reasons);
  return count(which.length === 0 ? failing.length : which.length, "pod");
}

/** The workload's pods that were made from a revision, by its name; none of a kind that keeps no revisions. */
export function podsMadeFrom({ evidence: { incident, pods } }: Pick<Case, "evidence">, revision: string): Pod[] {
  const history = kindOf(incident.workload)?.history;
  return pods.filter((pod) => history?.isMadeFrom(pod, revision) === true);
}
