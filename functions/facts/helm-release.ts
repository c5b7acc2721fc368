import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import * as z from "zod";
import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { ObjectMeta, PodTemplate } from "../shared/kubernetes/types.ts";
import type { Rule } from "../shared/permissions.ts";
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
}

export interface HelmObject {
  kind: string;
  name: string;
  /** Equal for what is applied alike. */
  digest: string;
  template?: PodTemplate;
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
/** How large a release may be once it is unpacked, in bytes; its Secret holds a megabyte at most. */
const MAX_BYTES = 16_000_000;
/** The statuses of a revision that was once deployed. */
const DEPLOYED: readonly string[] = ["deployed", "superseded"];

const Stored = z.object({
  manifest: z.string(),
  hooks: z
    .array(z.object({ name: z.string(), events: z.array(z.string()).optional() }))
    .nullish()
    .catch(undefined),
});
const Document = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  }),
  spec: z
    .looseObject({ template: z.looseObject({}).optional().catch(undefined) })
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
 */
export async function readHelmRelease(
  reader: Reader,
  namespace: string,
  metadata: ObjectMeta | undefined,
): Promise<HelmRelease | undefined> {
  const release = releaseOf(metadata, namespace);
  if (release === undefined) return undefined;
  if (release.namespace !== namespace) return { ...release, state: "unread", why: "in another namespace" };
  try {
    const [newest, ...before] = await revisionsOf(reader, release);
    if (newest === undefined) return { ...release, state: "unread", why: "gone" };
    const read = async ({ revision, status }: Listed) => await readRevision(reader, release, revision, status);
    const present = await read(newest);
    const earlier = await Promise.all(
      before
        .filter(({ status }) => DEPLOYED.includes(status))
        .slice(0, MAX_EARLIER)
        .map(read),
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
  const secret = await reader.get<{ data?: Record<string, string> }>(
    paths.secret(namespace, `sh.helm.release.v1.${name}.v${revision}`),
  );
  const stored = unpacked(secret.data?.["release"] ?? "");
  if (stored === undefined) return undefined;
  const hooks = (stored.hooks ?? []).filter(({ events = [] }) => events.some((event) => /rollback$/.test(event)));
  const objects = objectsOf(stored.manifest, namespace);
  if (objects === undefined) return undefined;
  return { revision, status, objects, hooks: hooks.flatMap(({ name: hook }) => nameOf(hook) ?? []) };
}

/** What a Secret of Helm holds: JSON, packed, as base64, which the API server sends as base64 once more. */
function unpacked(data: string): z.output<typeof Stored> | undefined {
  try {
    const bytes = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
    return Stored.safeParse(JSON.parse(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }).toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

/** The objects of a manifest; undefined where any of it is not understood. */
function objectsOf(manifest: string, namespace: string): HelmRevision["objects"] | undefined {
  const objects = new Map<string, HelmObject>();
  try {
    for (const document of parseAllDocuments(manifest)) {
      const value: unknown = document.toJS();
      if (value === null) continue;
      const { kind, metadata, spec } = Document.parse(value);
      const digest = createHash("sha256").update(JSON.stringify(value)).digest("hex");
      const kept = metadata.annotations?.["helm.sh/resource-policy"] === "keep";
      const template = spec?.template as PodTemplate | undefined;
      const key = `${kind} ${metadata.namespace ?? namespace}/${metadata.name}`;
      objects.set(key, { kind, name: metadata.name, digest, kept, ...(template === undefined ? {} : { template }) });
    }
    return objects;
  } catch {
    return undefined;
  }
}
