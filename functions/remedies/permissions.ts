import type { Permissions, Rule } from "../shared/permissions.ts";
import { ALL_REMEDIES } from "./remedies.ts";

const OPT_OUT: Rule = {
  why: "Whether somebody has opted out since the diagnosis.",
  apiGroups: [""],
  resources: ["namespaces"],
  verbs: ["get"],
};
const EVENTS: Rule = {
  why: "Events on the workload, so that kubectl describe shows what was done.",
  apiGroups: [""],
  resources: ["events"],
  verbs: ["create"],
};
const CLAIM: Rule = { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "update"] };

/** What the functions of the remedies may do, by their names: what each needs, and what every one of them does. */
export const REMEDY_PERMISSIONS: Readonly<Record<string, Permissions>> = Object.fromEntries(
  ALL_REMEDIES.map(({ action, entry, permissions }) => [
    action,
    {
      cluster: { why: entry.description, rules: [OPT_OUT, ...permissions, EVENTS] },
      claims: { why: "Writes into the claim that its remedy begins.", rules: [CLAIM] },
    },
  ]),
);
