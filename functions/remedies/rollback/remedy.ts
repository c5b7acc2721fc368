import { workloadObject } from "../../kinds/object-ref.ts";
import { podRef } from "../../shared/object-ref.ts";
import type { Remedy } from "../remedy.ts";
import { carryOut } from "./carry-out.ts";
import type { RequestedRollback, RollbackChange, RollbackPlan } from "./contract.ts";
import { requestedRollback } from "./plan.ts";
import { overtaken, remains, seen } from "./seen.ts";
import { switchTemplate } from "./switch-template.ts";
import { words } from "./words.ts";

/** Puts the pod template of an earlier revision back. */
export const rollback: Remedy<RollbackPlan, RollbackChange, RequestedRollback> = {
  action: "rollback",
  writes: ({ unblocked }, workload) => [
    workloadObject(workload),
    ...unblocked.map(({ name }) => podRef(workload.namespace, name)),
  ],
  replacesPods: () => true,
  asked: requestedRollback,
  carryOut,
  undo: {
    async back(writer, { before, after }) {
      await switchTemplate(writer, { from: after, to: before });
    },
    remains,
  },
  seen,
  overtaken,
  words,
};
