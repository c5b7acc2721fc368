import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { startCluster } from "../../local/cluster/control-plane.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import type { BenchConnection } from "./ways/connection.ts";
import type { ScriptName } from "./ways.ts";
import { Wire } from "./wire.ts";

/** An API server, and what it takes to measure those who ask it. */
export interface Stage {
  /** Reaches it directly, beside what is counted. */
  cluster: HttpCluster;
  etcd: string;
  wire: Wire;
  /** Each way as one file, as functions are deployed. */
  scripts: ReadonlyMap<ScriptName, string>;
  /** The file that tells a way how to reach the API server, over the wire. */
  connection: (compressed: boolean) => string;
  /** Writes a value into a file of that name. @returns its path */
  write: (name: string, value: unknown) => string;
  stop: () => Promise<void>;
}

const SCRIPT_NAMES = ["detection", "audit", "diagnosis", "floor", "one-table", "typed-client", "kubectl"] as const;

/** Starts an API server without controllers, so that objects stay as they are written. */
export async function openStage(progress: (line: string) => void): Promise<Stage> {
  const parent = mkdtempSync(join(tmpdir(), "remediation-bench-"));
  const cluster = await startCluster({ directory: join(parent, "cluster"), controllers: false, progress });
  const wire = new Wire(Number(new URL(cluster.server).port));
  const stop = async () => {
    wire.close();
    await cluster.stop();
    rmSync(parent, { recursive: true, force: true });
  };
  const interrupted = () => {
    void stop().then(() => process.exit(130));
  };
  process.once("SIGINT", interrupted);
  try {
    const server = `https://127.0.0.1:${await wire.listen()}`;
    return {
      cluster: new HttpCluster(await connectionFromKubeconfig(cluster.kubeconfig)),
      etcd: cluster.etcd,
      wire,
      scripts: bundle(join(parent, "ways")),
      connection: connections(parent, cluster, server),
      write: (name, value) => {
        writeFileSync(join(parent, name), JSON.stringify(value));
        return join(parent, name);
      },
      stop: async () => {
        process.off("SIGINT", interrupted);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function bundle(directory: string): Map<ScriptName, string> {
  const source = fileURLToPath(new URL("ways", import.meta.url));
  buildSync({
    entryPoints: SCRIPT_NAMES.map((name) => ({ in: join(source, `${name}.ts`), out: name })),
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    ...{ bundle: true, platform: "node", format: "esm", target: "node24", mainFields: ["module", "main"] },
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return new Map(SCRIPT_NAMES.map((name) => [name, join(directory, `${name}.mjs`)]));
}

/** Writes what every way needs to connect into files: the detection and the floor need no kubeconfig library. */
function connections(
  parent: string,
  { kubeconfig, kubectl }: { kubeconfig: string; kubectl: string },
  server: string,
): (compressed: boolean) => string {
  const text = readFileSync(kubeconfig, "utf8");
  const field = (name: string) => new RegExp(`${name}: "?([^"\\s]+)`).exec(text)?.[1] ?? "";
  const overWire = join(parent, "wire.kubeconfig");
  writeFileSync(overWire, text.replace(field("server"), server), { mode: 0o600 });
  const connection: Omit<BenchConnection, "compressed"> = {
    server,
    ca: Buffer.from(field("certificate-authority-data"), "base64").toString("utf8"),
    token: field("token"),
    kubeconfig: overWire,
    kubectl,
  };
  return (compressed) => {
    const file = join(parent, compressed ? "connection.json" : "connection-plain.json");
    writeFileSync(file, JSON.stringify({ ...connection, compressed } satisfies BenchConnection), { mode: 0o600 });
    return file;
  };
}
