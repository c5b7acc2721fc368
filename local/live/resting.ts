import { describeWorkload } from "../../functions/kinds/workloads.ts";
import type { Resting, RestReason } from "../../functions/run/detection.ts";
import { count } from "../../functions/shared/text.ts";

/** How many of them are named. */
const MAX_NAMED = 5;

const WHY: Readonly<Record<RestReason, string>> = {
  claimed: "another execution has claimed it",
  cooling_down: "it cools down",
  left_to_person: "it is left to a person",
  waiting: "it waits for another",
};

/** The failing workloads that are left alone for now, in words; undefined where there are none. */
export function describeResting({ count: number, workloads }: Resting): string | undefined {
  if (number === 0) return undefined;
  const named = workloads.map(({ why, ...workload }) => `${describeWorkload(workload)} (${WHY[why]})`);
  const shown = named.slice(0, MAX_NAMED);
  const more = number > shown.length ? ` and ${number - shown.length} more` : "";
  return `${count(number, "failing workload")} ${number === 1 ? "rests" : "rest"}: ${shown.join(", ")}${more}`;
}
