import type { RemedyPermissions } from "../permissions.ts";

export const RESTART_PERMISSIONS: RemedyPermissions = {
  why: "Evicts failing pods, and deletes what is left of failed ones.",
  begins: "Writes into the claim that a restart begins.",
  rules: [
    { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "delete"] },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  ],
};
