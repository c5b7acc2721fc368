import type { Case } from "../facts/case.ts";
import { containersOf } from "../shared/kubernetes/containers.ts";
import { duration } from "../shared/text.ts";
import { quantity } from "./quantity.ts";

/** How long ago a revision may have been made to be told of, in seconds: a load may take a day to come round. */
const RECENT_SECONDS = 86_400;

/**
 * What the present revision changed for these containers that may have to do with their memory, where it was made within a
 * day: a limit that is lower than that of the revision before, else another image. Sentences without their full stops.
 */
export function changedForMemory(
  { revisions, current, templates, evidence }: Case,
  containers: ReadonlySet<string>,
): string[] {
  if (current?.numbers.length !== 1) return [];
  const previous = revisions.find(({ numbers }) => numbers.includes((current.numbers[0] ?? NaN) - 1));
  const [now, then] = [current, previous].map((revision) => templates.get(revision?.name ?? ""));
  const age = (evidence.now.getTime() - current.created.getTime()) / 1_000;
  if (previous === undefined || now === undefined || then === undefined || age > RECENT_SECONDS) return [];
  return containersOf(now).flatMap(({ name, image, resources }) => {
    const before = containersOf(then).find((container) => container.name === name);
    if (!containers.has(name) || before === undefined) return [];
    const [limit, earlier] = [resources, before.resources].map((of) => of?.limits?.["memory"]);
    const isLower = (quantity(limit) ?? Infinity) < (quantity(earlier) ?? Infinity);
    const what = isLower
      ? `a lower memory limit, ${limit} in the place of ${earlier ?? "none"}`
      : image === before.image
        ? undefined
        : `another image, ${image} in the place of ${before.image}`;
    if (what === undefined) return [];
    return [`revision ${current.revision}, made ${duration(age)} ago, gave container ${name} ${what}`];
  });
}
