import { podsMadeFrom, type Case } from "../facts/case.ts";
import { containersOf, type Container } from "../shared/kubernetes/containers.ts";
import type { LimitRange, PodTemplate } from "../shared/kubernetes/types.ts";
import { bounded } from "../shared/text.ts";
import { quantity } from "./quantity.ts";

type Item = NonNullable<LimitRange["spec"]>["limits"][number];
type Amounts = Readonly<Record<string, string>>;

/**
 * That a LimitRange of the namespace refuses the pods of a template for an amount that it names, up to where the sentence goes
 * on; undefined where nothing is known to be refused: what a template does not name is given to its pods, and something may
 * give them other amounts than it names.
 * Source: kubernetes plugin/pkg/admission/limitranger/admission.go, PodValidateLimitFunc
 */
export function beyondLimits(facts: Case, template: PodTemplate): string | undefined {
  const { limitRanges } = facts.evidence.surroundings;
  if (limitRanges.length === 0 || isGivenOthers(facts)) return undefined;
  const lines = limitRanges.flatMap(({ metadata, spec }) =>
    (spec?.limits ?? [])
      .filter(({ type }) => type === "Container")
      .flatMap((item) => containersOf(template).flatMap((container) => refusalOf(item, container) ?? []))
      .map((line) => `LimitRange ${metadata?.name ?? ""} allows a container ${line}`),
  );
  return lines[0];
}

/** Which amount of a container is refused, and what is allowed. */
function refusalOf(item: Item, { name, resources = {} }: Container): string | undefined {
  const limits = given(resources.limits);
  // What is limited is requested as well where nothing else is.
  const requests = { ...limits, ...given(resources.requests) };
  const asks = (amount: string | undefined) => `and container ${name} asks for ${bounded(amount ?? "", MAX_AMOUNT)}`;
  for (const [resource, most] of Object.entries(given(item.max))) {
    const above = [limits, requests].map((amounts) => amounts[resource]).find((amount) => isLess(most, amount));
    if (above !== undefined) return `at most ${most} of ${resource}, ${asks(above)}`;
  }
  for (const [resource, least] of Object.entries(given(item.min))) {
    const below = [requests, limits].map((amounts) => amounts[resource]).find((amount) => isLess(amount, least));
    if (below !== undefined) return `no less than ${least} of ${resource}, ${asks(below)}`;
  }
  for (const [resource, ratio] of Object.entries(given(item.maxLimitRequestRatio))) {
    const [limit, request] = [limits[resource], requests[resource]];
    const is = (quantity(limit) ?? NaN) / (quantity(request) ?? NaN);
    if (is > (quantity(ratio) ?? Infinity)) {
      return `a limit of ${resource} of ${ratio} times its request at most, ${asks(`${limit ?? ""} with a request of ${request ?? ""}`)}`;
    }
  }
  return undefined;
}

/** How much is told of an amount. */
const MAX_AMOUNT = 80;

function given(amounts: Amounts | undefined): Amounts {
  return amounts ?? {};
}

/** Whether one amount is known to be less than the other. */
function isLess(one: string | undefined, other: string | undefined): boolean {
  return (quantity(one) ?? NaN) < (quantity(other) ?? NaN);
}

/** Whether something gives the workload's pods other amounts than their templates name, such as an autoscaler of amounts does. */
function isGivenOthers(facts: Case): boolean {
  return [...facts.templates].some(([revision, template]) =>
    podsMadeFrom(facts, revision).some((pod) =>
      containersOf(template).some((container) => hasOthers(container, containersOf(pod))),
    ),
  );
}

function hasOthers({ name, resources }: Container, ofPod: readonly Container[]): boolean {
  const own = ofPod.find((container) => container.name === name)?.resources;
  return (["limits", "requests"] as const).some((what) =>
    Object.entries(given(resources?.[what])).some(
      ([resource, amount]) => quantity(own?.[what]?.[resource]) !== quantity(amount),
    ),
  );
}
