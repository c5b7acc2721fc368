import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import { Etcd } from "./etcd.ts";
import { MODEL_NAMESPACE, Models } from "./models.ts";
import { RESOURCES, type Manifest, type Resource } from "./population/objects.ts";

import type { Stored } from "./population/objects.ts";

/** After so many objects it is said how far it is. */
const PROGRESS = 20_000;
/** So long the API server's watch cache is waited for, for each resource. */
const PATIENCE_MS = 20 * 60_000;
/** The API server itself waits for three seconds, and then answers that it has not seen it yet. */
const PAUSE_MS = 1_000;

/** What was written last of a resource. */
interface Last {
  key: string;
  body: string;
  object: Manifest;
}

/**
 * Fills a cluster with a population. Objects are put into etcd directly, as the API server would have stored them; it takes
 * them up through its watches, as it takes up what another API server wrote.
 */
export class Loader {
  readonly #cluster: HttpCluster;
  readonly #etcd: Etcd;
  readonly #models: Models;
  readonly #progress: (line: string) => void;
  /** A digest of what is stored, by its key. */
  #stored = new Map<string, string>();

  constructor(cluster: HttpCluster, etcd: string, progress: (line: string) => void) {
    this.#cluster = cluster;
    this.#etcd = new Etcd(etcd);
    this.#models = new Models(cluster);
    this.#progress = progress;
  }

  /** Brings the cluster to these objects: writes what is new or has changed, and removes what is not among them. */
  async fill(objects: Iterable<Stored>): Promise<void> {
    const metadata = { name: MODEL_NAMESPACE };
    await this.#cluster.create(paths.namespaces(), { apiVersion: "v1", kind: "Namespace", metadata });
    const before = this.#models.count;
    const stored = new Map<string, string>();
    const last = new Map<Resource, Last>();
    let written = 0;
    for (const each of objects) {
      const { resource, object } = each;
      const key = keyOf(resource, object);
      const body = await this.#models.complete(each);
      const digest = createHash("sha1").update(body).digest("base64");
      if (stored.has(key)) throw new Error(`The population has two objects for ${key}.`);
      stored.set(key, digest);
      if (this.#stored.get(key) === digest) continue;
      await this.#etcd.put(key, body);
      last.set(resource, { key, body, object });
      if (++written % PROGRESS === 0) this.#progress(`  ${written.toLocaleString("en")} objects written`);
    }
    for (const key of this.#stored.keys()) if (!stored.has(key)) await this.#etcd.delete(key);
    await this.#removeModels(before);
    await this.#etcd.flush();
    this.#stored = stored;
    this.#progress(`  ${written.toLocaleString("en")} of ${stored.size.toLocaleString("en")} objects written`);
    for (const [resource, { key, body, object }] of last) {
      await this.#untilSeen(resource, object, await this.#etcd.putNow(key, body));
    }
  }

  async #removeModels(before: number): Promise<void> {
    for (const { etcd, namespaced } of Object.values(RESOURCES)) {
      if (!namespaced) continue;
      for (let number = before; number <= this.#models.count; number++) {
        await this.#etcd.delete(`/registry/${etcd}/${MODEL_NAMESPACE}/m${number}`);
      }
    }
    await this.#etcd.delete(`/registry/namespaces/${MODEL_NAMESPACE}`);
  }

  /** Waits until the API server's watch cache has seen the revision, however busy the machine is. */
  async #untilSeen(resource: Resource, { metadata }: Manifest, revision: string): Promise<void> {
    const { api } = RESOURCES[resource];
    const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    const started = performance.now();
    for (let isSaid = false; ; isSaid = true) {
      try {
        await this.#cluster.get(`${api}${place}/${resource}/${metadata.name}`, { resourceVersion: revision });
        return;
      } catch (error) {
        if (!(error instanceof RemediationError) || performance.now() - started > PATIENCE_MS) throw error;
        if (!isSaid) this.#progress(`  waiting until the API server has seen all ${resource}`);
        await sleep(PAUSE_MS);
      }
    }
  }
}

function keyOf(resource: Resource, { metadata }: Manifest): string {
  const place = metadata.namespace === undefined ? "" : `${metadata.namespace}/`;
  return `/registry/${RESOURCES[resource].etcd}/${place}${metadata.name}`;
}
