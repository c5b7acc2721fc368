import type { Cluster } from "../cluster/cluster.ts";
import { paths } from "../cluster/paths.ts";
import type { HpaBounds, WorkloadRef } from "../contracts.ts";
import type { Hpa } from "./types.ts";

/** The HPA that owns the workload's scale, if there is one. */
export async function hpaOf(cluster: Cluster, workload: WorkloadRef): Promise<Hpa | undefined> {
  const hpas = await cluster.list<Hpa>(paths.hpas(workload.namespace));
  return hpas.find((hpa) => {
    const { kind, name } = hpa.spec.scaleTargetRef;
    return kind === workload.kind && name === workload.name;
  });
}

/** An HPA's bounds; the API's default minimum is 1. */
export function boundsOf(hpa: Hpa): HpaBounds {
  return { min: hpa.spec.minReplicas ?? 1, max: hpa.spec.maxReplicas };
}

export function hpaCondition(hpa: Hpa, type: "AbleToScale" | "ScalingActive" | "ScalingLimited") {
  return hpa.status?.conditions?.find((condition) => condition.type === type);
}

/** Since when the HPA has wanted more replicas than its maximum allows; undefined when it does not. */
export function limitedAtMaximumSince(hpa: Hpa): string | undefined {
  const limited = hpaCondition(hpa, "ScalingLimited");
  if (limited?.status !== "True" || limited.reason !== "TooManyReplicas") return undefined;
  return limited.lastTransitionTime;
}

/** `2 to 6 replicas`, as messages put bounds and replicas. */
export function describeSize(size: HpaBounds | number): string {
  return typeof size === "number" ? `${size} replicas` : `${size.min} to ${size.max} replicas`;
}
