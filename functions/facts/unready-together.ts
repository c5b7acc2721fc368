import { kindOf } from "../kinds/kinds.ts";
import { isLeftover, isReady, isTerminating, readySince } from "../shared/kubernetes/pods.ts";
import { count } from "../shared/text.ts";
import type { Case, FailingPod } from "./case.ts";

/** How far apart pods become unready that do so for the same reason, in seconds: their probes' periods, and a node's delay. */
export const SAME_MOMENT_SECONDS = 60;

/**
 * What says that these pods, which run and are not ready, are so for the sake of something that all of them depend on;
 * undefined when it may be a matter of each alone. Another pod that is ready proves that what they depend on is there; a
 * revision is to blame only where the pods of no other one are unready, too.
 */
export function unreadyTogether(
  { evidence, current, sinceRollout }: Case,
  unready: readonly FailingPod[],
): string | undefined {
  if (unready.length === 0) return undefined;
  const history = kindOf(evidence.incident.workload)?.history;
  const earlier = unready.filter(
    ({ pod }) => current !== undefined && history?.isMadeFrom(pod, current.name) === false,
  );
  if (sinceRollout) return earlier.length === 0 ? undefined : "pods of more than one revision at once";
  const ready = evidence.pods.filter((pod) => isReady(pod) && !isTerminating(pod) && !isLeftover(pod)).length;
  if (ready === 0) return "no pod of it is ready";
  if (unready.length > ready) return `only ${count(ready, "pod")} of it ${ready === 1 ? "is" : "are"} ready`;
  const since = unready.map(({ pod }) => Date.parse(readySince(pod) ?? "")).filter(Number.isFinite);
  const apart = (Math.max(...since) - Math.min(...since)) / 1_000;
  return since.length > 1 && apart <= SAME_MOMENT_SECONDS ? "they have been so since the same moment" : undefined;
}
