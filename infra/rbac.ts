import { parseAllDocuments, stringify } from "yaml";

interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
}

export interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

interface RoleRef {
  apiGroup: string;
  kind: string;
  name: string;
}

/** A manifest of the kinds that `rbac.yaml` holds. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  rules?: Rule[];
  roleRef?: RoleRef;
  subjects?: object[];
}

/** The resources of the core group that the functions read and that are in no namespace. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set(["namespaces", "nodes", "priorityclasses", "runtimeclasses"]);

/**
 * Derives the manifests for some namespaces from those for the whole cluster. A cluster role becomes a role in each of the
 * namespaces; what is in no namespace stays in a cluster role, which opens these namespaces alone.
 * @param yaml `rbac.yaml`
 * @param namespaces undefined for the whole cluster, for which nothing is derived
 */
export function rbacFor(yaml: string, namespaces: readonly string[] | undefined): Manifest[] {
  const manifests = parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
  if (namespaces === undefined) return manifests;
  const roles = new Map(
    manifests.flatMap(({ kind, metadata, rules = [] }) => (kind === "ClusterRole" ? [[metadata.name, rules]] : [])),
  );
  return manifests.flatMap((manifest) => {
    if (manifest.kind !== "ClusterRole" && manifest.kind !== "ClusterRoleBinding") return [manifest];
    const rules = roles.get(manifest.roleRef?.name ?? manifest.metadata.name) ?? [];
    const hasClusterRules = clusterRules(rules, namespaces).length > 0;
    const narrowed = { ...manifest, ...(manifest.rules && { rules: clusterRules(rules, namespaces) }) };
    return [
      ...(hasClusterRules ? [narrowed] : []),
      ...(namespacedRules(rules).length > 0 ? namespaces.map((namespace) => inNamespace(manifest, namespace)) : []),
    ];
  });
}

/** Manifests as one YAML text. */
export function printManifests(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => stringify(manifest, { aliasDuplicateObjects: false })).join("---\n");
}

/** A cluster role, or its binding, as its like in a namespace. */
function inNamespace({ metadata, rules, roleRef, ...rest }: Manifest, namespace: string): Manifest {
  return {
    ...rest,
    kind: rest.kind.replace(/^Cluster/, ""),
    metadata: { ...metadata, namespace },
    ...(rules && { rules: namespacedRules(rules) }),
    ...(roleRef && { roleRef: { ...roleRef, kind: "Role" } }),
  };
}

function namespacedRules(rules: readonly Rule[]): Rule[] {
  return withResources(rules, (resource) => !CLUSTER_SCOPED.has(resource));
}

/** Which namespaces there are, an allow-list tells; of these, each is read by its name. */
function clusterRules(rules: readonly Rule[], namespaces: readonly string[]): Rule[] {
  return [
    ...withResources(rules, (resource) => CLUSTER_SCOPED.has(resource) && resource !== "namespaces"),
    ...withResources(rules, (resource) => resource === "namespaces").map((rule) => ({
      ...rule,
      resourceNames: [...namespaces],
      verbs: ["get"],
    })),
  ];
}

function withResources(rules: readonly Rule[], wanted: (resource: string) => boolean): Rule[] {
  return rules
    .map((rule) => ({ ...rule, resources: rule.resources.filter(wanted) }))
    .filter(({ resources }) => resources.length > 0);
}
