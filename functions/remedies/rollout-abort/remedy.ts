import { ROLLOUT } from "../../kinds/argo-rollout/kind.ts";
import { workloadObject } from "../../kinds/object-ref.ts";
import { rulesFor } from "../../kinds/rules.ts";
import type { Remedy } from "../remedy.ts";
import { back, carryOut } from "./carry-out.ts";
import { ROLLOUT_ABORT, type RolloutAbortChange, type RolloutAbortPlan } from "./contract.ts";
import { asAbort, isAbortable, triedAgain } from "./plan.ts";
import { overtaken, remains, seen } from "./seen.ts";
import { words } from "./words.ts";

/** Aborts a rollout of Argo Rollouts in its status, which nobody keeps elsewhere, in the place of a write to its template. */
export const rolloutAbort: Remedy<RolloutAbortPlan, RolloutAbortChange, never> = {
  action: "rollout-abort",
  entry: ROLLOUT_ABORT,
  writes: (_plan, workload) => [workloadObject(workload)],
  writesStatus: true,
  replacesPods: () => true,
  through: {
    tool: "argo_rollouts",
    owner: "Argo Rollouts",
    keeps: isAbortable,
    plan: asAbort,
  },
  carryOut,
  undo: { back, asPlan: triedAgain, remains },
  seen,
  overtaken,
  words,
  permissions: [
    ...rulesFor([{ ...ROLLOUT, verbs: ["get"] }]),
    { apiGroups: ["argoproj.io"], resources: [`${ROLLOUT.plural}/status`], verbs: ["patch"] },
  ],
};
