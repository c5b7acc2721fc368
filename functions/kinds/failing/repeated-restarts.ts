import { duration } from "../../shared/text.ts";
import { isEndUnknown, ownWords, wasEndedWithOthers } from "./container-runs.ts";
import { outOfMemoryWords } from "./container-spec.ts";
import { failure, type Failure } from "../../shared/kubernetes/failures.ts";
import type { ContainerStatus, Pod } from "../../shared/kubernetes/types.ts";

/** The reason of a container that runs, and will soon end again as it did so often before. */
export const REPEATED_RESTARTS = "RepeatedRestarts";

/** How often a container has to have been restarted before its next end is expected. */
export const MANY_RESTARTS = 5;
/** The same for one that ends soon after each start. */
export const SOME_RESTARTS = 2;
/** A run that was no longer than this ended soon after its start, in seconds. */
const SOON_SECONDS = 60;
/** The kubelet's shortest pause is ten seconds: what runs again after so many seconds had been in its back-off. */
const PAUSE_SECONDS = 5;
/** The API's times are whole seconds. */
const PRECISION_SECONDS = 1;
/** A container whose last run took longer is not one that ends again and again, in seconds. */
const LONGEST_RUN_SECONDS = 3_600;
/** A container that runs for so many times its last run does not end as that did. */
const OUTLIVED = 2;

/**
 * The containers of a pod that end with an error again and again, and run at this moment. Without a readiness probe one that
 * crashes after each start is ready between two of its ends: it fails as it does in its back-off. Others run for too long to
 * be seen in a back-off, which the kubelet begins anew after a run of ten minutes: a container that is killed every eleven
 * minutes is running and ready at nearly every look. One that has outlived its earlier runs, or ended once in a long life, is
 * well.
 * @param seenFailing whether an earlier look saw the pod fail, so that its first restart counts
 * Source: kubernetes pkg/kubelet/kubelet.go, MaxContainerBackOff; client-go util/flowcontrol/backoff.go
 */
export function repeatedRestarts(pod: Pod, now: Date, seenFailing = false): Failure[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].flatMap((status) =>
    endsAgain(pod, status, now, seenFailing ? 1 : SOME_RESTARTS),
  );
}

function endsAgain(
  pod: Pod,
  { name, restartCount, state, lastState }: ContainerStatus,
  now: Date,
  someRestarts: number,
): Failure[] {
  const last = lastState?.terminated;
  const runningSince = Date.parse(state?.running?.startedAt ?? "");
  if (last === undefined || last.exitCode === 0 || isEndUnknown(last) || wasEndedWithOthers(last)) return [];
  if (!Number.isFinite(runningSince)) return [];
  const finished = Date.parse(last.finishedAt ?? "");
  const run = (finished - Date.parse(last.startedAt ?? "")) / 1_000;
  const outlived = now.getTime() - runningSince > OUTLIVED * (run + PRECISION_SECONDS) * 1_000;
  if (!(run >= 0 && run <= LONGEST_RUN_SECONDS) || outlived) return [];
  const endsSoon = run <= SOON_SECONDS && runningSince - finished >= PAUSE_SECONDS * 1_000;
  if (restartCount < (endsSoon ? someRestarts : MANY_RESTARTS)) return [];
  const outOfMemory = last.reason === "OOMKilled" ? outOfMemoryWords(pod, name) : undefined;
  const common = { container: name, outOfMemory, restarts: restartCount };
  if (endsSoon) {
    const { reason = "Error", exitCode, finishedAt: since } = last;
    return [failure({ ...common, reason, exitCode, message: ownWords(last), since })];
  }
  const begun = Date.parse(pod.status?.startTime ?? "");
  const first = Math.max(Number.isFinite(begun) ? begun : -Infinity, finished - restartCount * run * 1_000);
  const reason = last.reason === undefined || last.reason === "" ? "" : ` (${last.reason})`;
  const said = ownWords(last);
  const words = said === undefined ? "" : `: ${said}`;
  return [
    failure({
      ...common,
      reason: REPEATED_RESTARTS,
      message: `restarted ${restartCount} times, last after a run of ${duration(run)} that ended with exit code ${last.exitCode}${reason}${words}`,
      since: new Date(first).toISOString().replace(".000Z", "Z"),
    }),
  ];
}
