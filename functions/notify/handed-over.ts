import type { Report, WorkloadRun } from "../run/contracts.ts";
import { leftUnfinished } from "../run/history.ts";
import { handBackCommand } from "../run/lease.ts";
import { isLeftToPerson } from "../run/telling.ts";
import type { Policy } from "../shared/policy.ts";
import { withArticle } from "../shared/text.ts";

/** What is said of the remedy in vain after which no more is tried, and how to have the workload looked after again. */
export function handedOver(run: WorkloadRun, report: Report, policy: Policy): string[] {
  if (!isLeftToPerson(run, report, policy)) return [];
  const { max_ineffective } = policy.cool_down;
  const times = max_ineffective === 1 ? "The remedy" : `${max_ineffective} remedies in a row`;
  const back = handBackCommand(run.incident.workload);
  return [
    `${times} did not help. From now on it is left to a person until its pod template changes; while it fails, that is told once a day. To have it looked after again before: ${back}`,
  ];
}

/** What is said of a remedy that another execution left unfinished. */
export function leftBehind(run: WorkloadRun): string[] {
  const entry = leftUnfinished(run);
  if (entry === undefined) return [];
  const { execution, action, at, applied } = entry;
  const had = applied === true ? "had begun" : "may have begun";
  return [
    `${execution} ${had} ${withArticle(action)} at ${at}, and what became of it is not written in the claim: look at that execution, too.`,
  ];
}
