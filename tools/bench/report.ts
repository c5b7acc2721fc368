import { cpus, totalmem } from "node:os";
import type { Bundle } from "./bundles.ts";
import type { DiagnosisCost } from "./diagnosis.ts";
import type { ExecutionCount } from "./executions.ts";
import { kubernetesVersion } from "../../local/cluster/binaries.ts";
import { plot } from "./plot.ts";
import type { Row } from "./row.ts";
import { SCRIPTS } from "./ways.ts";
import { total, type FixTime } from "./time-to-fix/measure.ts";

const HEADER = [
  ...["pods", "namespaces", "failing", "way", "on the wire", "requests", "CPU", "CPU of the API server", "resident"],
  ...["time", "found", "healthy told"],
];

/** What a run of the bench measured; what was left out is empty. */
export interface Results {
  scans: Row[];
  diagnosis: DiagnosisCost[];
  bundles: Bundle[];
  executions: ExecutionCount[];
  fixes: FixTime[];
}

/** What can be measured on its own. */
export const PARTS = ["fixes", "scans", "diagnosis", "bundles", "executions"] as const;
export type Part = (typeof PARTS)[number];

/** The table of each part, empty where it was not measured. */
export function tables({ scans, diagnosis, bundles, executions, fixes }: Results): Record<Part, string> {
  return {
    fixes: fixes.length === 0 ? "" : markdownTable(FIX_HEADER, fixes.map(fixCells)),
    scans: scans.length === 0 ? "" : markdownTable(HEADER, scans.map(cells)),
    diagnosis: diagnosis.length === 0 ? "" : markdownTable(DIAGNOSIS_HEADER, diagnosis.map(diagnosisCells)),
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

/**
 * The page for the docs, and the plot beside it.
 * @param before the page as it was: of what was not measured now it keeps the sections
 */
export function page(results: Results, before: string): { markdown: string; plot: string | undefined } {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}, ${kubernetesVersion()}`;
  const measured = tables(results);
  const sections = PARTS.map((part) => {
    const { heading, text } = SECTIONS[part];
    return measured[part] === "" ? sectionOf(before, heading) : `## ${heading}\n\n${text(measured[part], machine)}\n`;
  });
  return {
    markdown: [INTRODUCTION, ...sections.filter((section) => section !== "")].join("\n"),
    plot: results.scans.length === 0 ? undefined : plot(results.scans),
  };
}

