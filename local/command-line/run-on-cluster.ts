import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { errorText } from "../../functions/shared/caught-error.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import { startExecution, type ExecutionResult } from "../engine/engine.ts";
import { localEnvironment } from "../engine/environment.ts";
import { defaultRecordFile } from "../record/file.ts";
import { clusterNameOf, readInput } from "./input.ts";
import { OpenRuns, type Interrupted } from "./interrupted.ts";
import { Interruption, unlessInterrupted } from "./interruption.ts";
import { connectionFromKubeconfig } from "./kubeconfig.ts";
import { tellerFor } from "../live/teller.ts";
import { writeReport } from "../report/file.ts";
import { Recorder } from "../report/recording.ts";
import { EXIT, exitCode, isDetection, outcomeTable } from "./summary.ts";

export interface ClusterRunOptions {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
  /** The request, as JSON text or a file. */
  input?: string | undefined;
  policy: Policy;
  dryRun: boolean;
  /** Carries the plan out without asking. */
  yes: boolean;
  json: boolean;
  report: string;
  /** Where outcomes are kept; a file of the user's own when nothing is said. */
  record?: string | undefined;
}

/**
 * Runs the workflow on the cluster of a kubeconfig. Unless told to go ahead, it shows what it would do first, and asks.
 * @returns what the process exits with
 */
export async function runOnCluster(options: ClusterRunOptions): Promise<number> {
  const interruption = new Interruption();
  try {
    if (options.yes || options.dryRun) return exitCode(await execute(options, options.dryRun, interruption));
    const plan = await execute(options, true, interruption);
    if (plan.status !== "succeeded" || isDetection(plan.output) || !wouldAct(plan)) return exitCode(plan);
    const confirmed = await isConfirmed(options.json, interruption);
    if (interruption.signal.aborted) return exitCode(interruptedBefore(options.json));
    if (!confirmed) return EXIT.needsPerson;
    return exitCode(await execute(options, false, interruption));
  } finally {
    interruption.ignore();
  }
}

/** Whether a dry run would have done anything. */
function wouldAct(plan: ExecutionResult): boolean {
  const { workloads = [] } = (plan.status === "succeeded" ? plan.output : {}) as { workloads?: PlannedWorkload[] };
  return workloads.some(
    ({ action, outcome, reason }) => outcome === "DryRun" && action !== "none" && reason === undefined,
  );
}

interface PlannedWorkload {
  action: string;
  outcome: string;
  reason?: string;
}

async function isConfirmed(json: boolean, interruption: Interruption): Promise<boolean> {
  if (json || !process.stdin.isTTY) {
    process.stderr.write("That was the plan; nothing was changed. Add --yes to carry it out.\n");
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // While a line is read, the terminal sends no signal for Ctrl-C. Ctrl-D ends the input, which is no answer.
  terminal.on("SIGINT", () => {
    interruption.request();
  });
  const closed = new Promise<string>((resolve) =>
    terminal.once("close", () => {
      resolve("");
    }),
  );
  try {
    const asked = terminal.question("That was the plan; nothing was changed yet. Carry it out? [y/N] ");
    const answer = await unlessInterrupted(Promise.race([asked.catch(() => ""), closed]), interruption.signal);
    if (answer === undefined || answer === "") process.stderr.write("\n");
    return /^y(es)?$/i.test((answer ?? "").trim());
  } finally {
    terminal.close();
    // An input that is still read would keep the process alive.
    process.stdin.unref();
  }
}

async function execute(
  options: ClusterRunOptions,
  dryRun: boolean,
  { signal }: Interruption,
): Promise<ExecutionResult> {
  const { kubeconfig, context, namespace, input, policy, json, report, record = defaultRecordFile() } = options;
  const connection = await unlessInterrupted(connectionFromKubeconfig(kubeconfig, context), signal);
  if (connection === undefined || signal.aborted) return interruptedBefore(json);
  const notifications: Notification[] = [];
  const environment = localEnvironment(connection, policy, notifications, record);
  const openRuns = new OpenRuns();
  const recorder = new Recorder(() => environment.now());
  const teller = tellerFor(process.stdout, json, () => environment.now());
  const execution = startExecution({
    input: readInput({
      ...(input === undefined ? {} : { input }),
      ...(namespace === undefined ? {} : { namespace }),
      dryRun,
      clusterName: clusterNameOf(connection.name),
    }),
    name: `local-${randomUUID()}`,
    environment,
    onEvent: (event) => {
      openRuns.see(event);
      recorder.see(event);
      teller.see(event);
    },
  });
  const abort = () => {
    process.stderr.write(
      "Interrupted: waiting for the requests that are under way. Press Ctrl-C again to end at once.\n",
    );
    execution.abort();
  };
  signal.addEventListener("abort", abort);
  const result = await execution.result;
  signal.removeEventListener("abort", abort);
  if (result.status === "aborted") showInterrupted(await openRuns.release(environment), json);
  showResult(result, notifications, json);
  writeReport(report, recorder.finish(connection.name, result, notifications));
  return result;
}

/** Says that it was interrupted before anything was begun. */
function interruptedBefore(json: boolean): ExecutionResult {
  showInterrupted([], json);
  return { status: "aborted" };
}

/** Says what an interrupted run leaves behind. */
function showInterrupted(workloads: readonly Interrupted[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ interrupted: true, workloads })}\n`);
    return;
  }
  const lines = workloads.map(({ workload, text }) => `${workload}: ${text}`);
  process.stdout.write(`${lines.length === 0 ? "Nothing was changed." : lines.join("\n")}\n`);
  process.stderr.write("Interrupted.\n");
}

/** Ends what was told of a run with its result. */
export function showResult(result: ExecutionResult, notifications: readonly Notification[], json: boolean): void {
  if (result.status === "failed") {
    const message = errorText({ Error: result.error.name, Cause: result.error.cause });
    if (json) process.stdout.write(`${JSON.stringify({ error: result.error.name, message })}\n`);
    process.stderr.write(`${result.error.name}: ${message}\n`);
  } else if (result.status === "succeeded") {
    const lines = json
      ? JSON.stringify({ result: result.output, notifications: notifications.map(({ document }) => document) })
      : `\n${outcomeTable(result.output)}`;
    process.stdout.write(`${lines}\n`);
  }
}
