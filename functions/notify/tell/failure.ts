import { settledBy, tellingOf, type FailedRuns, type Telling } from "../../executions/failures-in-a-row.ts";
import type { PresentRun } from "../../executions/runs.ts";
import type { ExecutionRef, Report } from "../../run/contracts.ts";
import { scheduleOf } from "../../run/request.ts";
import { errorText } from "../../shared/caught-error.ts";
import { clusterNameField } from "../../shared/cluster-name.ts";
import { parsePolicy, type Policy } from "../../shared/policy.ts";
import { within } from "../../shared/time-left.ts";
import { completed, isOfARun, isOfAStep, requestOf, untoldError, type EndedExecution } from "../ended-execution.ts";
import { endedAlone, isOfWorkload } from "../ended-workload.ts";
import type { NotifyEnvironment } from "../environment.ts";
import type { About } from "../input.ts";
import { failureMessage, workAgainMessage, type RunFailure } from "../message.ts";
import { recordOfRun } from "../record/record-of.ts";
import { saidLate } from "../told-late.ts";
import { BESIDE_MS, countRun, keep } from "./kept.ts";

/** Tells of a run that fails, as the run itself says so. */
export async function tellFailedRun(
  environment: NotifyEnvironment,
  { redrive, error: caught, request, execution }: About<"failure">,
): Promise<Report> {
  const late = redrive === 0 ? undefined : { since: undefined };
  const error = { name: caught.Error, text: saidLate(errorText(caught), late) };
  const { isTold, words } = isOfAStep(error.name)
    ? await tellingBeside(environment, error.name, request, execution)
    : { isTold: true, words: "" };
  return await tell(environment, { ...error, inARow: words }, request, execution, isTold);
}

/**
 * Tells of an execution that has ended, as EventBridge says: that it failed where it could not say so itself, or that runs work
 * again. Null where it has told everyone itself, or there is nothing to tell.
 */
export async function tellEndedExecution(
  environment: NotifyEnvironment,
  about: About<"execution">,
): Promise<Report | null> {
  const event = await completed(about.event, environment);
  const execution = { id: event.executionArn, name: event.name };
  if (isOfWorkload(event)) {
    const ended = await endedAlone(event, environment);
    if (ended === undefined) return null;
    return await tell(environment, ended, { cluster_name: ended.clusterName }, execution);
  }
  if (event.status === "SUCCEEDED") return await tellThatItWorks(environment, event);
  const error = untoldError(event);
  if (error === undefined) return null;
  const request = requestOf(event);
  if (!isOfARun(error.name)) return await tell(environment, error, request, execution);
  const { isTold, words } = await tellingBeside(environment, error.name, request, execution);
  return await tell(environment, { ...error, inARow: words }, request, execution, isTold);
}

async function tell(
  environment: NotifyEnvironment,
  error: RunFailure,
  request: unknown,
  execution: ExecutionRef,
  isTold = true,
): Promise<Report> {
  const clusterName = await knownNameOf(request, environment);
  const isScheduled = scheduleOf(request) !== undefined;
  const message = failureMessage({ ...error, isScheduled }, clusterName, execution);
  const about = { clusterName, execution, mayHaveChanged: error.mayHaveChanged };
  const kept = isTold ? await keep(environment, recordOfRun(message.report, about, environment.now())) : {};
  if (isTold) await environment.publish(message);
  countRun(environment, clusterName, message.report);
  return { ...message.report, ...kept };
}

/**
 * Whether people are told of this failure, after those before it. Who asked for something is told each time; so is everyone of
 * an error that neither a step ended with nor each run meets, since something may have been changed then.
 */
async function tellingBeside(
  environment: NotifyEnvironment,
  error: string,
  request: unknown,
  { id, name }: ExecutionRef,
): Promise<Telling> {
  const before = scheduleOf(request) !== undefined ? await failedBefore(environment, { id, name, request }) : NONE;
  return tellingOf(error, before, pausesOf(environment), environment.now());
}

/** Tells once that scheduled runs work again which failed before, when they have worked for long enough. */
async function tellThatItWorks(
  environment: NotifyEnvironment,
  { executionArn: id, name, ...event }: EndedExecution,
): Promise<Report | null> {
  const request = requestOf(event);
  const { startDate, stopDate } = event;
  if (scheduleOf(request) === undefined || startDate == null || stopDate == null) return null;
  const present: PresentRun = { id, name, request };
  const before = await failedBefore(environment, present);
  const settled = settledBy(new Date(startDate), before, pausesOf(environment));
  if (settled === undefined) return null;
  // The first that shows it tells it.
  if (await environment.pastRuns?.workedSince(present, settled.since, new Date(stopDate))) return null;
  const message = workAgainMessage(settled.words, await knownNameOf(request, environment), { id, name });
  await environment.publish(message);
  return message.report;
}

/** The policy in force; the default one where that it is refused is what there is to tell. */
function pausesOf(environment: NotifyEnvironment): Policy {
  try {
    return environment.policy();
  } catch {
    return parsePolicy(undefined);
  }
}

const NONE: FailedRuns = { runs: [], isWhole: true };

/** Who cannot be told how often runs failed is told that this one did. */
async function failedBefore({ pastRuns }: NotifyEnvironment, run: PresentRun): Promise<FailedRuns> {
  try {
    return (await pastRuns?.failedBefore(run)) ?? NONE;
  } catch {
    return NONE;
  }
}

/** The cluster that an unchecked request names, for the message only. */
function clusterNameOf(request: unknown): string {
  const name =
    typeof request === "object" && request !== null ? (request as { cluster_name?: unknown }).cluster_name : "";
  return clusterNameField.safeParse(name).data ?? "(not named)";
}

/** The same, as all steps know the cluster; as it was named where that cannot be looked up. */
async function knownNameOf(request: unknown, environment: NotifyEnvironment): Promise<string> {
  const named = clusterNameOf(request);
  try {
    return (await within(BESIDE_MS, async () => await environment.knownAs?.(named))) ?? named;
  } catch {
    return named;
  }
}
