import * as http from "node:http";

/** How many transactions are under way at the same time. */
const CONCURRENCY = 6;
/** What etcd takes in one transaction by default. Source: go.etcd.io/etcd embed/config.go */
const MOST_IN_BATCH = 100;
const BATCH_BYTES = 1_000_000;

interface Operation {
  bytes: number;
  request: object;
}

/** Writes to an etcd, many keys at a time. */
export class Etcd {
  readonly #url: string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  readonly #underWay = new Set<Promise<unknown>>();
  #batch: Operation[] = [];
  #bytes = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** Takes a write up, and waits while too many are under way. */
  async put(key: string, value: string): Promise<void> {
    await this.#add({ bytes: value.length, request: { requestPut: { key: base64(key), value: base64(value) } } });
  }

  async delete(key: string): Promise<void> {
    await this.#add({ bytes: 0, request: { requestDeleteRange: { key: base64(key) } } });
  }

  /** Writes one key now. @returns the revision that it got */
  async putNow(key: string, value: string): Promise<string> {
    const said = await this.#post("/v3/kv/put", { key: base64(key), value: base64(value) });
    return (JSON.parse(said) as { header: { revision: string } }).header.revision;
  }

  /** Waits until everything is written. */
  async flush(): Promise<void> {
    this.#send();
    await Promise.all(this.#underWay);
  }

  async #add(operation: Operation): Promise<void> {
    if (this.#bytes + operation.bytes > BATCH_BYTES) this.#send();
    this.#batch.push(operation);
    this.#bytes += operation.bytes;
    if (this.#batch.length >= MOST_IN_BATCH) this.#send();
    while (this.#underWay.size >= CONCURRENCY) await Promise.race(this.#underWay);
  }

  #send(): void {
    if (this.#batch.length === 0) return;
    const success = this.#batch.map(({ request }) => request);
    this.#batch = [];
    this.#bytes = 0;
    const sent = this.#post("/v3/kv/txn", { success }).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }

  async #post(path: string, value: object): Promise<string> {
    const body = JSON.stringify(value);
    return await new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const request = http.request(`${this.#url}${path}`, { method: "POST", agent: this.#agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("end", () => {
          const said = Buffer.concat(chunks).toString();
          if (answer.statusCode === 200) resolve(said);
          else reject(new Error(`etcd answered ${answer.statusCode ?? 0}: ${said.slice(0, 200)}`));
        });
      });
      request.once("error", reject);
      request.end(body);
    });
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
