import { isReady, isTerminating } from "../../../functions/shared/kubernetes/pods.ts";
import type { Hpa, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { usageOf } from "../../cluster/metrics.ts";
import { formatQuantity, parseQuantity } from "../quantity.ts";

/**
 * How many replicas a metric asks for.
 * Source of the algorithm and the messages: kubernetes pkg/controller/podautoscaler (horizontal.go,
 * replica_calculator.go)
 */

export type MetricSpec = NonNullable<Hpa["spec"]["metrics"]>[number];
export type MetricStatus = NonNullable<NonNullable<Hpa["status"]>["currentMetrics"]>[number];

export interface Proposal {
  replicas: number;
  /** What the metric is called in messages. */
  name: string;
  status: MetricStatus;
}

/** Why there is no proposal. */
export class NoMetric extends Error {
  override readonly name = "NoMetric";
  /** The condition's reason, such as `FailedGetResourceMetric`. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A ratio of usage and target this close to 1 changes nothing. */
const TOLERANCE = 0.1;

/** @throws NoMetric when it cannot be said */
export function propose(metric: MetricSpec, pods: readonly Pod[], currentReplicas: number): Proposal {
  if (metric.type !== "Resource" || metric.resource?.name !== "cpu") throw notServed(metric);
  const { averageUtilization, averageValue } = metric.resource.target;
  if (averageValue !== undefined) {
    const target = parseQuantity(averageValue) * 1_000;
    const { replicas, average } = replicasFor(pods, currentReplicas, (usage) => mean(usage) / target, target, "usage");
    return { replicas, name: "cpu resource", status: statusOf({ averageValue: millicores(average) }) };
  }
  const target = averageUtilization ?? 0;
  // Whether there are metrics at all is asked first.
  let known: Map<string, number> | undefined;
  const requests = () => (known ??= requestsOf(pods));
  const ratio = (usage: ReadonlyMap<string, number>) => utilization(usage, requests()) / target;
  const whole = (pod: string) => ((requests().get(pod) ?? 0) * Math.max(100, target)) / 100;
  const { replicas, average, seen } = replicasFor(pods, currentReplicas, ratio, whole, "utilization");
  return {
    replicas,
    name: "cpu resource utilization (percentage of request)",
    status: statusOf({ averageUtilization: utilization(seen, requests()), averageValue: millicores(average) }),
  };
}

/**
 * @param ratio usage by target
 * @param missing what a pod without metrics counts as, in millicores, where pods could become fewer
 */
function replicasFor(
  pods: readonly Pod[],
  currentReplicas: number,
  ratio: (usage: ReadonlyMap<string, number>) => number,
  missing: number | ((pod: string) => number),
  what: "usage" | "utilization",
): { replicas: number; average: number; seen: ReadonlyMap<string, number> } {
  const groups = groupsOf(pods, what);
  const seen = groups.usage;
  const first = ratio(seen);
  const average = Math.floor(mean(seen));
  const same = { replicas: currentReplicas, average, seen };
  const countsUnready = groups.unready.length > 0 && first > 1;
  if (!countsUnready && groups.missing.length === 0) {
    return isClose(first) ? same : { ...same, replicas: Math.ceil(first * seen.size) };
  }
  const usage = new Map(seen);
  const assumed = typeof missing === "number" ? () => missing : missing;
  if (first < 1) for (const pod of groups.missing) usage.set(pod, assumed(pod));
  if (first > 1) for (const pod of groups.missing) usage.set(pod, 0);
  if (countsUnready) for (const pod of groups.unready) usage.set(pod, 0);
  const second = ratio(usage);
  if (isClose(second) || (first < 1 && second > 1) || (first > 1 && second < 1)) return same;
  const replicas = Math.ceil(second * usage.size);
  if ((second < 1 && replicas > currentReplicas) || (second > 1 && replicas < currentReplicas)) return same;
  return { ...same, replicas };
}

function isClose(ratio: number): boolean {
  return Math.abs(1 - ratio) <= TOLERANCE;
}

/** The usage of the pods that count, and the names of those that are not ready or have no metrics. */
function groupsOf(pods: readonly Pod[], what: string) {
  const failed = (why: string) => new NoMetric("FailedGetResourceMetric", `failed to get cpu ${what}: ${why}`);
  const measured = new Map(usageOf([...pods]).map(({ pod, millicores }) => [pod.metadata?.name ?? "", millicores]));
  if (measured.size === 0) {
    throw failed("unable to get metrics for resource cpu: no metrics returned from resource metrics API");
  }
  const usage = new Map<string, number>();
  const unready: string[] = [];
  const missing: string[] = [];
  for (const pod of pods) {
    const name = pod.metadata?.name ?? "";
    const millicores = measured.get(name);
    if (isTerminating(pod) || pod.status?.phase === "Failed") continue;
    if (pod.status?.phase === "Pending") unready.push(name);
    else if (millicores === undefined) missing.push(name);
    else if (isReady(pod)) usage.set(name, millicores);
    else unready.push(name);
  }
  if (usage.size === 0) throw failed("did not receive metrics for targeted pods (pods might be unready)");
  return { usage, unready, missing };
}

function requestsOf(pods: readonly Pod[]): Map<string, number> {
  return new Map(
    pods.map(({ metadata, spec }) => {
      const requested = (spec?.containers ?? []).map(({ name, resources }) => {
        const cpu = resources?.requests?.["cpu"];
        if (cpu !== undefined) return parseQuantity(cpu) * 1_000;
        const why = `missing request for cpu in container ${name} of Pod ${metadata?.name ?? ""}`;
        throw new NoMetric("FailedGetResourceMetric", `failed to get cpu utilization: ${why}`);
      });
      return [metadata?.name ?? "", requested.reduce((sum, cpu) => sum + cpu, 0)];
    }),
  );
}

/** Usage as a whole percentage of what is requested. */
function utilization(usage: ReadonlyMap<string, number>, requests: ReadonlyMap<string, number>): number {
  const requested = [...usage.keys()].reduce((sum, pod) => sum + (requests.get(pod) ?? 0), 0);
  return Math.floor((total(usage) * 100) / requested);
}

function total(usage: ReadonlyMap<string, number>): number {
  return [...usage.values()].reduce((sum, value) => sum + value, 0);
}

function mean(usage: ReadonlyMap<string, number>): number {
  return total(usage) / usage.size;
}

function millicores(value: number): string {
  return formatQuantity(value / 1_000);
}

function statusOf(current: NonNullable<MetricStatus["resource"]>["current"]): MetricStatus {
  return { type: "Resource", resource: { name: "cpu", current } };
}

/** Only the CPU of pods is measured here. */
function notServed(metric: MetricSpec): NoMetric {
  const custom = "no custom metrics API (custom.metrics.k8s.io) registered";
  const external = "no external metrics API (external.metrics.k8s.io) registered";
  switch (metric.type) {
    case "Resource": {
      const name = metric.resource?.name ?? "";
      const why = `unable to get metrics for resource ${name}: no metrics returned from resource metrics API`;
      return new NoMetric("FailedGetResourceMetric", `failed to get ${name} utilization: ${why}`);
    }
    case "External": {
      const name = metric.external?.metric.name ?? "";
      const why = `unable to fetch metrics from external metrics API: ${external}`;
      return new NoMetric("FailedGetExternalMetric", `failed to get ${name} external metric: ${why}`);
    }
    default:
      return new NoMetric(
        `FailedGet${metric.type}Metric`,
        `unable to get metric ${metric.pods?.metric.name ?? metric.object?.metric.name ?? ""}: unable to fetch metrics from custom metrics API: ${custom}`,
      );
  }
}
