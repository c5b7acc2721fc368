import { isLeftover, isReady, isTerminating, readySince } from "../shared/kubernetes/pods.ts";
import type { Case, FailingPod } from "./case.ts";
import { SAME_MOMENT_SECONDS } from "./unready-together.ts";

/** The node that pods share which have been unready since the same moment. */
export interface SharedNode {
  node: string;
  /** How many pods of the workload are ready on other nodes. */
  readyElsewhere: number;
}

/**
 * The node that these pods have in common where it is to blame for them: several of them, all on it, have been unready since about
 * the same moment, no pod of the workload is ready there, and others are on other nodes. Undefined where one of it is not so;
 * on the only node of a workload nothing tells it from what its pods depend on.
 */
export function sharedNode({ evidence }: Case, failing: readonly FailingPod[]): SharedNode | undefined {
  const [node, ...others] = new Set(failing.map(({ pod }) => pod.spec?.nodeName));
  if (node === undefined || others.length > 0 || failing.length < 2) return undefined;
  if (failing.some(({ pod }) => isReady(pod)) || !isOneMoment(failing)) return undefined;
  const ready = evidence.pods.filter((pod) => isReady(pod) && !isTerminating(pod) && !isLeftover(pod));
  const there = ready.filter(({ spec }) => spec?.nodeName === node);
  return there.length > 0 || ready.length === 0 ? undefined : { node, readyElsewhere: ready.length };
}

function isOneMoment(failing: readonly FailingPod[]): boolean {
  const since = failing.map(({ pod }) => Date.parse(readySince(pod) ?? ""));
  return Math.max(...since) - Math.min(...since) <= SAME_MOMENT_SECONDS * 1_000;
}
