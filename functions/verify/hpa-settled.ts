import { boundsOf, hpaCondition } from "../shared/kubernetes/hpa.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";

/** What an HPA still lacks to be settled; empty when it is. */
export function hpaGaps(hpa: Hpa): string[] {
  const name = hpa.metadata?.name ?? "";
  const able = hpaCondition(hpa, "AbleToScale");
  const active = hpaCondition(hpa, "ScalingActive");
  const { currentReplicas = 0, desiredReplicas = 0 } = hpa.status ?? {};
  const { min, max } = boundsOf(hpa);
  // Zero replicas disable an HPA on purpose.
  const disabled = active?.status === "False" && active.reason === "ScalingDisabled";
  return [
    ...(able?.status === "True" ? [] : [`HPA ${name} is not able to scale (${able?.reason ?? "no condition yet"})`]),
    ...(active?.status === "True" || disabled
      ? []
      : [`HPA ${name} is not active (${active?.reason ?? "no condition yet"})`]),
    ...(currentReplicas === desiredReplicas
      ? []
      : [`HPA ${name}: ${currentReplicas} current, ${desiredReplicas} desired replicas`]),
    ...(disabled || (currentReplicas >= min && currentReplicas <= max)
      ? []
      : [`HPA ${name}: ${currentReplicas} replicas are outside its bounds ${min} to ${max}`]),
  ];
}
