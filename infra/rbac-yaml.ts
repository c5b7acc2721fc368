import { CLAIM_NAMESPACE, type Tool } from "../functions/shared/policy.ts";
import type { Grant, Rule } from "../functions/shared/permissions.ts";
import {
  customResourcePermissions,
  LOG_PERMISSIONS,
  LOG_READERS,
  PERMISSIONS,
  SECRET_PERMISSIONS,
  toolPermissions,
} from "./permissions.ts";
import { partOf } from "./rbac-command.ts";

/** `rbac.yaml`: the namespace of the claims, and for each function the roles with its permissions and who has them. */
export function rbacYaml(): string {
  const roles = Object.entries(PERMISSIONS).flatMap(([name, { cluster, claims }]) => [
    ...roleAndBinding(name, cluster),
    ...(claims === undefined ? [] : roleAndBinding(name, claims, { namespace: CLAIM_NAMESPACE })),
  ]);
  return `${HEAD}\n${[NAMESPACE, ...roles].join("---\n")}`;
}

/** `rbac-logs.yaml`: what reading logs takes, apart from everything else: to tell of them, and to keep them before a pod goes. */
export function rbacLogsYaml(): string {
  const roles = LOG_READERS.flatMap((name) =>
    roleAndBinding(`${name}-logs`, LOG_PERMISSIONS.cluster, { function: name }),
  );
  return `${LOGS_HEAD}\n${roles.join("---\n")}`;
}

/** `rbac-secrets.yaml`: what reading the metadata of Secrets takes, apart from everything else. */
export function rbacSecretsYaml(): string {
  return `${SECRETS_HEAD}\n${roleAndBinding("classify-secrets", SECRET_PERMISSIONS.cluster, { function: "classify" }).join("---\n")}`;
}

/** What reading these custom resources takes. */
export function rbacCustomResourcesYaml(names: readonly string[]): string {
  const { cluster } = customResourcePermissions(names);
  return roleAndBinding("classify-custom-resources", cluster, { function: "classify" }).join("---\n");
}

/** `rbac-TOOL.yaml`: what looking after what belongs to a tool takes, apart from everything else. */
export function rbacToolYaml(tool: Tool): string {
  const roles = Object.entries(toolPermissions(tool)).flatMap(([name, { cluster, claims }]) => [
    ...roleAndBinding(`${name}-${partOf(tool)}`, cluster, { function: name }),
    ...(claims === undefined
      ? []
      : roleAndBinding(`${name}-${partOf(tool)}`, claims, { namespace: CLAIM_NAMESPACE, function: name })),
  ]);
  return `${toolHead(tool)}\n${roles.join("---\n")}`;
}

const HEAD = `\
# Written by \`npm run docs\` from infra/permissions.ts and functions/remedies.
#
# What each function may do on the cluster: exactly the verbs that it uses. Each function's role is mapped to the group of
# its name by an EKS access entry. Apply it before the stack is deployed: kubectl apply -f infra/rbac.yaml
# The function agent shares the group of detect. \`npm run rbac\` makes a manifest for some namespaces of this one.
`;

const LABELS = `\
  labels:
    app.kubernetes.io/name: eks-remediation
`;

const LOGS_HEAD = `\
# Written by \`npm run docs\` from infra/permissions.ts.
#
# What the functions ${LOG_READERS.join(", ")} may do beside infra/rbac.yaml where the policy has evidence.log_lines: the
# first to tell of it, the others to keep it before they remove a pod. A log may hold anything that an application writes:
# apply it only where subscribers, and whoever reads what is kept, may read that: kubectl apply -f infra/rbac-logs.yaml
`;

const SECRETS_HEAD = `\
# Written by \`npm run docs\` from infra/permissions.ts.
#
# What the function classify may do beside infra/rbac.yaml where the policy has evidence.config_changes:
# config_maps_and_secrets. It asks for the metadata of Secrets alone, but Kubernetes knows no permission for that: whoever
# has this role can read the values of every Secret, too. Apply it only where that is agreed to:
# kubectl apply -f infra/rbac-secrets.yaml
`;

const toolHead = (tool: Tool) => `\
# Written by \`npm run docs\` from infra/permissions.ts.
#
# What each function may do beside infra/rbac.yaml where the policy has owners.${tool}, whether the tool is installed or not:
# kubectl apply -f infra/rbac-${partOf(tool)}.yaml
`;

const NAMESPACE = `\
# Holds the claims: one Lease for each workload that was looked after.
apiVersion: v1
kind: Namespace
metadata:
  name: ${CLAIM_NAMESPACE}
${LABELS}`;

/** A role of the whole cluster, or of one namespace, and what binds it to the group of the function. */
function roleAndBinding(
  name: string,
  { why, rules }: Grant,
  { namespace, function: holder = name }: { namespace?: string; function?: string } = {},
): string[] {
  const kind = namespace === undefined ? "ClusterRole" : "Role";
  const roleName = `eks-remediation:${name}`;
  const group = `eks-remediation:${holder}`;
  const metadata = `\
metadata:
  name: ${roleName}
${namespace === undefined ? "" : `  namespace: ${namespace}\n`}${LABELS}`;
  const role = `\
# ${why}
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
${metadata}rules:
${rules.map(ruleLines).join("")}`;
  const binding = `\
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
${metadata}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kind}
  name: ${roleName}
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: ${group}
`;
  return [role, binding];
}

function ruleLines({ why, apiGroups, resources, verbs }: Rule): string {
  return `\
${why === undefined ? "" : `  # ${why}\n`}  - apiGroups: ${list(apiGroups)}
    resources: ${list(resources)}
    verbs: ${list(verbs)}
`;
}

/** The core group's name is empty. */
function list(names: readonly string[]): string {
  return `[${names.map((name) => (name === "" ? '""' : name)).join(", ")}]`;
}
