import { KINDS } from "../../kinds/kinds.ts";
import { rulesFor } from "../../kinds/rules.ts";
import type { Remedy } from "../remedy.ts";
import { back, carryOut } from "./carry-out.ts";
import { RESTORE_SELECTOR, type RequestedSelector, type SelectorChange, type SelectorPlan } from "./contract.ts";
import { readServices, requestedSelector, serviceRef } from "./plan.ts";
import { overtaken, remains, seen } from "./seen.ts";
import { words } from "./words.ts";

/** Puts the selector of a Service that picks no pod of its workload back. */
export const restoreSelector: Remedy<SelectorPlan, SelectorChange, RequestedSelector> = {
  action: "restore-selector",
  entry: RESTORE_SELECTOR,
  writes: ({ service }, { namespace }) => [serviceRef(namespace, service)],
  replacesPods: () => false,
  reads: { others: readServices, permissions: [{ apiGroups: [""], resources: ["services"], verbs: ["list"] }] },
  asked: requestedSelector,
  carryOut,
  undo: { back, remains },
  seen,
  overtaken,
  words,
  permissions: [
    ...rulesFor(KINDS.map((kind) => ({ ...kind, verbs: ["get"] }))),
    { apiGroups: [""], resources: ["services"], verbs: ["get", "patch"] },
  ],
};
