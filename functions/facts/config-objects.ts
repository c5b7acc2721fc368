import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { referencesOf, type Reference } from "./references.ts";
import type { ObjectMeta, Pod, PodTemplate } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";

/** Whose metadata the policy lets be read. */
export type ConfigReading = Policy["evidence"]["config_changes"];

/** A ConfigMap or Secret that a pod template reads, as far as it was looked at. */
export type ConfigObject = { kind: Reference["kind"]; name: string; optional: boolean } & (
  | { state: "there"; metadata: ConfigMeta }
  | { state: "missing" }
  /** Nothing is known of it, not even whether it exists. */
  | { state: "unread"; why: "policy" | "forbidden" | "no answer" | "too many" }
);

/** What is kept of its metadata. The annotations may hold the data itself, as `kubectl apply` writes it there. */
export type ConfigMeta = Pick<ObjectMeta, "creationTimestamp" | "managedFields">;

/** How many objects are asked for. */
const MAX_OBJECTS = 20;

/** What the cluster itself writes into every namespace: no part of anybody's configuration. */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set([
  "kube-root-ca.crt",
  "openshift-service-ca.crt",
  "istio-ca-root-cert",
]);

/**
 * Reads the metadata, and never the data, of what a pod template reads, where any of the pods is not well or may be replaced. It
 * explains and decides nothing, so that what cannot be had is kept as such.
 * @param inQuestion the pods of which that is so
 */
export async function readConfigObjects(
  cluster: Reader,
  namespace: string,
  template: PodTemplate | undefined,
  inQuestion: readonly Pod[],
  allowed: ConfigReading,
): Promise<ConfigObject[]> {
  if (template === undefined || inQuestion.length === 0) return [];
  return await readObjects(cluster, namespace, objectsOf(template), allowed);
}

/** Reads likewise what these pods do not start without, and those of the template do: what is made in their place may need it. */
export async function readNeededByPods(
  cluster: Reader,
  namespace: string,
  template: PodTemplate | undefined,
  inQuestion: readonly Pod[],
  allowed: ConfigReading,
): Promise<ConfigObject[]> {
  const own = inQuestion.flatMap(({ spec }) => (spec === undefined ? [] : neededBy({ spec })));
  const others = new Map(notAmong(template, own).map((object) => [keyOf(object), object]));
  return await readObjects(cluster, namespace, [...others.values()], allowed);
}

/**
 * Reads likewise what pods of an earlier template do not start without, and those of the present one do: whether it is still
 * there.
 */
export async function readNeededBefore(
  cluster: Reader,
  namespace: string,
  present: PodTemplate,
  earlier: PodTemplate,
  allowed: ConfigReading,
): Promise<ConfigObject[]> {
  return await readObjects(cluster, namespace, notAmong(present, neededBy(earlier)), allowed);
}

/** Reads likewise the Secrets that the images of an earlier template are pulled with, and those of the present one are not. */
export async function readPullSecretsBefore(
  cluster: Reader,
  namespace: string,
  present: PodTemplate,
  earlier: PodTemplate,
  allowed: ConfigReading,
): Promise<ConfigObject[]> {
  const [now, before] = [present, earlier].map(pullSecretsOf);
  const names = (before ?? []).filter((name) => now?.includes(name) !== true);
  const secrets = names.map((name) => ({ kind: "Secret" as const, name, optional: false }));
  return await readObjects(cluster, namespace, secrets, allowed);
}

function pullSecretsOf({ spec }: PodTemplate): string[] {
  return [...new Set((spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []))];
}

function neededBy(template: PodTemplate): Named[] {
  return objectsOf(template).filter(({ optional }) => !optional);
}

/** Those that pods of the present template would not need as well. */
function notAmong(present: PodTemplate | undefined, objects: readonly Named[]): Named[] {
  const needed = new Set(present === undefined ? [] : neededBy(present).map(keyOf));
  return objects.filter((object) => !needed.has(keyOf(object)));
}

function keyOf({ kind, name }: Named): string {
  return `${kind} ${name}`;
}

async function readObjects(
  cluster: Reader,
  namespace: string,
  objects: readonly Named[],
  allowed: ConfigReading,
): Promise<ConfigObject[]> {
  return await Promise.all(
    objects.map(async (object, index): Promise<ConfigObject> => {
      if (!isAllowed(object.kind, allowed)) return { ...object, state: "unread", why: "policy" };
      if (index >= MAX_OBJECTS) return { ...object, state: "unread", why: "too many" };
      return { ...object, ...(await lookAt(cluster, namespace, object)) };
    }),
  );
}

function isAllowed(kind: Reference["kind"], allowed: ConfigReading): boolean {
  return allowed === "config_maps_and_secrets" || (allowed === "config_maps" && kind === "ConfigMap");
}

type Named = Pick<ConfigObject, "kind" | "name" | "optional">;

/** The objects that a template refers to, each once. Only what every reference to it allows to be missing is optional. */
function objectsOf(template: PodTemplate): Named[] {
  const named = new Map<string, Named>();
  for (const { kind, object: name, optional } of referencesOf(template)) {
    if (kind === "ConfigMap" && OF_THE_CLUSTER.has(name)) continue;
    const key = keyOf({ kind, name, optional });
    named.set(key, { kind, name, optional: optional && (named.get(key)?.optional ?? true) });
  }
  return [...named.values()];
}

type Look =
  { state: "there"; metadata: ConfigMeta } | { state: "missing" } | { state: "unread"; why: "forbidden" | "no answer" };

async function lookAt(cluster: Reader, namespace: string, { kind, name }: Named): Promise<Look> {
  try {
    const path = kind === "Secret" ? paths.secret(namespace, name) : paths.configMap(namespace, name);
    const { creationTimestamp, managedFields } = await cluster.metadata(path);
    return {
      state: "there",
      metadata: {
        ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
        ...(managedFields === undefined ? {} : { managedFields }),
      },
    };
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    if (isRemediationError(error, "NotFound")) return { state: "missing" };
    return { state: "unread", why: isRemediationError(error, "Forbidden") ? "forbidden" : "no answer" };
  }
}
