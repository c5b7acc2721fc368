import { longBeforeFailing, timesBefore } from "../facts/before-failing.ts";
import type { Case, FailingPod } from "../facts/case.ts";
import { containerStatuses, restartCount, startOf } from "../shared/kubernetes/pods.ts";
import { count, duration } from "../shared/text.ts";

/** From what part of a time on that is called most of it. */
const MOST = 0.75;

/**
 * What the pods themselves tell of the time before they crashed, where nothing else does: as it follows how many crash, and as
 * evidence.
 */
export function pastOfCrashing({ failing, stable, policy, evidence: { now } }: Case): {
  words: string;
  evidence: string[];
} {
  const stableSeconds = policy.stable_seconds;
  const [it, which] = failing.length === 1 ? ["it", "which"] : ["they", "one of which"];
  const long = longBeforeFailing(failing, stableSeconds, now);
  if (long !== undefined) {
    const { pod, seconds, age } = long;
    const part = seconds >= MOST * age ? "most" : `about ${duration(seconds)}`;
    const restarts = count(restartCount(pod), "restart");
    return {
      words: `${which} did not do so for ${part} of the ${duration(age)} since it was started`,
      evidence: [`pod ${pod.metadata?.name ?? ""}: ${restarts} since it was started ${duration(age)} ago`],
    };
  }
  if (stable.isUnknown === true) {
    const them = failing.length === 1 ? "it" : "them";
    return { words: `and how the pods before ${them} fared is not known`, evidence: [stable.evidence] };
  }
  const isKnown =
    failing.every(tellsItsPast) && timesBefore(failing, now).every(({ seconds }) => seconds < stableSeconds);
  return {
    words: isKnown ? `and there is no sign that ${it} ever ran well` : `and whether ${it} ever ran well is not known`,
    evidence: [],
  };
}

/** Whether a pod says when it was started, and how each container that fails ended last. */
function tellsItsPast({ pod, failures }: FailingPod): boolean {
  const names = new Set(failures.map(({ container }) => container));
  const ends = containerStatuses(pod)
    .filter(({ name }) => names.has(name))
    .map(({ state, lastState }) => (state?.terminated ?? lastState?.terminated)?.finishedAt);
  return startOf(pod) !== undefined && ends.length > 0 && ends.every((end) => end !== undefined);
}
