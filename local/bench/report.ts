import { cpus, totalmem } from "node:os";
import { WAY_NAMES, type Failed, type Measurement, type Way } from "./measure.ts";
import { plot } from "./plot.ts";

/** One way, measured on one population. */
export interface Row {
  way: Way;
  pods: number;
  namespaces: number;
  share: number;
  failing: number;
  measured: Measurement | Failed;
}

const HEADER = ["pods", "namespaces", "failing", "way", "time", "x detection", "resident", "sent", "requests", "found"];

/** The table for the terminal, the page for the docs, and the plot beside it. */
export function scanReport(rows: Row[]): { table: string; page: string; plot: string } {
  const lines = rows.map((row) => cells(row, rows));
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
  const table = markdownTable(HEADER, lines);
  return { table, page: page(table, machine), plot: plot(rows) };
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

function page(table: string, machine: string): string {
  return `# Performance

Written by \`npm run bench -- --output docs\`. Everything below comes from one run.

## Finding failing pods

Machine: ${machine}; the API server, etcd and each way share it.

Each way runs in a process of its own against a real API server that holds pods of about 9 KB, statuses and managed
fields included. Time counts from the start of the process; resident is the most memory of that process (of the script
alone where kubectl feeds one); sent and requests are the API server's own counters. \`x detection\` is the time as a
multiple of this detection's on the same pods. The quick ways are measured three times, and the median is shown; kubectl
reads the same whatever fails, so it is measured at one share alone.

${table}

![Time and memory over pods](performance.svg)
`;
}
