import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FaultProxy } from "./proxy/proxy.ts";
import { quickPolicy, withOverrides } from "../../local/scenarios/quick-policy.ts";
import type { Measured, Order } from "./load/execution.ts";
import { makeField, PROGRESS_DEADLINE, type Field } from "./load/field.ts";
import { MAX_HISTORY } from "../../infra/limits.ts";
import { MAX_PAYLOAD } from "./load/payloads.ts";
import { rateOf, TimedUpstream, type Rate } from "./load/rate.ts";
import type { Part } from "./part.ts";
import type { Stage } from "./stage.ts";
import { POLICY } from "./situations.ts";

const WORKLOADS = 200;
/** With `--limit`: enough for the Map to have a queue. */
const FEW_WORKLOADS = 20;
/** The memory of the largest function, which the whole execution has to fit into here. */
const MAX_RESIDENT = 1_024 * 1_024 * 1_024;
/** Requests under way at the same moment: twenty workloads, and a client that has sixteen connections. */
const MAX_CONCURRENT = 64;
const MAX_TRANSITIONS = 20;

const PATIENT = {
  verify: { soak_seconds: 2, interval_seconds: 6, deadline_seconds: PROGRESS_DEADLINE, undo_deadline_seconds: 20 },
};
/** So many failing workloads would be a storm otherwise. */
const NO_STORM = { storm: { min_workloads: 10_000, node_share: 1, min_pods_on_node: 100_000 } };

/** One execution on the field, and what must come of it. */
interface Trial {
  what: string;
  overrides: object;
  request?: object;
  check: (measured: Measured, field: Field) => string[];
}

interface Row {
  what: string;
  measured: Measured;
  rate: Rate;
  violations: string[];
}

const TRIALS: readonly Trial[] = [
  {
    what: "the default rules for a storm",
    overrides: {},
    check: ({ outcomes, notifications }) => [
      ...(outcomes.join() === "Storm" ? [] : [`it ended with ${outcomes.join()} instead of Storm`]),
      ...(notifications === 1 ? [] : [`${notifications} notifications instead of one`]),
    ],
  },
  {
    what: "a dry run with `max_incidents` of a quarter",
    overrides: NO_STORM,
    request: { dry_run: true },
    check: ({ outcomes, omitted }, { workloads }) => [
      ...(outcomes.every((outcome) => outcome === "DryRun") ? [] : [`outcomes: ${[...new Set(outcomes)].join()}`]),
      ...(outcomes.length === Math.floor(workloads / 4) ? [] : [`${outcomes.length} incidents were looked after`]),
      ...accounted(outcomes, omitted, workloads),
    ],
  },
  {
    what: "no storm: each workload is rolled back",
    overrides: NO_STORM,
    check: ({ outcomes, omitted, workloads: results, notifications, transitionsOfRecovered }, { workloads }) => [
      ...results
        .filter(({ outcome }) => outcome !== "Recovered")
        .map(({ outcome, reason, summary }) => `a workload ended with ${outcome} (${reason ?? ""}): ${summary}`),
      ...(omitted === 0 ? [] : [`${omitted} of ${workloads} failing workloads were left for the next run`]),
      ...accounted(outcomes, omitted, workloads),
      ...(notifications === outcomes.length ? [] : [`${notifications} notifications of ${outcomes.length} outcomes`]),
      ...(transitionsOfRecovered <= MAX_TRANSITIONS
        ? []
        : [`a workload that recovered took ${transitionsOfRecovered} transitions`]),
    ],
  },
];

/** Many failing workloads in one execution. */
export const LOAD: Part = {
  name: "load",
  summary: "a thousand failing pods of two hundred workloads in one execution",
  title: "Many failures in one execution",
  about: `A thousand failing pods of ${WORKLOADS} Deployments on the real control plane: their rollouts went to an image that does not
exist. One execution finds them all; it runs in a process of its own, so that its memory can be told, and reaches the API
server through a proxy that counts. The limits are those of Step Functions (256 KiB for what goes into and out of a state, 25,000
events in a history, counted as its API names them) and of this project: ${MAX_TRANSITIONS} transitions for a workload whose remedy works
first time, ${MAX_CONCURRENT} requests at the same moment, and the memory of the largest function for the whole execution.`,
  run: async (stage, { limit, tell }) => {
    const workloads = limit === undefined ? WORKLOADS : FEW_WORKLOADS;
    let field: Field;
    try {
      field = await makeField(stage.cluster, workloads, tell);
    } catch (error) {
      tell(`NOT PREPARED ${error instanceof Error ? error.message : String(error)}`);
      return { executions: 0, unprepared: 1, violations: [], figures: "", document: {} };
    }
    const rows: Row[] = [];
    try {
      for (const trial of TRIALS) {
        const row = await play(stage, field, trial);
        rows.push(row);
        tell(`${row.what}: ${row.measured.result}, ${row.measured.seconds.toFixed(1)} s`);
        for (const line of row.violations) tell(`VIOLATION ${line}`);
      }
    } finally {
      await field.remove();
    }
    return {
      executions: rows.length,
      unprepared: 0,
      violations: rows.flatMap(({ what, violations }) =>
        violations.map((line) => `${what}: ${line}\n  npm run test:faults -- --part load`),
      ),
      figures: figures(field, rows),
      document: { workloads: field.workloads, pods: field.pods, rows },
    };
  },
};

