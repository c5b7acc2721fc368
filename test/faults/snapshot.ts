import { isDeepStrictEqual } from "node:util";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Ground } from "./ground.ts";

/** What people decide about the objects of a namespace, by `resource/name`: uid, labels, annotations, spec and data. */
export type Snapshot = Readonly<Record<string, Record<string, unknown>>>;

interface Listed {
  metadata: { name: string; uid: string; labels?: object; annotations?: Record<string, string> };
  spec?: object;
  data?: object;
}

/** What is made of pods alone is left out: pods, ReplicaSets and ControllerRevisions are the controllers' work. */
const RESOURCES = ["deployments", "statefulsets", "daemonsets"] as const;
const PLAIN = ["configmaps", "secrets", "services", "serviceaccounts"] as const;

/** Counted by the Deployment's controller. */
const REVISION = "deployment.kubernetes.io/revision";

/** Reads all that must not change, unless the remedy is to change it. */
export async function takeSnapshot({ cluster, namespace }: Ground): Promise<Snapshot> {
  const collections = {
    ...Object.fromEntries(RESOURCES.map((resource) => [resource, `/apis/apps/v1/namespaces/${namespace}/${resource}`])),
    ...Object.fromEntries(PLAIN.map((resource) => [resource, `${paths.namespace(namespace)}/${resource}`])),
    horizontalpodautoscalers: paths.hpas(namespace),
    poddisruptionbudgets: paths.disruptionBudgets(namespace),
    resourcequotas: paths.quotas(namespace),
  };
  const snapshot: Record<string, Record<string, unknown>> = {};
  for (const [resource, path] of Object.entries(collections)) {
    for (const { metadata, spec, data } of await cluster.list<Listed>(path)) {
      const { [REVISION]: _revision, ...annotations } = metadata.annotations ?? {};
      snapshot[`${resource}/${metadata.name}`] = {
        uid: metadata.uid,
        labels: metadata.labels,
        annotations,
        spec,
        data,
      };
    }
  }
  return snapshot;
}

/** The objects that differ in anything but the fields that may change. */
export function differences(
  before: Snapshot,
  after: Snapshot,
  mayChange: Readonly<Record<string, readonly string[]>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => {
    const fields = mayChange[name] ?? [];
    return !isDeepStrictEqual(without(before[name], fields), without(after[name], fields));
  });
}

/** An object without some of its fields, each given as a path with dots. */
function without(object: Record<string, unknown> | undefined, fields: readonly string[]): unknown {
  if (object === undefined) return undefined;
  const copy = structuredClone(object);
  for (const field of fields) {
    const keys = field.split(".");
    const last = keys.pop() ?? "";
    let holder: Record<string, unknown> | undefined = copy;
    for (const key of keys) holder = holder?.[key] as Record<string, unknown> | undefined;
    if (holder !== undefined) holder[last] = "may change";
  }
  return copy;
}
