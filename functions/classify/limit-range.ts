import { podsMadeFrom, type Case } from "../facts/case.ts";
import { containersOf, lastingContainersOf, type Container } from "../shared/kubernetes/containers.ts";
import type { LimitRange, PodTemplate } from "../shared/kubernetes/types.ts";
import { bounded, some } from "../shared/text.ts";
import { quantity } from "../shared/kubernetes/quantity.ts";

type Item = NonNullable<LimitRange["spec"]>["limits"][number];
type Amounts = Readonly<Record<string, string>>;

/**
 * That a LimitRange of the namespace refuses the pods of a template for an amount that it names, up to where the sentence goes
 * on; undefined where nothing is known to be refused: what a template does not name is given to its pods, and something may
 * give them other amounts than it names.
 * Source: kubernetes plugin/pkg/admission/limitranger/admission.go, PodValidateLimitFunc, podRequests, podLimits
 */
export function beyondLimits(facts: Case, template: PodTemplate): string | undefined {
  const { limitRanges } = facts.evidence.surroundings;
  if (limitRanges.length === 0 || isGivenOthers(facts)) return undefined;
  const lines = limitRanges.flatMap(({ metadata, spec }) =>
    (spec?.limits ?? [])
      .flatMap((item) => refusalsOf(item, template))
      .map((line) => `LimitRange ${metadata?.name ?? ""} allows ${line}`),
  );
  return lines[0];
}

function refusalsOf(item: Item, template: PodTemplate): string[] {
  if (item.type === "Pod") return wholeRefusalsOf(item, template);
  if (item.type !== "Container") return [];
  return containersOf(template)
    .flatMap((container) => refusalOf(item, container) ?? [])
    .map((line) => `a container ${line}`);
}

/** So much more than it is a sum may come out, as fractions are added up. */
const ROUNDING = 1 + 1e-9;

/**
 * Which amounts of a whole pod are above what is allowed: what its containers name together, or an init container alone. What is
 * given to those that name nothing comes on top, so that nothing is known to be too little. What a pod names as a whole is left out.
 */
function wholeRefusalsOf({ max }: Item, template: PodTemplate): string[] {
  if (template.spec?.resources !== undefined) return [];
  const groups = [lastingContainersOf(template), ...(template.spec?.initContainers ?? []).map((one) => [one])];
  return Object.entries(given(max)).flatMap(([resource, most]) => {
    const largest = (quantity(most) ?? Infinity) * ROUNDING;
    for (const containers of groups) {
      const named = containers.flatMap(({ name, resources }) => {
        const amount = given(resources?.limits)[resource] ?? given(resources?.requests)[resource];
        return amount === undefined ? [] : [{ name, amount }];
      });
      if (named.reduce((sum, { amount }) => sum + (quantity(amount) ?? 0), 0) <= largest) continue;
      const asking = some(
        named.map(({ name, amount }) => `${name} (${bounded(amount, MAX_AMOUNT)})`),
        NAMED,
      );
      return [`a pod at most ${most} of ${resource}, and more is asked for by ${asking}`];
    }
    return [];
  });
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

/** How much is told of an amount, and of how many containers. */
const MAX_AMOUNT = 80;
const NAMED = 3;

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
