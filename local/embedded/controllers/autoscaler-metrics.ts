import type { Hpa, Pod } from "../types.ts";
import { formatQuantity, parseQuantity } from "../quantity.ts";
import { unserved, type MetricSpec } from "./autoscaler-unserved.ts";
import { measure, measuredBy, requestsOf, type Measured, type Usage } from "./autoscaler-usage.ts";

/**
 * How many replicas a metric asks for.
 * Source of the algorithm and the messages: kubernetes pkg/controller/podautoscaler (horizontal.go,
 * replica_calculator.go)
 */

export type MetricStatus = NonNullable<NonNullable<Hpa["status"]>["currentMetrics"]>[number];

export interface Proposal {
  replicas: number;
  /** What the metric is called in messages. */
  name: string;
  status: MetricStatus;
}

/** A ratio of usage and target this close to 1 changes nothing. */
const TOLERANCE = 0.1;

type Amounts = ReadonlyMap<string, number>;

/** @throws NoMetric when it cannot be said */
export function propose(
  metric: MetricSpec,
  pods: readonly Pod[],
  currentReplicas: number,
  namespace: string,
): Proposal {
  const measured = measuredBy(metric);
  if (measured === undefined) throw unserved(metric, namespace);
  const { resource, container, target } = measured;
  const seen = measure(measured, pods);
  if (target.averageValue !== undefined) {
    const wanted = parseQuantity(target.averageValue) * (resource === "cpu" ? 1_000 : 1);
    const ratio = (usage: Amounts) => Math.floor(mean(usage)) / wanted;
    const replicas = replicasFor(seen, currentReplicas, ratio, () => wanted);
    return { replicas, name: `${resource} resource`, status: statusOf(measured, seen.usage, {}) };
  }
  const wanted = target.averageUtilization ?? 0;
  const requests = requestsOf(measured, pods);
  const ratio = (usage: Amounts) => utilization(usage, requests) / wanted;
  const everything = (pod: string) => ((requests.get(pod) ?? 0) * Math.max(100, wanted)) / 100;
  const replicas = replicasFor(seen, currentReplicas, ratio, everything);
  const kind = container === undefined ? "resource" : "container resource";
  return {
    replicas,
    name: `${resource} ${kind} utilization (percentage of request)`,
    status: statusOf(measured, seen.usage, { averageUtilization: utilization(seen.usage, requests) }),
  };
}

/**
 * @param ratio usage by target
 * @param everything what a pod without metrics counts as, where there could be fewer pods
 */
function replicasFor(
  { usage, unready, missing }: Usage,
  currentReplicas: number,
  ratio: (usage: Amounts) => number,
  everything: (pod: string) => number,
): number {
  const first = ratio(usage);
  const countsUnready = unready.length > 0 && first > 1;
  if (!countsUnready && missing.length === 0) {
    return isClose(first) ? currentReplicas : Math.ceil(first * usage.size);
  }
  const assumed = new Map(usage);
  if (first < 1) for (const pod of missing) assumed.set(pod, everything(pod));
  if (first > 1) for (const pod of missing) assumed.set(pod, 0);
  if (countsUnready) for (const pod of unready) assumed.set(pod, 0);
  const second = ratio(assumed);
  if (isClose(second) || (first < 1 && second > 1) || (first > 1 && second < 1)) return currentReplicas;
  const replicas = Math.ceil(second * assumed.size);
  // With more pods in the reckoning, the direction must not turn.
  return second < 1 ? Math.min(replicas, currentReplicas) : Math.max(replicas, currentReplicas);
}

function isClose(ratio: number): boolean {
  return Math.abs(1 - ratio) <= TOLERANCE;
}

/** Usage as a whole percentage of what is requested. */
function utilization(usage: Amounts, requests: Amounts): number {
  const requested = [...usage.keys()].reduce((sum, pod) => sum + (requests.get(pod) ?? 0), 0);
  return Math.floor((total(usage) * 100) / requested);
}

function total(usage: Amounts): number {
  return [...usage.values()].reduce((sum, value) => sum + value, 0);
}

function mean(usage: Amounts): number {
  return total(usage) / usage.size;
}

function statusOf(
  { resource, container }: Measured,
  usage: Amounts,
  utilized: { averageUtilization?: number },
): MetricStatus {
  const average = Math.floor(mean(usage));
  const averageValue = resource === "cpu" ? formatQuantity(average / 1_000) : formatQuantity(average, true);
  const current = { ...utilized, averageValue };
  return container === undefined
    ? { type: "Resource", resource: { name: resource, current } }
    : { type: "ContainerResource", containerResource: { name: resource, container, current } };
}
