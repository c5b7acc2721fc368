import { startOfRun } from "../kinds/failing/container-runs.ts";
import { containerStatuses } from "../shared/kubernetes/pods.ts";
import type { ContainerStatus } from "../shared/kubernetes/types.ts";
import type { FailingPod } from "./case.ts";
import { backOffSeconds } from "./onset.ts";

/** After a run of this length the kubelet begins its back-off anew, in seconds. Source: client-go util/flowcontrol/backoff.go */
const BACK_OFF_RESET_SECONDS = 600;

/** How many ends before the last one tell that a container that runs for long does not do so by chance. */
const REPEATED = 2;

/**
 * When a pod that fails began to, as far as its status tells; undefined when nothing does.
 *
 * A pod may be ready between two ends, so that neither its conditions nor its last end tell of the first one: that is
 * counted back from the last one, by the restarts and the kubelet's back-offs between them.
 */
export function firstFailed({ pod, failures }: FailingPod): Date | undefined {
  const begun = time(pod.status?.startTime) ?? time(pod.metadata?.creationTimestamp);
  const failing = new Set(failures.map(({ container }) => container));
  const counted = containerStatuses(pod)
    .filter(({ name }) => failing.has(name))
    .map(firstEnd);
  const moments = [...failures.map(({ since }) => time(since)), ...counted].filter((moment) => moment !== undefined);
  const first = moments.length === 0 ? begun : Math.max(begun ?? -Infinity, Math.min(...moments));
  return first === undefined || !Number.isFinite(first) ? undefined : new Date(first);
}

/** When a container that ended with an error first did so, were all its attempts as long as the last one. */
function firstEnd({ restartCount, state, lastState }: ContainerStatus): number | undefined {
  const ended = state?.terminated ?? lastState?.terminated;
  const finished = time(ended?.finishedAt);
  if (ended === undefined || finished === undefined || ended.exitCode === 0) return undefined;
  const attempt = Math.max(0, (finished - (startOfRun(ended) ?? finished)) / 1_000);
  // One that runs again has ended once for each restart, one that does not once more.
  const earlier = Math.max(0, state?.running === undefined ? restartCount : restartCount - 1);
  if (attempt <= BACK_OFF_RESET_SECONDS) return finished - 1_000 * (earlier * attempt + backOffSeconds(earlier));
  return earlier < REPEATED ? finished : finished - 1_000 * earlier * attempt;
}

function time(moment: string | undefined): number | undefined {
  const parsed = Date.parse(moment ?? "");
  return Number.isFinite(parsed) ? parsed : undefined;
}
