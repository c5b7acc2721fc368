import type { Pod } from "../types.ts";
import { isReady, readySince, restartCount } from "../pod-facts.ts";

const PHASES = ["Pending", "Unknown", "Running"];
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/**
 * The pods of a ReplicaSet in the order in which it gives them up: first those that are worth least.
 * Source: kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks
 */
export function leastWorthFirst(pods: readonly Pod[]): Pod[] {
  const neighbours = Map.groupBy(pods, ({ spec }) => spec?.nodeName);
  const worth = (pod: Pod): (number | string)[] => [
    pod.spec?.nodeName === undefined ? 0 : 1,
    PHASES.indexOf(pod.status?.phase ?? "Pending"),
    isReady(pod) ? 1 : 0,
    Number(pod.metadata?.annotations?.[DELETION_COST] ?? 0),
    -(neighbours.get(pod.spec?.nodeName)?.length ?? 0),
    newestLowest(readySince(pod)),
    -restartCount(pod),
    newestLowest(pod.metadata?.creationTimestamp),
    pod.metadata?.name ?? "",
  ];
  return [...pods].sort((a, b) => compare(worth(a), worth(b)));
}

function newestLowest(time: string | undefined): number {
  return time === undefined ? -Infinity : -new Date(time).getTime();
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const differs = a.findIndex((value, index) => value !== b[index]);
  if (differs === -1) return 0;
  return (a[differs] ?? 0) < (b[differs] ?? 0) ? -1 : 1;
}
