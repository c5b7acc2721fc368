import { storedTemplate } from "../kinds/argo-rollout/stored-template.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { some } from "../shared/text.ts";
import type { HelmObject, HelmRelease, HelmRevision } from "./helm-release.ts";
import { inBackticks, nameOf } from "./owner-words.ts";

/** How many objects, and hooks, are named. */
const MAX_NAMED = 3;

/**
 * How a person goes back to a pod template with Helm, in sentences: the command with the newest revision that was once deployed
 * and holds this template, and all that it does beside that. Undefined where the release was not read, or its present revision does not hold
 * the workload.
 * @param template the hash of the template
 */
export function helmRollback(release: HelmRelease, workload: WorkloadRef, template: string): string | undefined {
  if (release.state !== "read") return undefined;
  const { name, namespace, present, earlier } = release;
  const key = keyOf(workload);
  if (!present.objects.has(key)) return undefined;
  const target = revisionWith(release, workload, template);
  if (target === undefined) {
    const known = earlier.map(({ revision }) => `${revision}`).join(", ");
    const looked =
      known === "" ? "Helm keeps no earlier revision of it that was deployed" : `none of its revisions ${known} has`;
    return known === ""
      ? `${looked}: upgrade release ${name} with the right values.`
      : `As far as it can be told, ${looked} the pod template that was well: upgrade release ${name} with the right values.`;
  }
  const command = inBackticks("helm", "rollback", name, `${target.revision}`, "-n", namespace);
  return [
    ...pending(present),
    `Its revision ${target.revision} has the pod template that was well: ${command}.`,
    ...beside(present, target, key),
  ].join(" ");
}

/** The newest revision that was once deployed and holds that template of the workload, by its hash. */
export function revisionWith(
  { earlier }: Extract<HelmRelease, { state: "read" }>,
  workload: WorkloadRef,
  template: string,
): HelmRevision | undefined {
  return earlier.find(({ objects }) => hashOf(objects.get(keyOf(workload))) === template);
}

/** By what a release's manifest has a workload. */
export function keyOf({ kind, namespace, name }: WorkloadRef): string {
  return `${kind} ${namespace}/${name}`;
}

/** What the release is at, for the evidence; why it was not read. */
export function helmLines(release: HelmRelease | undefined): string[] {
  if (release === undefined) return [];
  const what = `Helm release ${release.name}`;
  if (release.state === "read") {
    const { revision, status } = release.present;
    return [`${what} is at revision ${revision}${status === "" ? "" : ` (${status})`}`];
  }
  switch (release.why) {
    case "forbidden":
      return [`${what} was not read: the role of classify lacks the permission (infra/rbac-helm.yaml)`];
    case "in another namespace":
      return [`${what} was not read: it is in another namespace`];
    case "gone":
      return [
        `${what} was not found among the Secrets of its namespace: it is gone, or Helm keeps it elsewhere (HELM_DRIVER)`,
      ];
    case "not understood":
      return [`${what} was read, and what Helm keeps of it was not understood`];
  }
}

/** That something else may be under way. */
function pending({ revision, status }: HelmRevision): string[] {
  if (!/^(pending-|uninstalling)/.test(status)) return [];
  return [`Revision ${revision} of the release is ${status}: make sure first that nothing is under way.`];
}

/** What going back does beside the workload. */
function beside(present: HelmRevision, target: HelmRevision, own: string): string[] {
  const changed: HelmObject[] = [];
  const made: HelmObject[] = [];
  for (const [key, object] of target.objects) {
    const now = present.objects.get(key);
    if (now === undefined) made.push(object);
    else if (key !== own && now.digest !== object.digest) changed.push(object);
  }
  const deleted = [...present.objects].flatMap(([key, object]) =>
    target.objects.has(key) || object.kept ? [] : [object],
  );
  const all = [
    ...(changed.length === 0 ? [] : [`changes ${named(changed)}`]),
    ...(made.length === 0 ? [] : [`makes ${named(made)}`]),
    ...(deleted.length === 0 ? [] : [`deletes ${named(deleted)}`]),
    ...(target.hooks.length === 0 ? [] : [`runs hooks (${some(target.hooks, MAX_NAMED)})`]),
  ];
  const definitions = [...changed, ...made, ...deleted].some(({ kind }) => kind === "CustomResourceDefinition");
  return [
    ...(all.length === 0 ? [] : [`That also ${all.join(", ")}.`]),
    ...(definitions
      ? ["With a CustomResourceDefinition its objects may go, or no longer fit: look at that first."]
      : []),
  ];
}

function named(objects: readonly HelmObject[]): string {
  return some(
    objects.map(({ kind, name }) => `${nameOf(kind) ?? "an object"} ${nameOf(name) ?? ""}`.trim()),
    MAX_NAMED,
  );
}

/** The API server fills in what a manifest leaves out. What is missed here makes templates differ that are the same. */
export function hashOf(object: HelmObject | undefined): string | undefined {
  if (object?.template === undefined) return undefined;
  try {
    return templateHash(storedTemplate(object.template));
  } catch {
    return undefined; // A manifest may hold anything that somebody has written.
  }
}
