import * as http from "node:http";
import type { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Pod } from "../../functions/shared/kubernetes/types.ts";
import { fails, namespaceOf, podName, podSpec, podStatus } from "./pods.ts";

/** How many requests are under way at the same time. */
const CONCURRENCY = 32;

/**
 * Fills a cluster with pods. One healthy and one failing pod are created through the API server, as their controller and
 * then their kubelet would write them; all others are copies of these two, defaults and managed fields included, put into
 * etcd directly. The API server takes them up through its watch, as it takes up what another API server wrote.
 */
export class Loader {
  readonly #cluster: HttpCluster;
  readonly #etcd: string;
  readonly #namespaces: number;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  #pods = 0;
  #share = 0;
  #models: { healthy: string; failing: string } | undefined;

  constructor(cluster: HttpCluster, etcd: string, namespaces: number) {
    this.#cluster = cluster;
    this.#etcd = etcd;
    this.#namespaces = namespaces;
  }

  /** Makes the namespaces and the two pods that the others are copies of. */
  async prepare(): Promise<void> {
    await each(this.#namespaces, async (index) => {
      const metadata = { name: namespaceOf(index, this.#namespaces) };
      await this.#cluster.create(paths.namespaces(), { apiVersion: "v1", kind: "Namespace", metadata });
    });
    const namespace = namespaceOf(0, this.#namespaces);
    await this.#cluster.create(paths.pods(namespace), podSpec(0, this.#namespaces));
    this.#models = { healthy: await this.#model(false), failing: await this.#model(true) };
  }

  /** Brings the cluster to this many pods, of which this share fails. @returns how many fail */
  async fill(pods: number, share: number): Promise<number> {
    const changed: number[] = [];
    let failing = 0;
    for (let index = 0; index < pods; index++) {
      if (fails(index, share)) failing++;
      if (index >= this.#pods || fails(index, share) !== fails(index, this.#share)) changed.push(index);
    }
    await each(changed.length, async (position) => {
      const index = changed[position] ?? 0;
      await this.#put(index, fails(index, share));
    });
    this.#pods = pods;
    this.#share = share;
    if (changed.length > 0) await this.#untilSeen(await this.#put(0, fails(0, share)));
    return failing;
  }

  async #model(failing: boolean): Promise<string> {
    const namespace = namespaceOf(0, this.#namespaces);
    const path = paths.pod(namespace, podName(0));
    await this.#cluster.replace(`${path}/status`, { ...podSpec(0, this.#namespaces), status: podStatus(0, failing) });
    const pod = await this.#cluster.get<Pod>(path);
    delete pod.metadata?.resourceVersion;
    return JSON.stringify(pod);
  }

  /** @returns the revision that etcd gave it */
  async #put(index: number, failing: boolean): Promise<string> {
    const model = failing ? this.#models?.failing : this.#models?.healthy;
    if (model === undefined) throw new Error("The models are made first.");
    const namespace = namespaceOf(index, this.#namespaces);
    const name = podName(index);
    const pod = JSON.parse(model) as Pod;
    Object.assign(pod.metadata ?? {}, {
      name,
      namespace,
      uid: `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
    });
    const body = JSON.stringify({
      key: base64(`/registry/pods/${namespace}/${name}`),
      value: base64(JSON.stringify(pod)),
    });
    const { header } = JSON.parse(await this.#post("/v3/kv/put", body)) as { header: { revision: string } };
    return header.revision;
  }

  async #post(path: string, body: string): Promise<string> {
    return await new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const request = http.request(
        `${this.#etcd}${path}`,
        { method: "POST", agent: this.#agent, headers },
        (answer) => {
          let said = "";
          answer.on("data", (chunk: Buffer) => (said += chunk.toString()));
          answer.once("end", () => {
            if (answer.statusCode === 200) resolve(said);
            else reject(new Error(`etcd answered ${answer.statusCode ?? 0}`));
          });
        },
      );
      request.once("error", reject);
      request.end(body);
    });
  }

  /** Waits until the API server's watch cache has seen the revision. */
  async #untilSeen(revision: string): Promise<void> {
    const path = paths.pod(namespaceOf(0, this.#namespaces), podName(0));
    await this.#cluster.get(path, { resourceVersion: revision });
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Runs a task for each number below `count`, some at a time. */
async function each(count: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
