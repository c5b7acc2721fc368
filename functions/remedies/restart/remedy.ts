import { KINDS } from "../../kinds/kinds.ts";
import { rulesFor } from "../../kinds/rules.ts";
import { podRef } from "../../shared/object-ref.ts";
import type { Remedy } from "../remedy.ts";
import { carryOut } from "./carry-out.ts";
import { RESTART, type RequestedRestart, type RestartChange, type RestartPlan } from "./contract.ts";
import { requestedRestart } from "./plan.ts";
import { gaps, goesOn, overtaken, seen } from "./seen.ts";
import { words } from "./words.ts";

/** Has failing pods made anew by their controller, or removes the records of failed ones. */
export const restart: Remedy<RestartPlan, RestartChange, RequestedRestart> = {
  action: "restart",
  entry: RESTART,
  writes: ({ pods }, { namespace }) => pods.map(({ name }) => podRef(namespace, name)),
  replacesPods: ({ mode }) => mode === "evict",
  asked: requestedRestart,
  carryOut,
  undo: "cannot be undone",
  seen,
  overtaken,
  goesOn,
  gaps,
  words,
  permissions: [
    ...rulesFor(KINDS.map((kind) => ({ ...kind, verbs: ["get"] }))),
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "delete"] },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  ],
};
