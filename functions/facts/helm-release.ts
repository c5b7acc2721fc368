import { createHash } from "node:crypto";
import { parseAllDocuments } from "yaml";
import * as z from "zod";
import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { fieldWriters } from "../shared/kubernetes/managed-fields.ts";
import type { ObjectMeta, PodTemplate } from "../shared/kubernetes/types.ts";
import type { Rule } from "../shared/permissions.ts";
import { releaseSecretName, unpacked, type ReleaseSecret } from "./helm-secret.ts";
import { nameOf } from "./owner-words.ts";

/**
 * What Helm keeps of a release: a Secret for each revision, with the manifest that it applied.
 * Source: helm/helm pkg/storage/driver/secrets.go and util.go, pkg/release
 */
export type HelmRelease = { name: string; namespace: string } & (
  | { state: "read"; present: HelmRevision; earlier: readonly HelmRevision[] }
  | { state: "unread"; why: "forbidden" | "in another namespace" | "gone" | "not understood" }
);

/** One revision of a release. */
export interface HelmRevision {
  revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-upgrade` and others. */
  status: string;
  /** The objects of its manifest, by kind and name. */
  objects: ReadonlyMap<string, HelmObject>;
  /** What runs when it is rolled back to: the names of its hooks. */
  hooks: readonly string[];
  /** Who wrote it, by the field managers of its Secret. */
  writers: readonly string[];
}

export interface HelmObject {
  apiVersion: string;
  kind: string;
  /** Its own, or the release's where it says none. */
  namespace: string;
  name: string;
  /** Equal for what is applied alike. */
  digest: string;
  /** Equal for what is alike apart from the labels that name a chart and its version. */
  bare: string;
  /** Equal for what is alike apart from these and its pod template. */
  frame: string;
  template?: PodTemplate;
  /** How many pods the manifest asks for, where it says. */
  replicas?: number;
  /** Whether Helm leaves it where a revision does without it. */
  kept: boolean;
}

/** Kubernetes knows no permission for some types of Secrets: whoever has this can read every Secret. */
export const HELM_PERMISSIONS: readonly Rule[] = [
  {
    why: "What Helm keeps of the revisions of a release, which are Secrets. Every other Secret can be read with it, too.",
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["get", "list"],
  },
];

/** How many earlier revisions are read. */
const MAX_EARLIER = 4;
/** The statuses of a revision that was once deployed. */
const DEPLOYED: readonly string[] = ["deployed", "superseded"];

/** Labels by which charts tell what they are: `helm create` writes both, and they change with every version of a chart. */
const CHART_LABELS: readonly string[] = ["helm.sh/chart", "app.kubernetes.io/version"];

const Document = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    labels: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  }),
  spec: z
    .looseObject({
      template: z.looseObject({}).optional().catch(undefined),
      replicas: z.number().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** The release that a workload says it is of; undefined where it says none. */
export function releaseOf(
  metadata: ObjectMeta | undefined,
  namespace: string,
): Pick<HelmRelease, "name" | "namespace"> | undefined {
  const name = nameOf(metadata?.annotations?.["meta.helm.sh/release-name"]);
  const where = metadata?.annotations?.["meta.helm.sh/release-namespace"] ?? namespace;
  return name === undefined ? undefined : { name, namespace: where };
}

/**
 * Reads the present revision of the release that a workload is of, and those before it that were once deployed. It explains and
 * decides nothing, so that what cannot be had is kept as such. Whoever can write an annotation in one namespace does not have a
 * release of another one read.
 * @param wanted a revision that is read as well, whatever has become of it
 */
export async function readHelmRelease(
  reader: Reader,
  namespace: string,
  metadata: ObjectMeta | undefined,
  wanted?: number,
): Promise<HelmRelease | undefined> {
  const release = releaseOf(metadata, namespace);
  if (release === undefined) return undefined;
  if (release.namespace !== namespace) return { ...release, state: "unread", why: "in another namespace" };
  try {
    const [newest, ...before] = await revisionsOf(reader, release);
    if (newest === undefined) return { ...release, state: "unread", why: "gone" };
    const read = async ({ revision, status }: Listed) => await readRevision(reader, release, revision, status);
    const present = await read(newest);
    const deployed = before.filter(({ status }) => DEPLOYED.includes(status)).slice(0, MAX_EARLIER);
    const earlier = await Promise.all(
      before.filter((listed) => deployed.includes(listed) || listed.revision === wanted).map(read),
    );
    if (present === undefined || earlier.includes(undefined))
      return { ...release, state: "unread", why: "not understood" };
    return { ...release, state: "read", present, earlier: earlier.filter((one) => one !== undefined) };
  } catch (error) {
    if (!isRemediationError(error, "Forbidden", "NotFound")) throw error;
    return { ...release, state: "unread", why: isRemediationError(error, "Forbidden") ? "forbidden" : "gone" };
  }
}

type Listed = Pick<HelmRevision, "revision" | "status">;

/** The revisions by the labels of their Secrets, newest first: what these hold is not sent. */
async function revisionsOf(reader: Reader, { name, namespace }: Pick<HelmRelease, "name" | "namespace">) {
  const query = { labelSelector: `owner=helm,name=${name}`, includeObject: "Metadata" };
  const path = collectionOf({ apiVersion: "v1", plural: "secrets" }, namespace);
  const { rows } = await reader.table<{ rows?: { object?: { metadata?: ObjectMeta } }[] | null }>(path, query);
  return (rows ?? [])
    .map(({ object }): Listed => {
      const { version = "", status = "" } = object?.metadata?.labels ?? {};
      return { revision: Number(version), status: nameOf(status) ?? "" };
    })
    .filter(({ revision }) => Number.isSafeInteger(revision) && revision > 0)
    .sort((a, b) => b.revision - a.revision);
}

async function readRevision(
  reader: Reader,
  { name, namespace }: Pick<HelmRelease, "name" | "namespace">,
  revision: number,
  status: string,
): Promise<HelmRevision | undefined> {
  const secret = await reader.get<ReleaseSecret>(paths.secret(namespace, releaseSecretName(name, revision)));
  const stored = unpacked(secret.data?.["release"] ?? "");
  if (stored === undefined) return undefined;
  const hooks = (stored.hooks ?? []).filter(({ events }) => events?.some((event) => /rollback$/.test(event)) === true);
  const objects = objectsOf(stored.manifest, namespace);
  if (objects === undefined) return undefined;
  const writers = fieldWriters(secret.metadata).map(({ manager }) => manager);
  return { revision, status, objects, hooks: hooks.map(({ name: hook }) => nameOf(hook) ?? "a hook"), writers };
}

/** The objects of a manifest; undefined where any of it is not understood. */
function objectsOf(manifest: string, namespace: string): HelmRevision["objects"] | undefined {
  const objects = new Map<string, HelmObject>();
  try {
    for (const document of parseAllDocuments(manifest)) {
      const value: unknown = document.toJS();
      if (value === null) continue;
      const { apiVersion, kind, metadata, spec } = Document.parse(value);
      const { name, namespace: where = namespace, annotations, labels } = metadata;
      const chartless = { ...(value as object), metadata: { ...metadata, labels: withoutChart(labels) } };
      const template = spec?.template as PodTemplate | undefined;
      const key = `${kind} ${where}/${name}`;
      if (objects.has(key)) return undefined;
      objects.set(key, {
        ...{ apiVersion, kind, namespace: where, name },
        digest: digestOf(value),
        bare: digestOf(chartless),
        frame: digestOf({ ...chartless, spec: { ...spec, template: undefined } }),
        kept: annotations?.["helm.sh/resource-policy"] === "keep",
        ...(template === undefined ? {} : { template }),
        ...(spec?.replicas === undefined ? {} : { replicas: spec.replicas }),
      });
    }
    return objects;
  } catch {
    return undefined;
  }
}

function withoutChart(labels: Record<string, unknown> | null | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([label]) => !CHART_LABELS.includes(label)));
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
