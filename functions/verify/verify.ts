import { createHash } from "node:crypto";
import { remedyFor } from "../remedies/remedies.ts";
import type { Verification, WorkloadRun } from "../run/contracts.ts";
import { MAX_CONTROLLERS } from "../run/known-parts.ts";
import { podFailures } from "../kinds/failing/pod-failures.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { isLeftover, isReady, isTerminating, readySince, restartCount } from "../shared/kubernetes/pods.ts";
import type { Pod, Workload } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import { bounded } from "../shared/text.ts";
import { hpaGaps } from "./hpa-settled.ts";
import { pauseAfter } from "../run/pauses.ts";
import { deadlineOf, stoppedBy } from "../run/redrive.ts";
import { settling } from "../run/settling.ts";
import { rolloutGaps } from "../kinds/gaps.ts";
import type { Kind } from "../kinds/kind.ts";
import { sightOf } from "../facts/sight.ts";
import type { WorkloadState } from "../facts/state.ts";
import { interruption, isMadeAnew } from "./interrupted.ts";

/** How many reasons a verification carries. */
const MAX_REASONS = 5;

/**
 * Judges one fresh look at a workload. What somebody has done to it meanwhile is theirs, and neither a success of the remedy
 * nor its failure.
 *
 * It is recovered when everything has held for the whole soak time: the status is whole, no pod fails, its HPA is
 * settled, and meanwhile no pod was replaced, restarted or unready. The last part is told by a digest of the pods that
 * is carried from look to look, so that nodes' clocks do not matter.
 */
export function verify(run: WorkloadRun, state: WorkloadState, policy: Policy, now: Date): Verification {
  const digest = podDigest(state.pods);
  const looks = looksBefore(run) + 1;
  const observed = (wellSince: string | null): Verification["observation"] => ({
    digest,
    well_since: wellSince,
    looks,
    sight: sightOf(state, now),
    hpa: state.hpa?.metadata?.name ?? null,
    controllers: state.controllers.slice(0, MAX_CONTROLLERS),
  });
  const { interval_seconds, soak_seconds } = policy.verify;
  const change = run.remedy?.change;
  const remedy = change === undefined ? undefined : remedyFor(change.kind);
  const theirs = (verdict: "overtaken" | "interrupted", what: string): Verification => {
    return { verdict, reasons: [bounded(what)], wait_seconds: interval_seconds, observation: observed(null) };
  };
  if (isMadeAnew(run, state)) return theirs("overtaken", "it was deleted and made anew meanwhile");
  const replaced = change === undefined ? undefined : remedy?.overtaken(change, state, run.diagnosis);
  if (replaced !== undefined) return theirs("overtaken", replaced);
  if (run.incident.requested?.action === "undo") return takenBack(run, state, observed(null), policy, now);
  const interrupted = interruption(run, state);
  if (interrupted !== undefined) return theirs("interrupted", interrupted);
  const canGoOn = goesOn(run, state, now);
  const obstacle = canGoOn ? whatStops(run, policy, now) : undefined;
  if (canGoOn && obstacle === undefined) {
    const reasons = ["what was done so far has taken effect, and the next part follows"];
    return { verdict: "go_on", reasons, wait_seconds: interval_seconds, observation: observed(null) };
  }
  const reasons = gaps(run, state);
  const deadline = Date.parse(deadlineOf(run, policy));

  if (reasons.length > 0) {
    const late = now.getTime() >= deadline;
    const partly = late && obstacle !== undefined;
    return {
      verdict: partly ? "cut_short" : late ? "not_recovered" : "settling",
      reasons: [...(partly ? [`no further part of it was begun, since ${obstacle}`] : []), ...reasons]
        .slice(0, MAX_REASONS)
        .map((reason) => bounded(reason)),
      wait_seconds: nextLook(looks, policy, deadline, now),
      observation: observed(null),
    };
  }

  const before = run.verification?.observation;
  const unbroken = before?.digest === digest ? before.well_since : null;
  const isBroken = unbroken === null && before?.well_since != null;
  const wellSince = unbroken ?? now.toISOString();
  const left = soak_seconds - (now.getTime() - Date.parse(wellSince)) / 1_000;
  if (left <= 0 && state.kind.wanted(state.workload) === 0) {
    const none = state.kind.onePerNode === true ? "no node is to run a pod of it" : "it is to have 0 replicas";
    return { verdict: "nothing_runs", reasons: [none], wait_seconds: 1, observation: observed(wellSince) };
  }
  if (left <= 0) {
    return { verdict: "recovered", reasons: [], wait_seconds: 1, observation: observed(wellSince) };
  }
  // The deadline has the soak on top; a workload that keeps breaking its soak does not get more than that.
  const late = now.getTime() >= deadline + soak_seconds * 1_000;
  return {
    verdict: late ? "not_recovered" : "settling",
    reasons: [
      late
        ? `it was never well for ${soak_seconds} s on end`
        : `well since ${wellSince}; it has to stay so for ${soak_seconds} s`,
    ],
    // A soak that had to begin anew brings no more looks than one that did not begin.
    wait_seconds: Math.max(Math.ceil(left), isBroken ? nextLook(looks, policy, deadline, now) : 1),
    observation: observed(wellSince),
  };
}

