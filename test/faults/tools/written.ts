import { listIfInstalled } from "../../../functions/shared/cluster/list-if-installed.ts";
import type { Reader } from "../../../functions/shared/cluster/cluster.ts";
import { collectionOf } from "../../../functions/shared/cluster/paths.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { effectiveWrites } from "../invariants.ts";
import type { ProxiedRequest } from "../proxy/proxy.ts";
import type { Snapshot } from "../snapshot.ts";

/** What a remedy through a tool may write to. */
const WRITTEN: readonly { apiVersion: string; plural: string }[] = [
  { apiVersion: "apps/v1", plural: "deployments" },
  { apiVersion: "argoproj.io/v1alpha1", plural: "applications" },
  { apiVersion: "kustomize.toolkit.fluxcd.io/v1", plural: "kustomizations" },
  { apiVersion: "helm.toolkit.fluxcd.io/v2", plural: "helmreleases" },
  { apiVersion: "keda.sh/v1alpha1", plural: "scaledobjects" },
];

/** Counted by the Deployment's controller. */
const REVISION = "deployment.kubernetes.io/revision";

interface Listed {
  metadata?: ObjectMeta;
  spec?: object;
}

/** What people decide about the objects of a namespace that a remedy through a tool may write to. */
export async function writable(reader: Reader, namespace: string): Promise<Snapshot> {
  const all = await Promise.all(
    WRITTEN.map(async (kind) => {
      const objects = await listIfInstalled<Listed>(reader, collectionOf(kind, namespace));
      return objects.map((object) => [`${kind.plural}/${object.metadata?.name ?? ""}`, decided(object)] as const);
    }),
  );
  return Object.fromEntries(all.flat());
}

function decided({ metadata, spec }: Listed): Record<string, unknown> {
  const { [REVISION]: _revision, ...annotations } = metadata?.annotations ?? {};
  // An empty map is as good as none.
  const labels = { ...metadata?.labels };
  return { uid: metadata?.uid, labels, annotations, spec };
}

/** Of a snapshot, the objects that a run has written to. */
export function writtenOf(snapshot: Snapshot, requests: readonly ProxiedRequest[]): Snapshot {
  const written = new Set(effectiveWrites(requests).map(({ path }) => path.split("/").slice(-2).join("/")));
  return Object.fromEntries(Object.entries(snapshot).filter(([name]) => written.has(name)));
}

/** What a remedy may change of the objects that it writes to: all that is decided about them. */
export function mayChange(written: Snapshot): Record<string, string[]> {
  return Object.fromEntries(Object.keys(written).map((name) => [name, ["labels", "annotations", "spec"]]));
}
