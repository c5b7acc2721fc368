import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Cluster, JsonPatchOperation } from "../../functions/shared/cluster/cluster.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import type { KubernetesEvent } from "../../functions/run/event.ts";
import type {
  DisruptionBudget,
  Hpa,
  Node,
  ObjectMeta,
  LimitRange,
  ResourceQuota,
} from "../../functions/shared/kubernetes/types.ts";
import type { World } from "./worlds.ts";

/** What is shown of namespace `shop`. */
export interface Shown extends World {
  events?: KubernetesEvent[];
  budgets?: DisruptionBudget[];
  quotas?: ResourceQuota[];
  limitRanges?: LimitRange[];
  nodes?: Node[];
  /** What every log holds. */
  log?: string;
}

/** A source of facts that may be kept from a reader. */
export type Source =
  "events" | "budgets" | "quotas" | "limitRanges" | "nodes" | "log" | "replicaSets" | "hpas" | "pods";

/** A change that somebody asked for. */
export interface Write {
  verb: "patch" | "evict" | "delete" | "create" | "replace";
  path: string;
  operations?: JsonPatchOperation[];
}

/**
 * A cluster that shows the objects of a world, except for what it refuses, and keeps what it is asked to change without
 * doing so. It is for tests that draw thousands of worlds; how a real API server answers is tested elsewhere.
 */
export function shownCluster(shown: Shown, refused: ReadonlySet<Source> = new Set()): Cluster & { writes: Write[] } {
  const writes: Write[] = [];
  const { workload, holders, pods, hpa } = shown;
  const collections: Record<string, [Source, readonly object[]]> = {
    [paths.pods("shop")]: ["pods", pods],
    [paths.replicaSets("shop")]: ["replicaSets", holders],
    [paths.hpas("shop")]: ["hpas", hpa === undefined ? [] : [hpa]],
    [paths.events("shop")]: ["events", shown.events ?? []],
    [paths.disruptionBudgets("shop")]: ["budgets", shown.budgets ?? []],
    [paths.quotas("shop")]: ["quotas", shown.quotas ?? []],
    [paths.limitRanges("shop")]: ["limitRanges", shown.limitRanges ?? []],
    [paths.nodes()]: ["nodes", shown.nodes ?? []],
  };
  const named = new Map<string, object>([
    [paths.namespace("shop"), { metadata: { name: "shop" } }],
    [paths.deployment("shop", "web"), workload],
    [
      paths.deploymentScale("shop", "web"),
      { metadata: workload.metadata, spec: { replicas: workload.spec?.replicas } },
    ],
    ...Object.entries(collections).flatMap(([path, [, objects]]) =>
      objects.map((object): [string, object] => [`${path}/${(object as Hpa).metadata?.name ?? ""}`, object]),
    ),
  ]);
  const sourceOf = (path: string) =>
    Object.entries(collections).find(
      ([collection]) => path === collection || path.startsWith(`${collection}/`),
    )?.[1][0];
  const refuse = (path: string) => {
    const source = path.endsWith("/log") ? "log" : sourceOf(path);
    if (source !== undefined && refused.has(source)) throw new RemediationError("Forbidden", `${path} is forbidden.`);
  };
  const list = (path: string) => {
    refuse(path);
    const found = collections[path];
    if (found === undefined) throw new RemediationError("NotFound", `${path} is not there.`);
    return structuredClone(found[1]) as never[];
  };
  const keep = (write: Write) => {
    writes.push(write);
    return Promise.resolve({} as never);
  };
  // Errors come as rejections, as those of a connection do.
  const get = async (path: string) => {
    await Promise.resolve();
    refuse(path);
    const found = named.get(path);
    if (found === undefined) throw new RemediationError("NotFound", `${path} is not there.`);
    return structuredClone(found) as never;
  };
  return {
    name: "shown",
    writes,
    get,
    metadata: async (path) => ((await get(path)) as { metadata: ObjectMeta }).metadata,
    text: async (path) => {
      await Promise.resolve();
      refuse(path);
      return shown.log ?? "";
    },
    list: async (path, _query, keep) => {
      await Promise.resolve();
      return keep === undefined ? list(path) : list(path).map(keep);
    },
    listSmall: async (path) => {
      await Promise.resolve();
      return list(path);
    },
    table: () => Promise.reject(new RemediationError("NotFound", "No tables here.")),
    create: (path) => keep({ verb: "create", path }),
    replace: (path) => keep({ verb: "replace", path }),
    patch: (path, operations, { dryRun = false } = {}) =>
      dryRun ? Promise.resolve({} as never) : keep({ verb: "patch", path, operations }),
    delete: async (path) => {
      await keep({ verb: "delete", path });
    },
    evict: async (namespace, pod) => {
      await keep({ verb: "evict", path: paths.pod(namespace, pod) });
    },
  };
}
