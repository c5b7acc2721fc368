import type { LimitRange, Pod } from "../types.ts";
import { forbidden } from "../api-error.ts";
import { LIMIT_RANGES, PODS } from "../kinds.ts";
import { parseQuantity } from "../quantity.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";

type Container = NonNullable<Pod["spec"]>["containers"][number];
/** The client library calls `default` otherwise than the API does. */
type Item = NonNullable<LimitRange["spec"]>["limits"][number] & { default?: Record<string, string> };

/** Where the API server tells what it has filled in. */
const FILLED_IN = "kubernetes.io/limit-ranger";

/**
 * Gives containers that name no amount the defaults of the LimitRanges of their namespace, which a maximum and a minimum have
 * become where these name none.
 * Source: kubernetes plugin/pkg/admission/limitranger/admission.go, mergePodResourceRequirements
 */
export function applyLimitRanges(store: Store, resource: Resource, pod: Pod): void {
  if (resource !== PODS) return;
  const items = itemsOf(store, pod);
  const told = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].flatMap((container) => {
    const filled = items.map(({ default: limits, defaultRequest }) => ({
      requests: fillIn(container, "requests", defaultRequest),
      limits: fillIn(container, "limits", limits),
    }));
    return (["requests", "limits"] as const).flatMap((what) => {
      const names = filled.flatMap((each) => each[what]).sort();
      return names.length === 0 ? [] : [`${names.join(", ")} ${what.slice(0, -1)} for container ${container.name}`];
    });
  });
  if (told.length === 0) return;
  const annotations = { ...pod.metadata?.annotations, [FILLED_IN]: `LimitRanger plugin set: ${told.join("; ")}` };
  pod.metadata = { ...pod.metadata, annotations };
}

/** The names of the resources that were filled in. */
function fillIn(container: Container, what: "requests" | "limits", defaults: Record<string, string> = {}): string[] {
  const present = container.resources?.[what] ?? {};
  const missing = Object.keys(defaults).filter((name) => present[name] === undefined);
  if (missing.length > 0) container.resources = { ...container.resources, [what]: { ...defaults, ...present } };
  return missing;
}

function itemsOf(store: Store, { metadata }: Pod): Item[] {
  return store
    .list<LimitRange>(LIMIT_RANGES, metadata?.namespace)
    .flatMap((range) => (range.spec?.limits ?? []).filter(({ type }) => type === "Container"));
}

/**
 * Refuses pods whose containers ask for more or less than a LimitRange of their namespace allows.
 * Source: kubernetes plugin/pkg/admission/limitranger/admission.go, minConstraint and maxConstraint
 * @throws ApiError Forbidden
 */
export function checkLimitRanges(store: Store, resource: Resource, pod: Pod): void {
  if (resource !== PODS) return;
  const { metadata, spec } = pod;
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const problems = itemsOf(store, pod).flatMap((item) =>
    containers.flatMap((container) => [...belowMinimum(container, item), ...aboveMaximum(container, item)]),
  );
  if (problems.length === 0) return;
  const told = problems.length === 1 ? (problems[0] ?? "") : `[${problems.join(", ")}]`;
  throw forbidden(resource, metadata?.name ?? "", told);
}

function belowMinimum({ resources }: Container, { min = {} }: Item): string[] {
  return Object.entries(min).flatMap(([name, least]) => {
    const request = resources?.requests?.[name];
    return request !== undefined && parseQuantity(request) < parseQuantity(least)
      ? [`minimum ${name} usage per Container is ${least}, but request is ${request}`]
      : [];
  });
}

function aboveMaximum({ resources }: Container, { max = {} }: Item): string[] {
  return Object.entries(max).flatMap(([name, most]) => {
    const limit = resources?.limits?.[name];
    return limit !== undefined && parseQuantity(limit) > parseQuantity(most)
      ? [`maximum ${name} usage per Container is ${most}, but limit is ${limit}`]
      : [];
  });
}
