import type { Hpa } from "../types.ts";

/**
 * How far an HPA moves at once.
 * Source of the rules, the reasons and the messages: kubernetes pkg/controller/podautoscaler/horizontal.go
 */

/** How long a higher recommendation holds back a lower one, as on the local control plane. */
const STABILISATION_SECONDS = 10;

export interface Recommendation {
  replicas: number;
  at: Date;
}

/** Between how many replicas an HPA scales; one that does not say its minimum keeps at least one. */
export function boundsOf({ spec: { minReplicas = 1, maxReplicas } }: Hpa): { min: number; max: number } {
  return { min: minReplicas, max: maxReplicas };
}

/** The highest recommendation of late, the newest one included, and those that still count later. */
export function stabilise(
  earlier: readonly Recommendation[],
  newest: Recommendation,
): { replicas: number; kept: Recommendation[] } {
  const since = newest.at.getTime() - STABILISATION_SECONDS * 1_000;
  const kept = [...earlier.filter(({ at }) => at.getTime() >= since), newest];
  return { replicas: Math.max(...kept.map(({ replicas }) => replicas)), kept };
}

/** What an HPA may scale to, given what it wants, with the reason that its condition gives. */
export function limit(
  wanted: number,
  current: number,
  { min, max }: { min: number; max: number },
): { replicas: number; reason: string; message: string } {
  const fastest = Math.max(2 * current, 4);
  if (wanted < min) {
    const message = "the desired replica count is less than the minimum replica count";
    return { replicas: min, reason: "TooFewReplicas", message };
  }
  if (wanted > max && max <= fastest) {
    const message = "the desired replica count is more than the maximum replica count";
    return { replicas: max, reason: "TooManyReplicas", message };
  }
  if (wanted > fastest) {
    const message = "the desired replica count is increasing faster than the maximum scale rate";
    return { replicas: fastest, reason: "ScaleUpLimit", message };
  }
  const message = "the desired count is within the acceptable range";
  return { replicas: wanted, reason: "DesiredWithinRange", message };
}
