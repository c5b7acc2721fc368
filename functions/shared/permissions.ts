/** What one function may do on the cluster: exactly the verbs that it uses. */
export interface Permissions {
  /** In the whole cluster, or in each of the namespaces that are looked after. */
  cluster: Grant;
  /** In the namespace of the claims. */
  claims?: Grant;
}

export interface Grant {
  /** What the function does with it, in a sentence. */
  why: string;
  rules: readonly Rule[];
}

/** A rule of a role. Source: the Kubernetes API reference, PolicyRule of rbac.authorization.k8s.io/v1 */
export interface Rule {
  /** What it is for, where that does not go without saying. */
  why?: string;
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
}
