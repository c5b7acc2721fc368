import { kindOf } from "../../kinds/kinds.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import type { PodTarget } from "../../shared/refs.ts";
import { count, some } from "../../shared/text.ts";
import type { Words } from "../remedy.ts";
import type { RollbackChange, RollbackPlan } from "./contract.ts";

/** How many names a sentence holds, and a list. */
const IN_SENTENCE = 3;
const IN_LIST = 5;

/** What people are told of a rollback. */
export const words: Words<RollbackPlan, RollbackChange> = {
  verb: "roll back",
  did: (change, _workload, dryRun) => rolledBack(change, dryRun),
  would: (plan) => rolledBack(plan, true),
  byHand: ({ after, unblocked }, workload) => {
    if (unblocked.length > 0) return undefined;
    const words = kindOf(workload)?.commands.rollBack?.(workload.namespace, workload.name, after.revision);
    return words === undefined ? undefined : { words };
  },
  found: ({ before, after }) =>
    `The template of revision ${after.revision} is in place of that of revision ${before.revision}.`,
  changed: ({ before, after, unblocked }, workload) => [
    `${describeWorkload(workload)}: pod template of revision ${before.revision} replaced by that of revision ${after.revision}`,
    ...(unblocked.length === 0 ? [] : [`deleted once: ${some(names(unblocked), IN_LIST)}`]),
  ],
  wayBack: ({ before }) => `Put the template of revision ${before.revision} back.`,
  undone: ({ before }) => `The rollback was undone: the template of revision ${before.revision} is back.`,
  bringsBack: true,
  undoCommand: ({ before }, workload) => {
    const { namespace, name } = workload;
    const words = kindOf(workload)?.commands.rollBack?.(namespace, name, before.revision);
    return words === undefined ? undefined : { words };
  },
  afterwards: ({ after }, wasAsked) =>
    wasAsked
      ? {
          next: `The template that revision ${after.revision} had is in place, as was asked for: have it rolled out from its manifest, too, or the next rollout brings the other one again.`,
          takesBack: true,
        }
      : {
          next: "An earlier pod template serves now. Mend the cause before the newer one is rolled out again.",
        },
};

function rolledBack({ before, after, unblocked }: Omit<RollbackChange, "kind">, dryRun: boolean): string {
  const put = `${dryRun ? "Would roll" : "Rolled"} back from revision ${before.revision} to the template of revision ${after.revision}.`;
  if (unblocked.length === 0) return put;
  const deleted = `${dryRun ? "Would delete" : "Deleted"} ${count(unblocked.length, "pod")}`;
  return `${put} ${deleted} that the StatefulSet waited for in vain (${some(names(unblocked), IN_SENTENCE)}).`;
}

function names(pods: readonly PodTarget[]): string[] {
  return pods.map(({ name }) => name);
}
