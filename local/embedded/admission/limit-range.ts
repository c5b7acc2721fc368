import type { LimitRange, Pod } from "../types.ts";
import { forbidden } from "../api-error.ts";
import { LIMIT_RANGES, PODS } from "../kinds.ts";
import { parseQuantity } from "../quantity.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";

type Container = NonNullable<Pod["spec"]>["containers"][number];
type Item = NonNullable<LimitRange["spec"]>["limits"][number];

/**
 * Refuses pods whose containers ask for more or less than a LimitRange of their namespace allows. Nothing is filled in for
 * containers that name no amount.
 * Source: kubernetes plugin/pkg/admission/limitranger/admission.go, minConstraint and maxConstraint
 * @throws ApiError Forbidden
 */
export function checkLimitRanges(store: Store, resource: Resource, { metadata, spec }: Pod): void {
  if (resource !== PODS) return;
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const problems = store
    .list<LimitRange>(LIMIT_RANGES, metadata?.namespace)
    .flatMap((range) => (range.spec?.limits ?? []).filter(({ type }) => type === "Container"))
    .flatMap((item) =>
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
