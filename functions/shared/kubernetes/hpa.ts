import type { Reader } from "../cluster/cluster.ts";
import { listIfInstalled } from "../cluster/list-if-installed.ts";
import { paths } from "../cluster/paths.ts";
import type { HpaBounds, WorkloadRef } from "../refs.ts";
import { bounded, count } from "../text.ts";
import { groupField, isSameKind } from "./groups.ts";
import { MAX_KIND, MAX_OBJECT_NAME } from "./names.ts";
import type { Hpa } from "./types.ts";

/** The HPA that owns the workload's scale, if there is one; the first where several do. */
export async function hpaOf(cluster: Reader, workload: WorkloadRef): Promise<Hpa | undefined> {
  const [first] = await hpasOf(cluster, workload);
  return first;
}

/** Every HPA that scales the workload: the API server lets any number of them name the same target. */
export async function hpasOf(cluster: Reader, workload: WorkloadRef): Promise<Hpa[]> {
  const hpas = await listIfInstalled<Hpa>(cluster, paths.hpas(workload.namespace));
  return hpas.filter((hpa) => scales(hpa, workload));
}

/** Whether the HPA owns the workload's scale. */
export function scales(hpa: Hpa, workload: WorkloadRef): boolean {
  const target = targetOf(hpa);
  return isSameKind(target, workload) && target.name === workload.name;
}

/**
 * What the HPA scales. The API server takes almost any text for its kind and name, so that there may be no such thing.
 * Source: kubernetes pkg/apis/autoscaling/validation, ValidateCrossVersionObjectReference
 */
export function targetOf({ metadata, spec }: Hpa): WorkloadRef {
  const { apiVersion, kind, name } = spec.scaleTargetRef;
  const { group } = groupField(apiVersion);
  return {
    kind: plainName(kind, MAX_KIND),
    ...(group === undefined ? {} : { group: plainName(group, MAX_OBJECT_NAME) }),
    namespace: metadata?.namespace ?? "",
    name: plainName(name, MAX_OBJECT_NAME),
  };
}

/** A name as one bounded line. One that is not such a line is put in quotes, so that it is taken for no other. */
function plainName(text: string, limit: number): string {
  return bounded(text, limit) === text ? text : bounded(JSON.stringify(text), limit);
}

/** An HPA's bounds; the API's default minimum is 1. */
export function boundsOf(hpa: Hpa): HpaBounds {
  return { min: hpa.spec.minReplicas ?? 1, max: hpa.spec.maxReplicas };
}

export function hpaCondition(hpa: Hpa, type: "AbleToScale" | "ScalingActive" | "ScalingLimited") {
  return hpa.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether somebody holds the workload at one number of replicas, by bounds that are alike. */
export function isPinned(hpa: Hpa): boolean {
  const { min, max } = boundsOf(hpa);
  return min === max;
}

/** Whether the HPA wanted more replicas than its maximum allowed when it looked last. */
export function wasLimitedAtMaximum(hpa: Hpa): boolean {
  const limited = hpaCondition(hpa, "ScalingLimited");
  return limited?.status === "True" && limited.reason === "TooManyReplicas";
}

/**
 * Since when the HPA has wanted more replicas than its maximum allows; undefined when it does not. What it said of a lower
 * maximum than the present one does not count: it has not looked since that was raised. Nor does what it said before its metrics
 * or its target could not be read any more, which stays in its status.
 * Source: kubernetes pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler
 */
export function limitedAtMaximumSince(hpa: Hpa): string | undefined {
  const isOfThisMaximum = (hpa.status?.desiredReplicas ?? 0) >= hpa.spec.maxReplicas;
  if (!wasLimitedAtMaximum(hpa) || !isOfThisMaximum || isCutOff(hpa)) return undefined;
  return hpaCondition(hpa, "ScalingLimited")?.lastTransitionTime;
}

/** Whether the HPA could not read or write what it goes by when it looked last. */
function isCutOff(hpa: Hpa): boolean {
  return hpaCondition(hpa, "AbleToScale")?.status === "False" || hpaCondition(hpa, "ScalingActive")?.status === "False";
}

/** `3 replicas`, `2–6 replicas`: how messages put replicas, and bounds. */
export function describeSize(size: HpaBounds | number): string {
  return typeof size === "number" ? count(size, "replica") : `${inShort(size)} replicas`;
}

/** `from 2 to 3 replicas`, `from 2–4 to 2–6 replicas`. */
export function describeResizing(from: HpaBounds | number, to: HpaBounds | number): string {
  return `from ${inShort(from)} to ${describeSize(to)}`;
}

function inShort(size: HpaBounds | number): string {
  return typeof size === "number" ? `${size}` : `${size.min}–${size.max}`;
}