/**
 * What an earlier remedy did is taken back as soon as its controller has seen that. Whether the workload is well is not asked:
 * somebody wants it so.
 */
function takenBack(
  run: WorkloadRun,
  { kind, workload }: WorkloadState,
  observation: Verification["observation"],
  policy: Policy,
  now: Date,
): Verification {
  const { interval_seconds: wait_seconds } = policy.verify;
  const isSeen = kind.hasSeenSpec(workload);
  const late = now.getTime() >= Date.parse(deadlineOf(run, policy));
  const reasons = isSeen ? [] : ["its controller has not seen the newest spec yet"];
  return { verdict: isSeen || late ? "taken_back" : "settling", reasons, wait_seconds, observation };
}

/** How many looks there were since the remedy's step, or since its last part. */
function looksBefore({ verification }: WorkloadRun): number {
  return verification?.verdict === "settling" ? (verification.observation.looks ?? 1) : 0;
}

/** How long to wait after so many looks at a workload that is not well, in seconds: not past the remedy's deadline. */
function nextLook(looks: number, policy: Policy, deadline: number, now: Date): number {
  const left = Math.ceil((deadline - now.getTime()) / 1_000);
  return Math.max(1, Math.min(pauseAfter(looks, policy), left));
}

/** Whether what the remedy's step did so far has taken effect, and its plan has a further part. */
function goesOn({ remedy, diagnosis }: WorkloadRun, state: WorkloadState, now: Date): boolean {
  if (remedy?.change === undefined) return false;
  return remedyFor(remedy.change.kind).goesOn?.(remedy.change, state, diagnosis, now) === true;
}

/** Why the remedy's step does no further part of its plan; undefined when it may. */
function whatStops(run: WorkloadRun, policy: Policy, now: Date): string | undefined {
  const { claim } = run;
  const error = stoppedBy(run);
  if (error !== undefined) return `its step ended with ${error.Error}`;
  const { expires_at = "", lapsed } = claim ?? {};
  if (lapsed === true) return "the claim had ended while the execution was stopped";
  // The effect of another part has to be waited for while the claim lasts.
  if (!(Date.parse(expires_at) > Date.parse(settling(run, policy, now).deadline))) {
    return `the claim lasts until ${expires_at}, which is too short for that`;
  }
  return now.getTime() < Date.parse(deadlineOf(run, policy)) ? undefined : "the time for the part before was over";
}

/** Everything that speaks against the workload being well. */
function gaps({ diagnosis, remedy }: WorkloadRun, state: WorkloadState): string[] {
  const { kind, workload, pods, hpa } = state;
  const change = remedy?.change;
  const unfinished = rolloutGaps(kind, workload);
  return [
    ...(unfinished.length > 0 ? unfinished : missingPods(kind, workload, pods)),
    ...failingPods(pods),
    ...(hpa === undefined ? [] : hpaGaps(hpa)),
    ...(change === undefined ? [] : (remedyFor(change.kind).gaps?.(change, state, diagnosis) ?? [])),
  ];
}

/** The status may be older than the pods: whether there are enough of them is counted on the pods themselves. */
function missingPods(kind: Kind, workload: Workload, pods: Pod[]): string[] {
  const wanted = kind.wanted(workload);
  const ready = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
  return ready >= wanted ? [] : [`${ready} of ${wanted} pods are ready and stay`];
}

function failingPods(pods: Pod[]): string[] {
  return pods
    .filter((pod) => !isLeftover(pod))
    .flatMap((pod) => podFailures(pod).map((failure) => `pod ${pod.metadata?.name ?? ""}: ${shortly(failure)}`));
}

/** The reason of a failure; of a container that cannot be put together, with what it lacks. */
function shortly({ reason, message }: Failure): string {
  return reason === "CreateContainerConfigError" && message !== undefined ? `${reason}, ${message}` : reason;
}

/** Changes when a pod is replaced, restarted, or was unready in between. */
function podDigest(pods: Pod[]): string {
  const lines = pods
    .filter((pod) => !isTerminating(pod) && !isLeftover(pod))
    .map((pod) => `${pod.metadata?.uid ?? ""} ${restartCount(pod)} ${readySince(pod) ?? ""}`)
    .sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
