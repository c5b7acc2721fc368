import type { FailingPod } from "../facts/case.ts";
import { readyTimes } from "../facts/stable.ts";
import { containerStatuses, restartCount } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { count, duration } from "../shared/text.ts";

/** What part of a pod's life has to be unexplained by its restarts: how long these took is an estimate. */
const PART = 10;

/**
 * What the pods themselves tell of the time before they crashed, where nothing else does: as it follows how many crash, and as
 * evidence. Without a rollout that was complete it is not known whether a pod ran all that time, or had yet to start; but what
 * happened so seldom in so long a time did not begin with the pod.
 */
export function pastOfCrashing(
  failing: readonly FailingPod[],
  stableSeconds: number,
  now: Date,
): { words: string; evidence: string[] } {
  const [it, which] = failing.length === 1 ? ["it", "which"] : ["they", "one of which"];
  // Each by its own start: no rollout is known that the template was well in.
  const times = readyTimes(failing, new Date(0)).map(({ failing: { pod }, ready: { seconds } }) => ({
    ...{ pod, seconds },
    age: secondsOld(pod, now),
  }));
  const [longest] = times.toSorted((a, b) => b.seconds - a.seconds);
  const { pod, seconds = 0, age } = longest ?? {};
  if (pod !== undefined && age !== undefined && seconds >= Math.max(stableSeconds, age / PART)) {
    const part = duration(seconds) === duration(age) ? "most" : `about ${duration(seconds)}`;
    return {
      words: `${which} did not do so for ${part} of the ${duration(age)} since it was started`,
      evidence: [
        `pod ${pod.metadata?.name ?? ""}: ${count(restartCount(pod), "restart")} since it was started ${duration(age)} ago`,
      ],
    };
  }
  const isKnown = seconds < stableSeconds && failing.every(({ pod: each, failures }) => tellsItsPast(each, failures));
  const words = isKnown
    ? `and there is no sign that ${it} ever ran well`
    : `and whether ${it} ever ran well is not known`;
  return { words, evidence: [] };
}

/** Whether a pod says when it was started, and how each container that fails ended last. */
function tellsItsPast(pod: Pod, failures: FailingPod["failures"]): boolean {
  const names = new Set(failures.map(({ container }) => container));
  const ends = containerStatuses(pod)
    .filter(({ name }) => names.has(name))
    .map(({ state, lastState }) => (state?.terminated ?? lastState?.terminated)?.finishedAt);
  return startOf(pod) !== undefined && ends.length > 0 && ends.every((end) => end !== undefined);
}

function secondsOld(pod: Pod, now: Date): number | undefined {
  const started = Date.parse(startOf(pod) ?? "");
  return Number.isNaN(started) ? undefined : (now.getTime() - started) / 1_000;
}

function startOf({ metadata, status }: Pod): string | undefined {
  return status?.startTime ?? metadata?.creationTimestamp;
}
