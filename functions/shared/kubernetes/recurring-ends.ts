import { failure, type Failure } from "./failures.ts";
import type { Pod } from "./types.ts";

/** After a run of this length the kubelet begins its back-off anew, in seconds. Source: client-go util/flowcontrol/backoff.go */
export const BACK_OFF_RESET_SECONDS = 600;
/** Ends that are further apart than this count one by one, in seconds. */
const LONGEST_RUN_SECONDS = 3_600;
/** From how many restarts on a container counts as one that ends again and again. */
export const RECURRING_RESTARTS = 3;

/**
 * The containers that end with an error again and again, each time after so long a run that the kubelet starts them at
 * once: they are ready, and never in `CrashLoopBackOff`. One that has run for longer than before its last end is well.
 */
export function recurringEnds({ spec, status }: Pod, now: Date): Failure[] {
  if (spec?.restartPolicy === "Never") return [];
  return (status?.containerStatuses ?? []).flatMap((container) => {
    const ended = container.lastState?.terminated;
    const lasted = seconds(ended?.startedAt, ended?.finishedAt);
    const runs = seconds(container.state?.running?.startedAt, now.toISOString());
    if (ended === undefined || ended.exitCode === 0 || container.restartCount < RECURRING_RESTARTS) return [];
    if (!(lasted > BACK_OFF_RESET_SECONDS && lasted <= LONGEST_RUN_SECONDS && runs <= lasted)) return [];
    return [
      failure({
        reason: ended.reason ?? "Error",
        container: container.name,
        exitCode: ended.exitCode,
        message:
          ended.message ??
          `it was restarted ${container.restartCount} times, the last time after ${Math.round(lasted / 60)} min`,
        restarts: container.restartCount,
        since: ended.finishedAt,
      }),
    ];
  });
}

/** The time between two moments; not a number where one is not known. */
function seconds(from: string | undefined, to: string | undefined): number {
  return (Date.parse(to ?? "") - Date.parse(from ?? "")) / 1_000;
}
