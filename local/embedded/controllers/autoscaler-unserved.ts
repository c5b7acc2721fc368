import type { Hpa } from "../types.ts";

export type MetricSpec = NonNullable<Hpa["spec"]["metrics"]>[number];

/** Why a metric says nothing. */
export class NoMetric extends Error {
  override readonly name = "NoMetric";
  /** The condition's reason, such as `FailedGetResourceMetric`. */
  readonly reason: string;
  /** What the message is put behind where several metrics are summed up. */
  readonly summary: string;

  constructor(reason: string, message: string, summary: string) {
    super(message);
    this.reason = reason;
    this.summary = summary;
  }
}

const NO_CUSTOM =
  "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";

/** What an HPA says about a metric that nobody serves here: only the CPU and the memory of pods are measured. */
export function unserved({ type, pods, object, external }: MetricSpec, namespace: string): NoMetric {
  if (type === "External") {
    const name = external?.metric.name ?? "";
    const why = `the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`;
    const message = `unable to get external metric ${namespace}/${name}/nil: unable to fetch metrics from external metrics API: ${why}`;
    const summary = `failed to get ${name} external metric value: failed to get external metric ${name}`;
    return new NoMetric("FailedGetExternalMetric", message, summary);
  }
  if (type === "Object") {
    const { kind = "", name = "" } = object?.describedObject ?? {};
    const message = `unable to get metric ${object?.metric.name ?? ""}: ${kind} on ${namespace} ${name}/${NO_CUSTOM}`;
    return new NoMetric("FailedGetObjectMetric", message, "failed to get object metric value");
  }
  const message = `unable to get metric ${pods?.metric.name ?? ""}: ${NO_CUSTOM}`;
  return new NoMetric("FailedGetPodsMetric", message, "failed to get pods metric value");
}
