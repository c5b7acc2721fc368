import { randomUUID } from "node:crypto";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import { startExecution, type ExecutionResult } from "../engine/engine.ts";
import { localEnvironment } from "../engine/environment.ts";
import { approveEach, hasProposals } from "./approvals.ts";
import { printDocument, showDocument, SILENT } from "./document.ts";
import type { DocumentFormat } from "./document-format.ts";
import { defaultRecordFile } from "../record/default-file.ts";
import { readInput } from "./input.ts";
import { OpenRuns, type Interrupted } from "./interrupted.ts";
import { Interruption, unlessInterrupted } from "./interruption.ts";
import { connectionFromKubeconfig } from "./kubeconfig.ts";
import { isAnsweredYes } from "./question.ts";
import { ReplicaWatch } from "../live/replicas.ts";
import { tellerFor } from "../live/teller.ts";
import { writeReport } from "../report/file.ts";
import { Recorder } from "../report/recording.ts";
import { showInterrupted, showResult } from "./show.ts";
import { EXIT } from "./exit.ts";
import { exitCode, isDetection } from "./summary.ts";

/** How long after a look at the replicas of the workloads the next one begins, in milliseconds. */
const BETWEEN_LOOKS = 3_000;

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
  /** Prints one document when it has ended, instead of telling it as it goes. */
  output?: DocumentFormat | undefined;
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
  const codeOf = (result: ExecutionResult) => exitCode(result, options.input !== undefined);
  try {
    if (options.yes || options.dryRun) return codeOf(await execute(options, options.dryRun, interruption));
    const plan = await execute(options, true, interruption);
    const acts = wouldAct(plan);
    if (plan.status !== "succeeded" || isDetection(plan.output) || !(acts || hasProposals(plan))) return codeOf(plan);
    const confirmed = await isConfirmed(options.json || options.output !== undefined, acts, interruption);
    if (interruption.signal.aborted) return exitCode(interruptedBefore(options));
    if (!confirmed) return acts ? EXIT.needsPerson : codeOf(plan);
    return await approveEach(await execute(options, false, interruption), {
      ask: (question) => isAnsweredYes(question, interruption),
      execute: (request) =>
        execute({ ...options, namespace: undefined, input: JSON.stringify(request) }, false, interruption),
      isInterrupted: () => interruption.signal.aborted,
    });
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

/** Whether whoever sits at the terminal wants a plan carried out; where nobody does, or a program reads, nobody is asked. */
async function isConfirmed(isRead: boolean, acts: boolean, interruption: Interruption): Promise<boolean> {
  if (isRead || !process.stdin.isTTY) {
    if (acts) process.stderr.write("That was the plan; nothing was changed. Add --yes to carry it out.\n");
    return false;
  }
  const question = acts ? "Carry it out?" : "Have it proposed, and approve it or not?";
  return await isAnsweredYes(`That was the plan; nothing was changed yet. ${question}`, interruption);
}

async function execute(
  options: ClusterRunOptions,
  dryRun: boolean,
  { signal }: Interruption,
): Promise<ExecutionResult> {
  const { kubeconfig, context, namespace, input, policy, json, output, report, record = defaultRecordFile() } = options;
  const connection = await unlessInterrupted(connectionFromKubeconfig(kubeconfig, context), signal);
  if (connection === undefined || signal.aborted) return interruptedBefore(options);
  const notifications: Notification[] = [];
  const environment = localEnvironment(connection, policy, notifications, record);
  const openRuns = new OpenRuns();
  const recorder = new Recorder(() => environment.now());
  const teller = output === undefined ? tellerFor(process.stdout, json, () => environment.now()) : SILENT;
  const watch = new ReplicaWatch(
    () => environment.connect(connection.name),
    BETWEEN_LOOKS,
    (reading) => {
      recorder.count(reading);
      teller.count(reading);
    },
  );
  const execution = startExecution({
    input: readInput({
      ...(input === undefined ? {} : { input }),
      ...(namespace === undefined ? {} : { namespace }),
      dryRun,
      context: connection.name,
      entry: connection.entry,
      others: connection.others,
    }),
    name: `local-${randomUUID()}`,
    environment,
    onEvent: (event) => {
      openRuns.see(event);
      recorder.see(event);
      teller.see(event);
      watch.see(event);
    },
  });
  const abort = () => {
    watch.stop();
    teller.end();
    process.stderr.write(
      "Interrupted: waiting for the requests that are under way. Press Ctrl-C again to end at once.\n",
    );
    execution.abort();
  };
  signal.addEventListener("abort", abort);
  const result = await execution.result;
  signal.removeEventListener("abort", abort);
  watch.stop();
  teller.end();
  if (result.status === "aborted") tellInterrupted(await openRuns.release(environment), options, environment.now());
  const recording = recorder.finish(connection.name, result, notifications);
  if (output === undefined) showResult(recording, { json, kubectl: kubectlFor(options) });
  else if (result.status !== "aborted") showDocument(output, result, notifications);
  writeReport(report, recording);
  return result;
}

/** What stands in a command line as it is. */
const PLAIN = /^[\w./:@~-]+$/;

/** How a person reaches the same cluster with kubectl. */
function kubectlFor({ kubeconfig, context }: ClusterRunOptions): string {
  const flags = Object.entries({ kubeconfig, context }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, PLAIN.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`],
  );
  return ["kubectl", ...flags].join(" ");
}

/** In which form things are printed. */
type Printing = Pick<ClusterRunOptions, "json" | "output">;

/** Says that it was interrupted before anything was begun. */
function interruptedBefore(options: Printing): ExecutionResult {
  tellInterrupted([], options, new Date());
  return { status: "aborted" };
}

/** Says what an interrupted run leaves behind. */
function tellInterrupted(workloads: readonly Interrupted[], { json, output }: Printing, now: Date): void {
  if (output === undefined) showInterrupted(workloads, json, now);
  else printDocument(output, { interrupted: true, workloads });
}
