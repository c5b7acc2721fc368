import type { Case, FailingPod } from "../facts/case.ts";
import { containersOutOfMemory } from "../facts/container-ends.ts";
import { containersOf, type Container } from "../shared/kubernetes/containers.ts";
import { duration } from "../shared/text.ts";
import { quantity } from "../shared/kubernetes/quantity.ts";

/** How long ago a revision may have been made to be told of, in seconds: a load may take a day to come round. */
const RECENT_SECONDS = 86_400;

/**
 * What the present revision changed for the containers of these pods that ran out of memory and that may have to do with that,
 * where it was made within a day: a limit that is lower than that of the revision before, and that the pods have as the template
 * does; else another image. Sentences without their full stops.
 */
export function changedForMemory(
  { revisions, current, templates, evidence }: Case,
  killed: readonly FailingPod[],
): string[] {
  if (current?.numbers.length !== 1) return [];
  const previous = revisions.find(({ numbers }) => numbers.includes((current.numbers[0] ?? NaN) - 1));
  const [now, then] = [current, previous].map((revision) => templates.get(revision?.name ?? ""));
  const age = (evidence.now.getTime() - current.created.getTime()) / 1_000;
  if (previous === undefined || now === undefined || then === undefined || age > RECENT_SECONDS) return [];
  return containersOf(now).flatMap((container) => {
    const { name } = container;
    const before = containersOf(then).find((other) => other.name === name);
    const own = killed.filter((one) => containersOutOfMemory([one]).has(name));
    if (own.length === 0 || before === undefined) return [];
    const made = own.flatMap(({ pod }) => containersOf(pod).filter((other) => other.name === name));
    const what = lowerLimit(container, before, made) ?? otherImage(container, before);
    if (what === undefined) return [];
    return [`revision ${current.revision}, made ${duration(age)} ago, gave container ${name} ${what}`];
  });
}

/** @param made the container as it is in the pods, where something else may have given it a limit */
function lowerLimit(now: Container, then: Container, made: readonly Container[]): string | undefined {
  const [limit, earlier] = [limitOf(now), limitOf(then)];
  const isLower = (quantity(limit) ?? Infinity) < (quantity(earlier) ?? Infinity);
  if (!isLower || !made.some((one) => quantity(limitOf(one)) === quantity(limit))) return undefined;
  return earlier === undefined
    ? `a memory limit, ${limit}, which its template did not set before`
    : `a lower memory limit, ${limit} in the place of ${earlier}`;
}

function otherImage(now: Container, then: Container): string | undefined {
  return now.image === then.image ? undefined : `another image, ${now.image} in the place of ${then.image}`;
}

function limitOf({ resources }: Container): string | undefined {
  return resources?.limits?.["memory"];
}
