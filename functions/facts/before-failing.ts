import { startOf } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { FailingPod } from "./failing-pod.ts";
import { readyTimes } from "./stable.ts";

/** A pod that has failed for a part of its life alone. */
export interface BeforeFailing {
  pod: Pod;
  /** For about how long it did not, in seconds. */
  seconds: number;
  /** How long ago it was started, in seconds. */
  age: number;
}

/** What part of a pod's life has to be unexplained by its restarts: how long these took is an estimate. */
const PART = 10;

/**
 * The pod that did not fail for the longest part of its life, by its own start, where no complete rollout tells more; undefined
 * where none went without that for long. Whether it ran all that time, or had yet to start, is not known; but what comes so late in
 * so long a time did not come with the pod.
 */
export function longBeforeFailing(
  failing: readonly FailingPod[],
  stableSeconds: number,
  now: Date,
): BeforeFailing | undefined {
  const long = timesBefore(failing, now).filter(({ seconds, age }) => seconds >= Math.max(stableSeconds, age / PART));
  return long.toSorted((a, b) => b.seconds - a.seconds)[0];
}

/** For about how long each of these pods did not fail since it was started; none of those that do not say when that was. */
export function timesBefore(failing: readonly FailingPod[], now: Date): BeforeFailing[] {
  return readyTimes(failing, new Date(0)).flatMap(({ failing: { pod }, ready: { seconds } }) => {
    const started = Date.parse(startOf(pod) ?? "");
    return Number.isNaN(started) ? [] : [{ pod, seconds, age: (now.getTime() - started) / 1_000 }];
  });
}
