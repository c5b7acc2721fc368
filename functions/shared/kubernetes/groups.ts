/**
 * The API groups of the kinds of Kubernetes that make pods. No two of their kinds share a name: what an old manifest has in
 * `extensions` is the same object in `apps`.
 */
const OWN_GROUPS: ReadonlySet<string> = new Set(["", "apps", "batch", "extensions"]);

/** A kind, wherever it comes from: its name alone does not tell it apart. */
export interface KindRef {
  kind: string;
  /** Absent for the kinds of Kubernetes itself. */
  group?: string | undefined;
}

/**
 * The field `group` of a reference to an object of that API version: none for the kinds of Kubernetes itself, nor where no
 * version is given, as an HPA's target may have it.
 */
export function groupField(apiVersion: string | undefined): { group?: string } {
  // What a custom resource names as its version may be of any type.
  const version = typeof apiVersion === "string" ? apiVersion : "";
  const group = version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
  return OWN_GROUPS.has(group) ? {} : { group };
}

/** Whether both are the same kind. */
export function isSameKind(a: KindRef, b: KindRef): boolean {
  return a.kind === b.kind && a.group === b.group;
}

/** `Deployment`, `Rollout.argoproj.io`: the kind as kubectl takes it, and as messages name it. */
export function qualifiedKind({ kind, group }: KindRef): string {
  return group === undefined ? kind : `${kind}.${group}`;
}
