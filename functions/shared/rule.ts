/** A permission on a cluster, as a role of Kubernetes' RBAC grants it. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}
