import type { HpaState } from "../run/detection.ts";
import { bounded } from "../shared/text.ts";
import { boundsOf, targetOf } from "../shared/kubernetes/hpa.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";

/** How many metrics and conditions of one HPA are told, and how long a name or a value may be; Kubernetes has no limits. */
const MAX_METRICS = 10;
const MAX_CONDITIONS = 5;
const MAX_WORD = 100;

type Specs = NonNullable<Hpa["spec"]["metrics"]>;
type Spec = Specs[number];
type Target = { averageUtilization?: number; averageValue?: string; value?: string } | undefined;

/** What an HPA is doing: its replicas and bounds, each metric with its current and target value, its conditions. */
export function hpaState(hpa: Hpa): HpaState {
  const { metadata, spec, status } = hpa;
  const { min, max } = boundsOf(hpa);
  const { namespace: _same, ...target } = targetOf(hpa);
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    target,
    current_replicas: status?.currentReplicas ?? 0,
    desired_replicas: status?.desiredReplicas ?? 0,
    min_replicas: min,
    max_replicas: max,
    metrics: (spec.metrics ?? []).slice(0, MAX_METRICS).map((metric) => metricState(metric, status?.currentMetrics)),
    conditions: (status?.conditions ?? []).slice(0, MAX_CONDITIONS).map(({ type, status: value, reason, message }) => ({
      type: bounded(type, MAX_WORD),
      status: bounded(value, MAX_WORD),
      reason: bounded(reason ?? "", MAX_WORD),
      message: bounded(message ?? "", 200),
    })),
  };
}

function metricState(metric: Spec, current: NonNullable<Hpa["status"]>["currentMetrics"]): HpaState["metrics"][number] {
  const name = metricName(metric);
  const now = current?.find((status) => metricName(status as unknown as Spec) === name);
  return {
    name: bounded(name, MAX_WORD),
    current: now === undefined ? null : valueOf(sourceOf(now as unknown as Spec)?.current),
    target: valueOf(sourceOf(metric)?.target) ?? "",
  };
}

interface Source {
  name?: string;
  container?: string;
  metric?: { name: string };
  target?: Target;
  current?: Target;
}

/** The part of a metric that its type names. */
function sourceOf(metric: Spec): Source | undefined {
  const sources: Record<string, unknown> = {
    Resource: metric.resource,
    ContainerResource: metric.containerResource,
    Pods: metric.pods,
    Object: metric.object,
    External: metric.external,
  };
  return sources[metric.type] as Source | undefined;
}

/** `Resource/cpu`, `ContainerResource/app/cpu`, `External/queue_length`. */
function metricName(metric: Spec): string {
  const source = sourceOf(metric);
  return [metric.type, source?.container, source?.name ?? source?.metric?.name]
    .filter((part) => part !== undefined)
    .join("/");
}

/** A value as `kubectl get hpa` prints it. */
function valueOf(target: Target): string | null {
  if (target?.averageUtilization !== undefined) return `${target.averageUtilization}%`;
  const value = target?.averageValue ?? target?.value;
  return value === undefined ? null : bounded(value, MAX_WORD);
}
