import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { errorText } from "../functions/shared/caught-error.ts";
import type { Notification } from "../functions/shared/notification.ts";
import type { Policy } from "../functions/shared/policy.ts";
import { startExecution, type ExecutionResult } from "./engine.ts";
import { localEnvironment } from "./environment.ts";
import { clusterNameOf, readInput } from "./input.ts";
import { OpenRuns } from "./interrupted.ts";
import { connectionFromKubeconfig } from "./kubeconfig.ts";
import { tellerFor } from "./live/teller.ts";
import { writeReport } from "./report/file.ts";
import { Recorder } from "./report/recording.ts";
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
}

/**
 * Runs the workflow on the cluster of a kubeconfig. Unless told to go ahead, it shows what it would do first, and asks.
 * @returns what the process exits with
 */
export async function runOnCluster(options: ClusterRunOptions): Promise<number> {
  if (options.yes || options.dryRun) return exitCode(await execute(options, options.dryRun));
  const plan = await execute(options, true);
  if (plan.status !== "succeeded" || isDetection(plan.output) || !wouldAct(plan)) return exitCode(plan);
  if (!(await isConfirmed(options.json))) return EXIT.needsPerson;
  return exitCode(await execute(options, false));
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

async function isConfirmed(json: boolean): Promise<boolean> {
  if (json || !process.stdin.isTTY) {
    process.stderr.write("That was the plan; nothing was changed. Add --yes to carry it out.\n");
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question("That was the plan; nothing was changed yet. Carry it out? [y/N] ");
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

async function execute(options: ClusterRunOptions, dryRun: boolean): Promise<ExecutionResult> {
  const { kubeconfig, context, namespace, input, policy, json, report } = options;
  const connection = await connectionFromKubeconfig(kubeconfig, context);
  const notifications: Notification[] = [];
  const environment = localEnvironment(connection, policy, notifications);
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
  process.once("SIGINT", execution.abort).once("SIGTERM", execution.abort);
  const result = await execution.result;
  process.off("SIGINT", execution.abort).off("SIGTERM", execution.abort);
  if (result.status === "aborted") {
    for (const line of await openRuns.release(environment)) process.stdout.write(`${line}\n`);
    process.stderr.write("Interrupted.\n");
  }
  showResult(result, notifications, json);
  writeReport(report, recorder.finish(connection.name, result, notifications));
  return result;
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