/** A section of a page with its heading; empty when the page has none of that heading. */
function sectionOf(text: string, heading: string): string {
  const section = text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`));
  return section === undefined ? "" : `${section.trimEnd()}\n`;
}

function cells({ way, pods, namespaces, share, injected, measured }: Row): string[] {
  const size = [pods.toLocaleString("en"), namespaces.toLocaleString("en"), `${injected} (${share * 100} %)`];
  const population = [...size, SCRIPTS[way].name];
  if ("failed" in measured) return [...population, measured.failed, ...Array<string>(7).fill("")];
  const { score } = measured;
  return [
    ...population,
    `${(measured.bytes / 1e6).toFixed(2)} MB`,
    measured.requests.toLocaleString("en"),
    `${measured.cpuSeconds.toFixed(2)} s`,
    `${measured.serverCpuSeconds.toFixed(2)} s`,
    `${Math.round(measured.peakBytes / 1e6)} MB`,
    `${(measured.milliseconds / 1_000).toFixed(2)} s`,
    score === undefined ? "" : `${score.found} of ${score.injected}`,
    score === undefined ? "" : String(score.healthyTold.length),
  ];
}

const DIAGNOSIS_HEADER = ["foreign Events", "requests", "on the wire", "CPU", "time"];

function diagnosisCells({ foreignEvents, requests, bytes, cpuSeconds, milliseconds }: DiagnosisCost): string[] {
  const sent = `${Math.round(bytes / 1e3)} KB`;
  const time = `${(milliseconds / 1_000).toFixed(2)} s`;
  return [foreignEvents.toLocaleString("en"), String(requests), sent, `${cpuSeconds.toFixed(2)} s`, time];
}

function markdownTable(header: string[], lines: string[][]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const row = (line: string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [row(header), row(widths.map((width) => "-".repeat(width))), ...lines.map(row)].join("\n");
}

const FIX_HEADER = [
  ...["what happens", "cause", "remedy", "seeing", "waiting", "acting", "soaking", "total"],
  ...["the Deployment's own word", "by hand"],
];

function fixCells(fix: FixTime): string[] {
  const { what, cause, action, seeing, waiting, acting, soaking, ownWord, byHand } = fix;
  const own = ownWord === undefined ? "never" : `${ownWord} s`;
  const phases = [seeing, waiting, acting, soaking, total(fix)].map((seconds) => `${seconds} s`);
  return [what, cause, action, ...phases, own, `${byHand} s`];
}

const INTRODUCTION = `# Performance

Written by \`npm run bench -- --output docs\`. With \`--parts\`, a run writes these sections anew and keeps the others.
`;

const SECTIONS: Record<Part, { heading: string; text: (table: string, machine: string) => string }> = {
  fixes: {
    heading: "Time to a verified fix",
    text: (
      table,
    ) => `Seconds from the change that breaks a workload, a second or two before its first container fails, until the workflow
has told that it recovered: with the default policy and the default schedule of a minute, on the embedded cluster, whose
clock is simulated, so that the machine's speed is no part of it. The workload had run well for twenty minutes; it breaks
in the middle between two runs. A call of a function counts as a second, which is more than each was measured to take;
pods start within two seconds.

- seeing: until a run names the workload as failing (\`detect.starting_seconds\`, \`detect.unready_seconds\`,
  \`detect.hpa_limited_seconds\`)
- waiting: it is known to fail, and its rollout is left its time: the progress deadline, 600 s where nothing is said; no more
  than \`detect.failed_rollout_seconds\` where it cannot succeed, and none where nothing serves and it crashes on
- acting: claim, diagnosis, and the remedy's writes
- soaking: until all has been well for \`verify.soak_seconds\`

To compare with, the same without the workflow. The Deployment's own word is when it has the condition
\`ProgressDeadlineExceeded\`, at which it does nothing. By hand is from the command of a person (\`kubectl rollout undo\` or
the like) until all is well: what noticing, finding out and deciding take comes on top, and no soak is in it. "It" is what a
rollout brings, but in the last two rows.

${table}`,
  },
  scans: {
    heading: "Finding what fails",
    text: (table, machine) => `Machine: ${machine}. The API server, etcd and what is measured share it.

Each way runs in a process of its own, bundled to one file, against a real API server that holds a population like a
cluster: for 20,000 pods of about 9 KB there are 4,000 Deployments with 24,000 ReplicaSets, StatefulSets, DaemonSets, 3,000
Jobs, CronJobs, 1,200 HPAs, Services with their EndpointSlices, Events and 400 nodes, with names and labels as people give
them. Each failing pod is in a workload of its own as far as there are such; the kinds of failure are in their usual mix, and
some of them show in no pod: an HPA at its maximum or without metrics, a quota that refuses pods.

- on the wire: what the API server sent, counted on the connections, encryption included
- CPU: processor time of the process, from its start; where kubectl feeds a script, of both together
- CPU of the API server: what its process took meanwhile, without what it takes in that time when nobody asks
- resident: the most memory; where kubectl feeds a script, of both together
- found: of the workloads in which a failure was put, those that are told, by name; the others look at pods alone
- healthy told: workloads or pods that are told, and are well: a pod that is held back on purpose, a failure that is old news

The detection runs with its default policy, but without storms: many failures at once are no common cause here. What it
tells is compared in a second run of the same scan, whose answer has no limits. The quick ways are measured three times, and
the median of each number is shown; kubectl and the typed client read the same whatever fails, so that they are measured
once, at one share.

${table}

![What each way costs](performance.svg)

The bare Table requests are one request a namespace, eight at a time; one Table request is for all pods at once, whose rows
do not tell their namespaces.`,
  },
  diagnosis: {
    heading: "Diagnosis",
    text: (
      table,
      machine,
    ) => `The diagnosis of one Deployment, one of whose pods crashes, beside Events of its namespace that are about other objects.
Bundled to one file; the time counts from the start of the process. Machine: ${machine}.

${table}`,
  },
  bundles: {
    heading: "Functions",
    text: (
      table,
      machine,
    ) => `Bundled as they are deployed. The import is timed in a fresh Node, beyond an empty module; the median of nine. Machine:
${machine}.

${table}`,
  },
  executions: {
    heading: "Executions",
    text: (
      table,
      machine,
    ) => `Counted on a real control plane with the definition and the handlers that are deployed. The cost is that of one such
execution each minute for a month, at list prices in us-east-1, with a second of 1 GB for each invocation; a rollback
does not happen every minute, and the schedule starts no healthy run ([cost.md](cost.md)), so these figures only compare. Machine: ${machine}.

${table}`,
  },
};
