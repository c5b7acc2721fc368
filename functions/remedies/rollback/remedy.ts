import { KINDS } from "../../kinds/kinds.ts";
import { rulesFor } from "../../kinds/rules.ts";
import { workloadObject } from "../../kinds/object-ref.ts";
import { podRef } from "../../shared/object-ref.ts";
import type { Remedy } from "../remedy.ts";
import { carryOut } from "./carry-out.ts";
import { ROLLBACK, type RequestedRollback, type RollbackChange, type RollbackPlan } from "./contract.ts";
import { requestedRollback, rolledForward } from "./plan.ts";
import { overtaken, remains, seen } from "./seen.ts";
import { switchTemplate } from "./switch-template.ts";
import { words } from "./words.ts";

/** The kinds whose templates are put back. */
const ROLLED_BACK = KINDS.filter((kind) => kind.templatePatch !== undefined);

/** Puts the pod template of an earlier revision back. */
export const rollback: Remedy<RollbackPlan, RollbackChange, RequestedRollback> = {
  action: "rollback",
  entry: ROLLBACK,
  writes: ({ unblocked }, workload) => [
    workloadObject(workload),
    ...unblocked.map(({ name }) => podRef(workload.namespace, name)),
  ],
  replacesPods: () => true,
  asked: requestedRollback,
  carryOut,
  undo: {
    async back(writer, { before, after }) {
      await switchTemplate(writer, { from: after, to: before, unlessSwitchedOff: true });
    },
    asPlan: rolledForward,
    remains,
  },
  seen,
  overtaken,
  words,
  permissions: [
    ...rulesFor([
      ...ROLLED_BACK.map((kind) => ({ ...kind, verbs: ["get", "patch"] })),
      ...ROLLED_BACK.flatMap(({ history }) => (history === undefined ? [] : [{ ...history, verbs: ["get"] }])),
    ]),
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "delete"] },
  ],
};
