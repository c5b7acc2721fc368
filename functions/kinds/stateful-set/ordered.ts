import { isLeftover, isReady, isTerminating } from "../../shared/kubernetes/pods.ts";
import type { Pod, StatefulSet } from "../../shared/kubernetes/types.ts";
import { ordinalOf } from "./unblocking.ts";

/**
 * The name of the pod that has to be ready before the controller makes the pod of that ordinal again: it makes them in order,
 * and goes no further than the first that is not there or not ready. Undefined where all before it are ready, and with the
 * `Parallel` pod management, which does not wait.
 * Source: kubernetes pkg/controller/statefulset/stateful_set_control.go
 *
 * @param pods those that the StatefulSet controls
 */
export function madeAfter({ metadata, spec }: StatefulSet, pod: Pod, pods: readonly Pod[]): string | undefined {
  if (spec?.podManagementPolicy === "Parallel") return undefined;
  const first = spec?.ordinals?.start ?? 0;
  const before = Math.max(0, ordinalOf(pod) - first) || 0;
  return Array.from({ length: before }, (_, index) => `${metadata?.name ?? ""}-${first + index}`).find((name) => {
    const earlier = pods.find((other) => other.metadata?.name === name);
    return earlier === undefined || !isReady(earlier) || isTerminating(earlier) || isLeftover(earlier);
  });
}
