import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

/** What a group may do, or did: `eks-remediation:detect list pods`. */
export type Permission = string;

/** How the permissions that are granted compare with those that were needed. */
export interface Comparison {
  /** Granted, and never used. */
  unused: Permission[];
  /** Asked for, and denied. */
  denied: Permission[];
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  rules?: Rule[];
  roleRef?: { name: string };
  subjects?: { name: string }[];
}

interface AuditEvent {
  stage: string;
  verb: string;
  impersonatedUser?: { username?: string };
  objectRef?: { resource?: string; subresource?: string; apiGroup?: string };
  annotations?: Record<string, string>;
}

/** The groups whose permissions are compared. */
const GROUPS = "eks-remediation:";

/** Compares what an RBAC manifest grants with what an audit log says was asked for. */
export function comparePermissions(rbac: string, auditLog: string): Comparison {
  const granted = grantedIn(rbac);
  const { allowed, denied } = requestsIn(auditLog);
  return {
    unused: [...granted].filter((permission) => !allowed.has(permission)).sort(),
    denied: [...denied].sort(),
  };
}

/** Every permission that the manifest gives to a group. */
function grantedIn(rbac: string): Set<Permission> {
  const manifests = parseAllDocuments(rbac).map((document) => document.toJS() as Manifest);
  const granted = new Set<Permission>();
  for (const { kind, roleRef, subjects = [] } of manifests) {
    if (roleRef === undefined) continue;
    const isRole = (manifest: Manifest) =>
      manifest.kind === kind.replace(/Binding$/, "") && manifest.metadata.name === roleRef.name;
    const rules = manifests.filter(isRole).flatMap(({ rules = [] }) => rules);
    for (const { name } of subjects) for (const rule of rules) expand(name, rule).forEach((one) => granted.add(one));
  }
  return granted;
}

function expand(group: string, { apiGroups, resources, verbs }: Rule): Permission[] {
  return apiGroups.flatMap((apiGroup) =>
    resources.flatMap((resource) => verbs.map((verb) => permission(group, verb, apiGroup, resource))),
  );
}

/** What the groups asked for, and whether they were let. */
function requestsIn(auditLog: string): { allowed: Set<Permission>; denied: Set<Permission> } {
  const allowed = new Set<Permission>();
  const denied = new Set<Permission>();
  for (const line of auditLog.split("\n")) {
    if (!line.includes(GROUPS)) continue;
    const { stage, verb, impersonatedUser, objectRef, annotations } = JSON.parse(line) as AuditEvent;
    const group = impersonatedUser?.username ?? "";
    if (stage !== "ResponseComplete" || !group.startsWith(GROUPS)) continue;
    const resource = [objectRef?.resource, objectRef?.subresource].filter(Boolean).join("/");
    const asked = permission(group, verb, objectRef?.apiGroup ?? "", resource);
    (annotations?.["authorization.k8s.io/decision"] === "allow" ? allowed : denied).add(asked);
  }
  return { allowed, denied };
}

function permission(group: string, verb: string, apiGroup: string, resource: string): Permission {
  return `${group} ${verb} ${resource}${apiGroup === "" ? "" : `.${apiGroup}`}`;
}

/** @returns whether the permissions fit; what does not is printed */
export function reportPermissions(rbac: string, auditLogFile: string): boolean {
  const { unused, denied } = comparePermissions(rbac, readFileSync(auditLogFile, "utf8"));
  if (unused.length === 0 && denied.length === 0) {
    process.stdout.write("Permissions: each one that infra/rbac*.yaml grants was used, and none was missing.\n");
    return true;
  }
  const section = (title: string, lines: Permission[]) =>
    lines.length === 0 ? [] : [title, ...lines.map((l) => `  ${l}`)];
  process.stderr.write(
    `${[...section("Granted by infra/rbac*.yaml, and never used:", unused), ...section("Asked for, and denied:", denied)].join("\n")}\n`,
  );
  return false;
}
