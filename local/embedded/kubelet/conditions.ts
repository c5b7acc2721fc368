import type { Pod } from "../types.ts";
import { apiTime } from "../clock.ts";
import { conditionOf } from "../controllers/status.ts";

export type PodConditions = NonNullable<NonNullable<Pod["status"]>["conditions"]>;

interface Wanted {
  type: string;
  status: "True" | "False";
  reason?: string;
  message?: string;
}

/** Conditions in that order; the transition time of one moves only when its status does. */
export function conditions(pod: Pod, now: Date, wanted: readonly Wanted[]): PodConditions {
  return wanted.map((condition) => {
    const present = conditionOf(pod.status?.conditions, condition.type);
    const since = present?.status === condition.status ? present.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: since ?? apiTime(now) };
  });
}

/** The conditions of a pod on its node, in the kubelet's order and words. */
export function kubeletConditions(
  pod: Pod,
  now: Date,
  { ready, initialized = true, failing }: { ready: boolean; initialized?: boolean; failing: string },
): PodConditions {
  const unready = { reason: "ContainersNotReady", message: `containers with unready status: [${failing}]` };
  const first = pod.spec?.initContainers?.[0]?.name ?? "";
  const incomplete = { reason: "ContainersNotInitialized", message: `containers with incomplete status: [${first}]` };
  const yes = (type: string): Wanted => ({ type, status: "True" });
  const readiness = (type: string): Wanted => (ready ? yes(type) : { type, status: "False", ...unready });
  return conditions(pod, now, [
    yes("PodReadyToStartContainers"),
    initialized ? yes("Initialized") : { type: "Initialized", status: "False", ...incomplete },
    readiness("Ready"),
    readiness("ContainersReady"),
    yes("PodScheduled"),
  ]);
}
