import { kindOf } from "../kinds/kinds.ts";
import type { Case, FailingPod } from "./case.ts";
import { failedAt, failedForItself, lifeOf, madeAt, rowOfReplacements } from "./failed-pods.ts";

/** How much longer than those after it the first pod of a loop may have lived that began with a rollout. */
const MUCH_LONGER = 3;
/** How long a loop has to be silent to be over, as a multiple of the longest that one of its pods lived. */
const SILENCE = 2;

/** A node that is shut down ends its pods, and says nothing about them. Source: pkg/kubelet/nodeshutdown */
const OF_THE_NODE: ReadonlySet<string> = new Set(["Terminated", "NodeShutdown", "Shutdown"]);

/** Pods that fail for good, and so do those that take their place. */
export interface ReplacementLoop {
  /** Every pod of the present revision that has failed for good. */
  pods: FailingPod[];
  /** Those that took the place of one that had failed before. */
  replacements: FailingPod[];
  /** When the last of them failed. */
  last: Date;
  /** Whether every one failed for what its template asks for since the present revision was rolled out, and none before. */
  broughtByRollout: boolean;
}

/** The loop that is under way; undefined when there is none, or it has stopped. */
export function replacementLoop(facts: Case): ReplacementLoop | undefined {
  const { evidence, policy } = facts;
  const now = evidence.now.getTime();
  const pods = recentOfPresentRevision(facts);
  const [first, ...replacements] = rowOfReplacements(pods);
  if (first === undefined || replacements.length === 0) return undefined;
  const last = lastFailure(pods);
  const longest = Math.max(...replacements.map(({ pod }) => lifeOf(pod)));
  if (now - last > 1_000 * Math.max(policy.restart.quiet_seconds, SILENCE * longest)) return undefined;
  return {
    pods,
    replacements,
    last: new Date(last),
    broughtByRollout: isBroughtByRollout(facts, pods, first, longest),
  };
}

/** How long nothing has failed for good any more, in seconds. */
export function quietSeconds({ evidence, leftovers }: Case): number {
  return (evidence.now.getTime() - lastFailure(leftovers)) / 1_000;
}

function lastFailure(pods: readonly FailingPod[]): number {
  return Math.max(...pods.map(({ pod }) => failedAt(pod)));
}

/** What failed long ago, or was made from an earlier revision, is no part of what goes on now. */
function recentOfPresentRevision({ leftovers, evidence, policy, current }: Case): FailingPod[] {
  const { incident, now } = evidence;
  const history = kindOf(incident.workload)?.history;
  const begin = now.getTime() - policy.cool_down.repeat_window_seconds * 1_000;
  return leftovers.filter(
    (failed) =>
      failedAt(failed.pod) > begin &&
      !ofTheNode(failed) &&
      (history === undefined || (current !== undefined && history.isMadeFrom(failed.pod, current.name))),
  );
}

/** Whether a pod went with its node, which says nothing about it. */
export function ofTheNode({ failures }: FailingPod): boolean {
  return failures.every(({ reason }) => OF_THE_NODE.has(reason));
}

/**
 * Whether the rollout of the present revision brought it: the first pod that failed was made by that rollout, and lived about
 * as long as those after it. One that lived much longer shows that the revision once ran well.
 */
function isBroughtByRollout(
  { evidence, leftovers, current }: Case,
  pods: readonly FailingPod[],
  { pod: first }: FailingPod,
  longest: number,
): boolean {
  const { incident, workload } = evidence;
  if (workload === undefined || current === undefined || !pods.every(failedForItself)) return false;
  const earlier = leftovers.filter((pod) => !pods.includes(pod));
  if (earlier.some(failedForItself)) return false;
  const complete = kindOf(incident.workload)?.completedAt(workload, current)?.getTime() ?? Infinity;
  return madeAt(first) <= complete && lifeOf(first) <= MUCH_LONGER * longest;
}
