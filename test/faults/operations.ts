import type {
  Cluster,
  JsonPatchOperation,
  Preconditions,
  WriteOptions,
} from "../../functions/shared/cluster/cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { ObjectMeta } from "../../functions/shared/kubernetes/types.ts";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import { describeRequest } from "./invariants.ts";

/** One thing that a function does outside of itself. A dry run changes nothing, and counts as a read. */
export interface Operation {
  kind: "read" | "write" | "publish";
  /** `PATCH deployments`, `publish`. */
  what: string;
}

/** Called before each operation, which happens when the promise has settled. */
export type Gate = (operation: Operation) => Promise<void>;

/** An environment whose operations each pass a gate first. */
export function gatedEnvironment(environment: NotifyEnvironment, gate: Gate): NotifyEnvironment {
  return {
    ...environment,
    connect: async (clusterName) => new GatedCluster(await environment.connect(clusterName), gate),
    publish: async (notification) => {
      await gate({ kind: "publish", what: "publish" });
      await environment.publish(notification);
    },
  };
}

class GatedCluster implements Cluster {
  readonly name: string;
  readonly #cluster: Cluster;
  readonly #gate: Gate;

  constructor(cluster: Cluster, gate: Gate) {
    this.name = cluster.name;
    this.#cluster = cluster;
    this.#gate = gate;
  }

  async get<T>(path: string, query?: Record<string, string>): Promise<T> {
    await this.#read(path);
    return await this.#cluster.get<T>(path, query);
  }

  async metadata(path: string): Promise<ObjectMeta> {
    await this.#read(path);
    return await this.#cluster.metadata(path);
  }

  async text(path: string, query?: Record<string, string>): Promise<string> {
    await this.#read(path);
    return await this.#cluster.text(path, query);
  }

  async table<T>(path: string, query?: Record<string, string>, most?: number): Promise<T> {
    await this.#read(path);
    return await this.#cluster.table<T>(path, query, most);
  }

  async list<T, Kept = T>(path: string, query?: Record<string, string>, keep?: (object: T) => Kept): Promise<Kept[]> {
    await this.#read(path);
    return await this.#cluster.list<T, Kept>(path, query, keep);
  }

  async listSmall<T>(path: string, most: number, query?: Record<string, string>): Promise<T[] | undefined> {
    await this.#read(path);
    return await this.#cluster.listSmall<T>(path, most, query);
  }

  async create<T>(path: string, body: object, options?: WriteOptions): Promise<T> {
    await this.#write("POST", path, options);
    return await this.#cluster.create<T>(path, body, options);
  }

  async replace<T>(path: string, body: object, options?: WriteOptions): Promise<T> {
    await this.#write("PUT", path, options);
    return await this.#cluster.replace<T>(path, body, options);
  }

  async patch<T>(path: string, operations: JsonPatchOperation[], options?: WriteOptions): Promise<T> {
    await this.#write("PATCH", path, options);
    return await this.#cluster.patch<T>(path, operations, options);
  }

  async delete(path: string, preconditions: Preconditions, options?: WriteOptions): Promise<void> {
    await this.#write("DELETE", path, options);
    await this.#cluster.delete(path, preconditions, options);
  }

  async evict(namespace: string, pod: string, preconditions: Preconditions, options?: WriteOptions): Promise<void> {
    await this.#write("POST", `${paths.pod(namespace, pod)}/eviction`, options);
    await this.#cluster.evict(namespace, pod, preconditions, options);
  }

  async #read(path: string): Promise<void> {
    await this.#gate({ kind: "read", what: describeRequest("GET", path) });
  }

  async #write(method: string, path: string, options: WriteOptions | undefined): Promise<void> {
    const rehearsed = options?.dryRun === true;
    const what = describeRequest(method, path);
    await this.#gate(rehearsed ? { kind: "read", what: `${what}, dry run` } : { kind: "write", what });
  }
}
