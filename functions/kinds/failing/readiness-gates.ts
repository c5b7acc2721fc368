import type { Pod } from "../../shared/kubernetes/types.ts";

/**
 * The pod's readiness gates that are not met, each with what its condition says; undefined when all of them are. Somebody
 * else than the kubelet sets these conditions, often the controller of a load balancer.
 * Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle, "Pod readiness"
 */
export function unmetGates({ spec, status }: Pod): string | undefined {
  const unmet = (spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = status?.conditions?.find(({ type }) => type === conditionType);
    if (condition?.status === "True") return [];
    if (condition === undefined) return [`readiness gate ${conditionType} has no condition yet`];
    const why = [condition.reason, condition.message].filter(Boolean).join(": ");
    return [`readiness gate ${conditionType} is ${condition.status}${why === "" ? "" : ` (${why})`}`];
  });
  return unmet.length === 0 ? undefined : unmet.join("; ");
}
