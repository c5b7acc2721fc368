import { isReady, isTerminating } from "../pod-facts.ts";
import type { Pod } from "../types.ts";
import { usageOf } from "../simulated-usage.ts";
import { parseQuantity } from "../quantity.ts";
import { NoMetric, type MetricSpec } from "./autoscaler-unserved.ts";

/** What each container of a ready pod uses, as on the local control plane. */
const MEMORY = parseQuantity("64Mi");

/** A resource of pods, or of one container of each, that an HPA goes by. Amounts are in millicores or in bytes. */
export interface Measured {
  resource: "cpu" | "memory";
  container: string | undefined;
  target: NonNullable<MetricSpec["resource"]>["target"];
}

/** What is measured for a metric; undefined when it is none of what is measured here. */
export function measuredBy({ type, resource, containerResource }: MetricSpec): Measured | undefined {
  const source = type === "Resource" ? resource : type === "ContainerResource" ? containerResource : undefined;
  if (source === undefined || (source.name !== "cpu" && source.name !== "memory")) return undefined;
  return { resource: source.name, container: containerResource?.container, target: source.target };
}

export function failure({ resource, container, target }: Measured, why: string): NoMetric {
  const kind = container === undefined ? "Resource" : "ContainerResource";
  const what = target.averageValue === undefined ? "utilization" : "usage";
  const summary =
    container === undefined
      ? `failed to get ${resource} resource metric value`
      : `failed to get ${container} container metric value`;
  return new NoMetric(`FailedGet${kind}Metric`, `failed to get ${resource} ${what}: ${why}`, summary);
}

/** The usage of the pods that count, and the names of those that are not ready or have no metrics. */
export interface Usage {
  usage: Map<string, number>;
  unready: string[];
  missing: string[];
}

/** @throws NoMetric when no pod has metrics */
export function measure(measured: Measured, pods: readonly Pod[]): Usage {
  const { resource, container } = measured;
  const amounts = new Map(
    usageOf([...pods]).map(({ pod, millicores }) => {
      const containers = pod.spec?.containers.length ?? 1;
      const each = resource === "cpu" ? Math.round(millicores / containers) : MEMORY;
      return [pod.metadata?.name ?? "", container === undefined ? each * containers : each];
    }),
  );
  if (amounts.size === 0) {
    const why = "no metrics returned from resource metrics API";
    throw failure(measured, `unable to get metrics for resource ${resource}: ${why}`);
  }
  const usage = new Map<string, number>();
  const unready: string[] = [];
  const missing: string[] = [];
  for (const pod of pods) {
    const name = pod.metadata?.name ?? "";
    const amount = amounts.get(name);
    if (isTerminating(pod) || pod.status?.phase === "Failed") continue;
    if (pod.status?.phase === "Pending") unready.push(name);
    else if (amount === undefined) missing.push(name);
    else if (isReady(pod)) usage.set(name, amount);
    else unready.push(name);
  }
  if (usage.size === 0) throw failure(measured, "did not receive metrics for targeted pods (pods might be unready)");
  return { usage, unready, missing };
}

/** What the pods request, by their names. @throws NoMetric when one does not say */
export function requestsOf(measured: Measured, pods: readonly Pod[]): Map<string, number> {
  const { resource, container } = measured;
  const unit = resource === "cpu" ? 1_000 : 1;
  return new Map(
    pods.map(({ metadata, spec }) => {
      const asked = (spec?.containers ?? []).filter(({ name }) => container === undefined || name === container);
      const amounts = asked.map(({ name, resources }) => {
        const request = resources?.requests?.[resource];
        if (request !== undefined) return parseQuantity(request) * unit;
        const why = `missing request for ${resource} in container ${name} of Pod ${metadata?.name ?? ""}`;
        throw failure(measured, why);
      });
      return [metadata?.name ?? "", amounts.reduce((sum, amount) => sum + amount, 0)];
    }),
  );
}
