import type { Incident } from "../run/contracts.ts";
import { count } from "../shared/text.ts";

/** What is said of the workloads that wait for this one, or with it for the same. */
export function dependantLines({ dependants }: Incident): string[] {
  if (dependants === undefined) return [];
  const { names } = dependants;
  const [fail, are] = dependants.count === 1 ? ["fails", "is"] : ["fail", "are"];
  const more = dependants.count - names.length;
  return [
    `${count(dependants.count, "other workload")} ${fail} with it, and ${are} not restarted meanwhile:`,
    ...names,
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}
