import type { RemedyPermissions } from "../permissions.ts";

export const ROLLBACK_PERMISSIONS: RemedyPermissions = {
  why: "Puts the template of an earlier revision back, and deletes the pods that an ordered StatefulSet waits for in vain.",
  begins: "Writes into the claim that a rollback begins.",
  rules: [
    { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "statefulsets"], verbs: ["get", "patch"] },
    { apiGroups: ["apps"], resources: ["controllerrevisions", "replicasets"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "delete"] },
  ],
};
