import type { Incident } from "../run/contracts.ts";
import { lookedAt } from "../run/looked-at.ts";
import { count } from "../shared/text.ts";

/** What is said of the workloads that wait for this one, or with it for the same. */
export function dependantLines(incident: Incident): string[] {
  const { dependants } = incident;
  if (dependants === undefined) return [];
  const workload = lookedAt(incident) === undefined ? "other workload" : "workload";
  const { names } = dependants;
  const [fail, are] = dependants.count === 1 ? ["fails", "is"] : ["fail", "are"];
  const more = dependants.count - names.length;
  return [
    `${count(dependants.count, workload)} ${fail} with it, and ${are} not restarted meanwhile:`,
    ...names,
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

/** What is said of the others of its namespace of which people are not told. */
export function crowdLines({ crowd, workload }: Incident): string[] {
  if (crowd === undefined || crowd.untold === 0) return [];
  const more = `${count(crowd.untold, "more failure")} in namespace ${workload.namespace}`;
  return [
    `${more} of which nobody is told one by one: there were so many within a day, and nothing was done about them.`,
  ];
}
