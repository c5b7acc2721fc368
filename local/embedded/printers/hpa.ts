import type { Hpa } from "../types.ts";
import { ageCell } from "./age.ts";
import { columns, nameOf, type Printer } from "./printer.ts";

/** So many metrics are printed; the others are counted. */
const PRINTED_METRICS = 2;

export const HPA_PRINTER: Printer<Hpa> = {
  columns: columns("Name, Reference, Targets, MinPods, MaxPods, Replicas, Age"),
  cells: (hpa, now) => {
    const { metadata, spec, status } = hpa;
    return [
      nameOf(hpa),
      `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
      targetsOf(hpa),
      `${spec.minReplicas ?? "<unset>"}`,
      spec.maxReplicas,
      status?.currentReplicas ?? 0,
      ageCell(metadata?.creationTimestamp, now),
    ];
  },
};

/** What each metric is, and what it is to be: `cpu: 50%/80%`. Metrics of other sources than resources are not told. */
function targetsOf({ spec, status }: Hpa): string {
  const metrics = (spec.metrics ?? []).map(({ type, resource }, index) => {
    if (type !== "Resource" || resource === undefined) return "<unknown type>";
    const current = status?.currentMetrics?.[index]?.resource?.current;
    const { averageValue, averageUtilization } = resource.target;
    if (averageValue !== undefined) return `${resource.name}: ${current?.averageValue ?? "<unknown>"}/${averageValue}`;
    return `${resource.name}: ${percent(current?.averageUtilization, "<unknown>")}/${percent(averageUtilization, "<auto>")}`;
  });
  if (metrics.length === 0) return "<none>";
  const told = metrics.slice(0, PRINTED_METRICS).join(", ");
  return metrics.length > PRINTED_METRICS ? `${told} + ${metrics.length - PRINTED_METRICS} more...` : told;
}

function percent(value: number | undefined, otherwise: string): string {
  return value === undefined ? otherwise : `${value}%`;
}
