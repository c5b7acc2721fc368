import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "../../local/cluster/control-plane.ts";
import { admittingStore, FastClock, startApiServer } from "../../local/embedded/index.ts";
import { Upstream } from "../faults/proxy/forward.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import type { ContractServer } from "./play.ts";

/** A server that has to be stopped. */
export interface StartedServer extends ContractServer {
  stop: () => Promise<void>;
}

/** How long the embedded server remembers what was, in seconds of its clock. */
const MEMORY_SECONDS = 300;
/** How fast its time passes. */
const SPEED = 10;

/** An embedded API server without controllers. */
export async function startEmbedded(): Promise<StartedServer> {
  const clock = new FastClock(SPEED);
  let skipped = 0;
  const now = () => new Date(clock.now().getTime() + skipped * 1_000);
  const store = admittingStore({
    now,
    after: (seconds, callback) => clock.after(seconds, callback),
  });
  const server = await startApiServer(store);
  const upstream = new Upstream({ name: "embedded", server: server.url, authenticate: () => Promise.resolve({}) });
  return {
    now,
    send: (request) => upstream.forward(request),
    forget: () => {
      skipped += MEMORY_SECONDS + 1;
      return Promise.resolve();
    },
    stop: async () => {
      upstream.close();
      await server.stop();
      clock.stop();
    },
  };
}

/** A real API server with its etcd, and nothing else. */
export async function startReal(): Promise<StartedServer> {
  const parent = mkdtempSync(join(tmpdir(), "remediation-contract-"));
  const progress = (line: string) => {
    console.log(line);
  };
  const cluster = await startCluster({ directory: join(parent, "cluster"), controllers: false, progress });
  const upstream = new Upstream(await connectionFromKubeconfig(cluster.kubeconfig));
  return {
    now: () => new Date(),
    send: (request) => upstream.forward(request),
    forget: async () => {
      const etcd = async (path: string, body: object) => {
        const response = await fetch(`${cluster.etcd}/v3/${path}`, { method: "POST", body: JSON.stringify(body) });
        if (!response.ok) throw new Error(`etcd answered ${response.status}: ${await response.text()}`);
        return (await response.json()) as { header: { revision: string } };
      };
      const { header } = await etcd("kv/range", { key: Buffer.from("/").toString("base64") });
      await etcd("kv/compaction", { revision: header.revision });
    },
    stop: async () => {
      upstream.close();
      await cluster.stop();
      rmSync(parent, { recursive: true });
    },
  };
}
