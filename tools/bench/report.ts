import { cpus, totalmem } from "node:os";
import type { Bundle } from "./bundles.ts";
import type { ExecutionCount } from "./executions.ts";
import { WAY_NAMES } from "./measure.ts";
import { kubernetesVersion } from "../../local/cluster/binaries.ts";
import { plot } from "./plot.ts";
import type { Row } from "./row.ts";

const HEADER = ["pods", "namespaces", "failing", "way", "time", "x detection", "resident", "sent", "requests", "found"];

/** What a run of the bench measured; what was left out is empty. */
export interface Results {
  scans: Row[];
  bundles: Bundle[];
  executions: ExecutionCount[];
}

/** The tables of the scans, the bundles and the executions, as far as they were measured. */
export function tables({ scans, bundles, executions }: Results): {
  scans: string;
  bundles: string;
  executions: string;
} {
  return {
    scans:
      scans.length === 0
        ? ""
        : markdownTable(
            HEADER,
            scans.map((row) => cells(row, scans)),
          ),
    bundles:
      bundles.length === 0
        ? ""
        : markdownTable(
            ["function", "bundle", "import"],
            bundles.map(({ name, bytes, importMilliseconds }) => [
              name,
              `${Math.round(bytes / 1e3)} KB`,
              `${Math.round(importMilliseconds)} ms`,
            ]),
          ),
    executions:
      executions.length === 0
        ? ""
        : markdownTable(
            ["execution", "outcome", "state transitions", "invocations", "outside waits", "a month at one a minute"],
            executions.map((execution) => [
              execution.what,
              execution.outcomes.join(", "),
              String(execution.transitions),
              String(execution.invocations),
              `${execution.seconds.toFixed(2)} s`,
              `$${monthlyCost(execution).toFixed(2)}`,
            ]),
          ),
  };
}

/** List prices in us-east-1, in dollars. Source: the pricing pages of Step Functions (standard) and Lambda (arm64). */
const PRICE = { transition: 25e-6, invocation: 0.2e-6, gigabyteSecond: 13.3334e-6 };
const RUNS_A_MONTH = 60 * 730;

/** Every invocation is counted as a second at 1 GB, which is more than each was measured to take. */
function monthlyCost({ transitions, invocations }: ExecutionCount): number {
  return RUNS_A_MONTH * (transitions * PRICE.transition + invocations * (PRICE.invocation + PRICE.gigabyteSecond));
}

/** The page for the docs, and the plot beside it. */
export function page(results: Results): { markdown: string; plot: string } {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}, ${kubernetesVersion()}`;
  const { scans, bundles, executions } = tables(results);
  return { markdown: markdown(scans, bundles, executions, machine), plot: plot(results.scans) };
}

function cells({ way, pods, namespaces, share, failing, measured }: Row, rows: Row[]): string[] {
  const population = [pods.toLocaleString("en"), String(namespaces), `${failing} (${share * 100} %)`, WAY_NAMES[way]];
  if ("failed" in measured) return [...population, measured.failed, "", "", "", "", ""];
  const detection = rows.find(
    (row) => row.way === "detection" && row.pods === pods && row.namespaces === namespaces && row.share === share,
  )?.measured;
  const ratio =
    detection === undefined || "failed" in detection ? "" : ratioText(measured.milliseconds / detection.milliseconds);
  return [
    ...population,
    `${(measured.milliseconds / 1_000).toFixed(2)} s`,
    ratio,
    `${Math.round(measured.peakBytes / 1e6)} MB`,
    `${(measured.bytes / 1e6).toFixed(1)} MB`,
    String(measured.requests),
    String(measured.found),
  ];
}

function ratioText(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2);
}

function markdownTable(header: string[], lines: string[][]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const row = (line: string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [row(header), row(widths.map((width) => "-".repeat(width))), ...lines.map(row)].join("\n");
}

function markdown(scans: string, bundles: string, executions: string, machine: string): string {
  return `# Performance

Written by \`npm run bench -- --output docs\`; everything below comes from one run of it.

Machine: ${machine}. The API server, etcd and what is measured share it.

## Finding failing pods

Each way runs in a process of its own against a real API server that holds pods of about 9 KB, statuses and managed
fields included. Time counts from the start of the process; resident is the most memory of that process (of the script
alone where kubectl feeds one); sent and requests are the API server's own counters. "x detection" is the time as a
multiple of this detection's on the same pods. The quick ways are measured three times, and the median is shown; kubectl
and the typed client read the same whatever fails, so they are measured once, at one share.

${scans}

![Time and memory over pods](performance.svg)

The bare Table requests are the floor: one request a namespace, eight at a time, and nothing done with the answers. The
detection asks eight more questions of the whole cluster (namespaces, nodes, five kinds of workloads, HPAs) and reads
each suspect in full.

## Functions

Bundled as they are deployed. The import is timed in a fresh Node, beyond an empty module; the median of nine.

${bundles}

## Executions

Counted on a real control plane with the definition and the handlers that are deployed. The cost is that of one such
execution each minute for a month, at list prices in us-east-1, with a second of 1 GB for each invocation; a rollback
does not happen every minute, so its figure only compares.

${executions}
`;
}