async function play(stage: Stage, field: Field, { what, overrides, request, check }: Trial): Promise<Row> {
  const upstream = new TimedUpstream(stage.upstream);
  const proxy = await FaultProxy.start({ upstream });
  try {
    const scope = { namespaces: { allow: field.grounds.map(({ namespace }) => namespace) } };
    const quarter = request === undefined ? {} : { max_incidents: Math.floor(field.workloads / 4) };
    const policy = [PATIENT, scope, quarter, overrides].reduce<object>(withOverrides, POLICY);
    const measured = await execute({
      server: proxy.connection("local").server,
      request: { cluster_name: "local", ...request },
      policy: quickPolicy(policy),
    });
    const rate = rateOf(upstream.spans);
    const [largest] = measured.payloads;
    const violations = [
      ...(measured.result === "succeeded" ? [] : [`the execution ${measured.result}`]),
      ...check(measured, field),
      ...(largest === undefined || largest.bytes <= MAX_PAYLOAD
        ? []
        : [`the ${largest.side} of "${largest.state}" has ${largest.bytes} bytes`]),
      ...Object.entries(measured.history)
        .filter(([, events]) => events > MAX_HISTORY)
        .map(([whose, events]) => `the history of the ${whose} has ${events} events`),
      ...(measured.peakResident <= MAX_RESIDENT ? [] : [`the process took ${megabytes(measured.peakResident)} MB`]),
      ...(rate.concurrent <= MAX_CONCURRENT ? [] : [`${rate.concurrent} requests were under way at the same moment`]),
    ];
    return { what, measured, rate, violations };
  } finally {
    await proxy.stop();
  }
}

/** Runs one execution in a process of its own. */
async function execute(order: Order): Promise<Measured> {
  const script = fileURLToPath(new URL("load/execution.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(order));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Measured;
}

/** Every failing workload is among the outcomes, or counted among those that are left out. */
function accounted(outcomes: readonly string[], omitted: number, workloads: number): string[] {
  return outcomes.length + omitted === workloads
    ? []
    : [`${outcomes.length} outcomes and ${omitted} left out are not ${workloads} failing workloads`];
}

function figures({ workloads, pods }: Field, rows: readonly Row[]): string {
  const line = (what: string, value: (row: Row) => string | number) => `| ${what} | ${rows.map(value).join(" | ")} |`;
  const number = (value: number) => Math.round(value).toLocaleString("en");
  const largest = ({ measured }: Row) => {
    const [payload] = measured.payloads;
    return payload === undefined ? "" : `${number(payload.bytes)} (${payload.side} of "${payload.state}")`;
  };
  return [
    `${number(pods)} failing pods of ${workloads} workloads.`,
    "",
    `| | ${rows.map(({ what }) => what).join(" | ")} |`,
    `| --- |${" --- |".repeat(rows.length)}`,
    line("outcomes", ({ measured }) => tally(measured.outcomes)),
    line("left for the next run, and said so", ({ measured }) => measured.omitted),
    line(`largest payload, bytes (limit ${number(MAX_PAYLOAD)})`, largest),
    line(`events in the run's own history (limit ${number(MAX_HISTORY)})`, ({ measured }) =>
      number(measured.history.run),
    ),
    line(`events in the longest history of a workload (limit ${number(MAX_HISTORY)})`, ({ measured }) =>
      number(measured.history.workload),
    ),
    line(`most transitions of a workload that recovered (limit ${MAX_TRANSITIONS})`, ({ measured }) =>
      number(measured.transitionsOfRecovered),
    ),
    line("peak resident memory of the process, MB", ({ measured }) => megabytes(measured.peakResident)),
    line("largest heap, MB", ({ measured }) => megabytes(measured.peakHeap)),
    line("requests to the API server", ({ rate }) => number(rate.requests)),
    line("most in one second", ({ rate }) => number(rate.perSecond)),
    line(`most at the same moment (limit ${MAX_CONCURRENT})`, ({ rate }) => number(rate.concurrent)),
    line("seconds", ({ measured }) => number(measured.seconds)),
  ].join("\n");
}

function tally(outcomes: readonly string[]): string {
  const counts = Map.groupBy(outcomes, (outcome) => outcome);
  return [...counts].map(([outcome, all]) => `${all.length} ${outcome}`).join(", ");
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
