import type { RemedyPermissions } from "../permissions.ts";

export const SCALE_PERMISSIONS: RemedyPermissions = {
  why: "Moves an HPA's bounds, or the replicas of a Deployment that has none.",
  begins: "Writes into the claim that a scaling begins.",
  rules: [
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] },
    { apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["get", "patch"] },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get", "patch"] },
  ],
};
