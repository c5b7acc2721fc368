import type { Permissions, Rule } from "../shared/permissions.ts";
import { RESTART_PERMISSIONS } from "./restart/permissions.ts";
import { ROLLBACK_PERMISSIONS } from "./rollback/permissions.ts";
import { SCALE_PERMISSIONS } from "./scale/permissions.ts";

/** What one remedy may do on the cluster, beside what all of them do. */
export interface RemedyPermissions {
  /** What the remedy does, in a sentence. */
  why: string;
  /** How its beginning is written down: a sentence, too. */
  begins: string;
  rules: readonly Rule[];
}

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

/** What the functions of the remedies may do, by their names. */
export const REMEDY_PERMISSIONS: Readonly<Record<string, Permissions>> = {
  restart: permissionsOf(RESTART_PERMISSIONS),
  rollback: permissionsOf(ROLLBACK_PERMISSIONS),
  scale: permissionsOf(SCALE_PERMISSIONS),
};

function permissionsOf({ why, begins, rules }: RemedyPermissions): Permissions {
  return { cluster: { why, rules: [OPT_OUT, ...rules, EVENTS] }, claims: { why: begins, rules: [CLAIM] } };
}
