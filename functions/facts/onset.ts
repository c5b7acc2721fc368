import { podFailures } from "../shared/kubernetes/pod-failures.ts";
import { containerStatuses } from "../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../shared/kubernetes/types.ts";

/** The kubelet's restart back-off: 10 s, doubled each time, at most 300 s. Source: pkg/kubelet/kubelet.go. */
const FIRST_BACK_OFF_SECONDS = 10;
const LONGEST_BACK_OFF_SECONDS = 300;

/** How long a workload ran well before it began to fail, in seconds, and how that is known. */
export interface StableTime {
  seconds: number;
  evidence: string;
}

/**
 * How long the present revision ran well before its pods began to fail.
 *
 * A container that ran for a while in its last attempt has shown that it can run. Otherwise the first crash is estimated
 * by counting the kubelet's back-offs (and the attempts between them) back from the last one, and set against the moment
 * the rollout was complete.
 *
 * @param rolledOutAt when the present revision was rolled out, or undefined when it never was
 */
export function stableBeforeFailing(pods: Pod[], rolledOutAt: Date | undefined): StableTime {
  let longest: StableTime = { seconds: 0, evidence: "" };
  for (const pod of pods) {
    // What another container of the pod did, one that has done its work among them, says nothing of the one that fails.
    const failing = new Set(podFailures(pod).map(({ container }) => container));
    for (const status of containerStatuses(pod).filter(({ name }) => failing.has(name))) {
      const stable = stableTimeOf(pod, status, rolledOutAt);
      if (stable !== undefined && stable.seconds > longest.seconds) longest = stable;
    }
  }
  return longest;
}

function stableTimeOf(pod: Pod, status: ContainerStatus, rolledOut: Date | undefined): StableTime | undefined {
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  if (ended?.finishedAt === undefined || ended.startedAt === undefined) return undefined;
  const finished = Date.parse(ended.finishedAt);
  const attempt = Math.max(0, (finished - Date.parse(ended.startedAt)) / 1_000);
  const podStart = Date.parse(pod.status?.startTime ?? pod.metadata?.creationTimestamp ?? ended.startedAt);
  const firstCrash = Math.max(
    podStart,
    finished - 1_000 * (backOffSeconds(status.restartCount) + status.restartCount * attempt),
  );
  const since = rolledOut === undefined ? undefined : Math.max(0, (firstCrash - rolledOut.getTime()) / 1_000);
  const name = pod.metadata?.name ?? "";
  if (since !== undefined && since >= attempt) {
    return {
      seconds: since,
      evidence: `container ${status.name} of pod ${name} first failed about ${Math.round(since)} s after the rollout was complete`,
    };
  }
  return {
    seconds: attempt,
    evidence: `container ${status.name} of pod ${name} ran for ${Math.round(attempt)} s before it last ended`,
  };
}

/** All the back-offs that lie behind a container with that many restarts, in seconds. */
export function backOffSeconds(restarts: number): number {
  let sum = 0;
  let next = FIRST_BACK_OFF_SECONDS;
  for (let restart = 0; restart < restarts; restart++) {
    sum += next;
    next = Math.min(next * 2, LONGEST_BACK_OFF_SECONDS);
    // From here on each back-off is the longest one.
    if (next === LONGEST_BACK_OFF_SECONDS) return sum + (restarts - restart - 1) * LONGEST_BACK_OFF_SECONDS;
  }
  return sum;
}
