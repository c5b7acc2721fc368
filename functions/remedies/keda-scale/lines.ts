import type { Evidence } from "../../facts/evidence.ts";
import {
  conditionOf,
  pausedBy,
  scaledObjectAbove,
  scaledObjectAmong,
  type ScaledObject,
} from "../../facts/scaled-object.ts";

/** How many of its failing triggers are told. */
const MAX_TRIGGERS = 2;

/** What the ScaledObject of a workload says of trouble with it, or that it could not be read, as evidence lines. */
export function scaledObjectLines({ incident, hpa, others }: Evidence): string[] {
  const object = scaledObjectAmong(others, incident.workload, hpa);
  const name = object?.metadata?.name ?? scaledObjectAbove(hpa?.metadata)?.name;
  if (name === undefined) return [];
  if (object !== undefined) return troubleOf(object).map((line) => `ScaledObject ${name} ${line}`);
  return [
    `ScaledObject ${name}, which its HPA names as its owner, is not there or may not be read (infra/rbac-keda.yaml)`,
  ];
}

function troubleOf(object: ScaledObject): string[] {
  const paused = pausedBy(object);
  const failing = Object.entries(object.status?.health ?? {}).filter(([, { status }]) => status === "Failing");
  return [
    ...(paused === undefined ? [] : [`is paused (${paused})`]),
    ...unless(object, "Ready", "True"),
    ...unless(object, "Fallback", "False"),
    ...unless(object, "HPAActive", "True"),
    ...failing
      .slice(0, MAX_TRIGGERS)
      .map(
        ([metric, { numberOfFailures = 0 }]) => `could not read its metric ${metric} ${numberOfFailures} times on end`,
      ),
  ];
}

/** A condition that is other than it is in a ScaledObject that is well; KEDA has not looked yet where it is not known. */
function unless(object: ScaledObject, type: Parameters<typeof conditionOf>[1], well: string): string[] {
  const { status, reason = "", message = "" } = conditionOf(object, type) ?? {};
  if (status === undefined || status === well || status === "Unknown") return [];
  const why = [reason, message].filter((text) => text !== "").join(": ");
  return [`has ${type}=${status}${why === "" ? "" : ` (${why})`}`];
}
