import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { startCluster } from "../../local/cluster/control-plane.ts";
import { ClusterError } from "../../local/cluster/errors.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import { Loader } from "./load.ts";
import { measureBundles } from "./bundles.ts";
import { countExecutions } from "./executions.ts";
import { measure, WAYS, type Failed, type Measurement, type Way } from "./measure.ts";
import { page, PARTS, tables, type Part, type Results } from "./report.ts";
import type { Row } from "./row.ts";
import { measureFixes } from "./time-to-fix/measure.ts";
import type { BenchConnection } from "./ways/connection.ts";

interface Options {
  parts: Part[];
  pods: number[];
  namespaces: number[];
  failing: number[];
  ways: Way[];
  runs: number;
  output?: string;
}

const command = new Command("npm run bench --")
  .description(
    "Measures the time from a failure to a verified fix, the detection against other ways to find failing pods on a real API server, the bundles, and executions.",
  )
  .option("--parts <names>", `what to measure: ${PARTS.join(",")}`, names(PARTS), [...PARTS])
  .option("--pods <counts>", "how many pods, separated by commas", numbers, [20_000, 100_000])
  .option("--namespaces <counts>", "over how many namespaces", numbers, [20, 500])
  .option("--failing <shares>", "which shares of them fail", numbers, [0, 0.001, 0.05])
  .option("--ways <names>", `which ways: ${WAYS.join(",")}`, names(WAYS), [...WAYS])
  .option("--runs <count>", "how often the quick ways are measured; the median counts", Number, 3)
  .option("--output <directory>", "write what was measured into performance.md and its plot there, for example docs")
  .addHelpText(
    "after",
    `
Everything takes about twelve minutes and 12 GB of memory on two cores. Quick looks:
  npm run bench -- --parts fixes
  npm run bench -- --pods 20000 --namespaces 20 --failing 0.001 --parts scans --ways detection,floor`,
  );

/** These read everything, whatever fails, and take long: they are measured once for each population. */
const SLOW: readonly Way[] = ["kubectl", "typed-client"];
/** With more pods than this kubectl takes more memory than most machines have: 13 GB for 100,000 pods. */
const MOST_PODS_FOR_KUBECTL = 50_000;

try {
  await main(command.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(options: Options): Promise<void> {
  const results: Results = { scans: [], bundles: [], executions: [], fixes: [] };
  if (options.parts.includes("fixes")) results.fixes = await measureFixes(print);
  if (options.parts.includes("bundles")) results.bundles = measureBundles();
  if (options.parts.includes("executions")) results.executions = await countExecutions(print);
  if (options.parts.includes("scans")) {
    for (const namespaces of options.namespaces) await measurePopulation(namespaces, options, results.scans);
  }
  for (const table of Object.values(tables(results))) if (table !== "") print(`\n${table}`);
  if (options.output === undefined) return;
  const file = join(options.output, "performance.md");
  const { markdown, plot } = page(results, existsSync(file) ? readFileSync(file, "utf8") : "");
  mkdirSync(options.output, { recursive: true });
  writeFileSync(file, markdown);
  if (plot !== undefined) writeFileSync(join(options.output, "performance.svg"), plot);
  print(`Written to ${options.output}/performance.md`);
}

async function measurePopulation(namespaces: number, options: Options, rows: Row[]): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "remediation-bench-"));
  const cluster = await startCluster({ directory: join(parent, "cluster"), controllers: false, progress: print });
  const stop = async () => {
    await cluster.stop();
    rmSync(parent, { recursive: true, force: true });
  };
  process.once("SIGINT", () => {
    void stop().then(() => process.exit(130));
  });
  try {
    const connection = writeConnection(parent, cluster.kubeconfig, cluster.kubectl);
    const loader = new Loader(
      new HttpCluster(await connectionFromKubeconfig(cluster.kubeconfig)),
      cluster.etcd,
      namespaces,
    );
    await loader.prepare();
    for (const pods of options.pods) {
      for (const share of options.failing) {
        print(`${pods} pods over ${namespaces} namespaces, ${share * 100} % failing`);
        const failing = await loader.fill(pods, share);
        // What was just written keeps the API server busy for a moment; the first to ask would pay for it.
        await measure("floor", connection, 1);
        for (const way of options.ways) {
          if (SLOW.includes(way) && share !== options.failing[Math.min(1, options.failing.length - 1)]) continue;
          const measured =
            way === "kubectl" && pods > MOST_PODS_FOR_KUBECTL
              ? { failed: "not run: kubectl would need over 12 GB" }
              : await measure(way, connection, SLOW.includes(way) ? 1 : options.runs);
          rows.push({ way, pods, namespaces, share, failing, measured });
          print(`  ${way}: ${describe(measured)}`);
        }
      }
    }
  } finally {
    await stop();
  }
}

/** What every way needs to connect, in a file: the detection and the floor need no kubeconfig library. */
function writeConnection(parent: string, kubeconfig: string, kubectl: string): BenchConnection & { file: string } {
  const text = readFileSync(kubeconfig, "utf8");
  const field = (name: string) => new RegExp(`${name}: "?([^"\\s]+)`).exec(text)?.[1] ?? "";
  const file = join(parent, "connection.json");
  const connection: BenchConnection = {
    server: field("server"),
    ca: Buffer.from(field("certificate-authority-data"), "base64").toString("utf8"),
    token: field("token"),
    kubeconfig,
    kubectl,
  };
  writeFileSync(file, JSON.stringify(connection));
  return { ...connection, file };
}

function describe(measured: Measurement | Failed): string {
  if ("failed" in measured) return measured.failed;
  const { milliseconds, peakBytes, bytes, requests, found } = measured;
  return `${(milliseconds / 1_000).toFixed(2)} s, ${Math.round(peakBytes / 1e6)} MB resident, ${(bytes / 1e6).toFixed(1)} MB in ${requests} answers, ${found} found`;
}

function numbers(text: string): number[] {
  const values = text.split(",").map(Number);
  if (values.some((value) => !(value >= 0))) throw new InvalidArgumentError("numbers, separated by commas");
  return values;
}

function names<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const given = text.split(",");
    const unknown = given.find((name) => !known.includes(name as Name));
    if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is none of ${known.join(", ")}`);
    return given as Name[];
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
