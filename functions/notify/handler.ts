import * as z from "zod";
import { lambda } from "../lambda/lambda.ts";
import { CaughtError, ExecutionRef, Report, WorkloadRun } from "../run/contracts.ts";
import { Detection, StormMemory } from "../run/detection.ts";
import { recordOutcome } from "../run/event.ts";
import { fitting } from "../run/fitting.ts";
import { Redrive } from "../run/resumption.ts";
import { policyFor } from "../run/policy-for.ts";
import { contract, step } from "../run/step.ts";
import { scheduleOf } from "../run/request.ts";
import { clusterNameField } from "../shared/cluster-name.ts";
import { errorText } from "../shared/caught-error.ts";
import { nameOfError } from "../shared/errors.ts";
import { parsePolicy, type Policy } from "../shared/policy.ts";
import { describeExecution } from "../executions/describe.ts";
import { completed, EndedExecution, isOfARun, isOfAStep, requestOf, untoldError } from "./ended-execution.ts";
import { endedAlone, isOfWorkload } from "./ended-workload.ts";
import type { PresentRun } from "../executions/runs.ts";
import type { NotifyEnvironment } from "./environment.ts";
import { handedOver, leftBehind } from "./handed-over.ts";
import { linkOf } from "./link.ts";
import { measurementsOf } from "./measurements.ts";
import { settledBy, tellingOf, type FailedRuns, type Telling } from "../executions/failures-in-a-row.ts";
import {
  failureMessage,
  MANY_FAIL,
  stormMessage,
  stormOverMessage,
  workAgainMessage,
  workloadMessage,
  type RunFailure,
} from "./message.ts";
import { pastRuns } from "../executions/past-runs.ts";
import { isUnclaimed, withMemory } from "./unclaimed.ts";
import { within } from "../shared/time-left.ts";
import type { OutcomeRecord } from "./record/record.ts";
import { keepInAws } from "./record/keep.ts";
import { recordOf, recordOfRun } from "./record/record-of.ts";
import { links } from "./sign.ts";
import { publishToSns } from "./sns.ts";
import { isToldAnew, overWords, unrememberedWords, whyUnremembered } from "./storm-told.ts";
import { reportedLate, saidLate, stormToldLate, toldLate } from "./told-late.ts";
import { isRemembered, isWorthTelling } from "../run/outcome.ts";
import { isLeftUntold, reportOf } from "../run/telling.ts";

/** How long it may take to leave an outcome on the workload and to keep it, in milliseconds: then there is time left to tell it. */
const RECORD_MS = 20_000;

const NotifyInput = z.discriminatedUnion("about", [
  z.strictObject({ about: z.literal("workload"), redrive: Redrive, run: WorkloadRun }),
  z.strictObject({
    about: z.literal("storm"),
    detection: Detection,
    /** Whether it is remembered that people are told, or the error with which that ended. */
    memory: z.union([StormMemory, CaughtError]),
    execution: ExecutionRef,
  }),
  z.strictObject({ about: z.literal("storm_over"), detection: Detection, execution: ExecutionRef }),
  // What EventBridge tells of an execution that ended.
  z.strictObject({ about: z.literal("execution"), event: EndedExecution }),
  z.strictObject({
    about: z.literal("failure"),
    redrive: Redrive,
    /** The execution's input as it came, which may be anything. */
    request: z.unknown(),
    error: CaughtError,
    execution: ExecutionRef,
  }),
]);

/**
 * Decides the outcome, shows it on the workload, and tells everyone who subscribed. Answers nothing about an execution that
 * has told everyone itself, or of which there is nothing to tell.
 */
export const notify = step(contract(NotifyInput), Report.nullable(), async (input, environment: NotifyEnvironment) => {
  switch (input.about) {
    case "workload": {
      const { run, redrive } = input;
      const [policy, now] = [await policyFor(environment, run.cluster_name), environment.now()];
      const late = toldLate(run, redrive);
      const report = reportedLate(await reportBeside(environment, run, policy, now), late);
      const isWorthIt = isWorthTelling(run, report);
      // First, because it cannot fail: where nobody can be told, it is what is left to find.
      const [kept] = await Promise.all([
        isWorthIt ? keep(environment, recordOf(run, report, now)) : {},
        isRemembered(run, report) ? within(RECORD_MS, () => recordOutcome(environment, run, report)) : undefined,
      ]);
      if (isWorthIt && !isLeftUntold(run, report, policy)) {
        const link = await linkOf(run, report, environment.links);
        await environment.publish(
          workloadMessage(run, report, [...handedOver(run, report, policy), ...leftBehind(run)], late, link),
        );
        environment.measure(run.cluster_name, measurementsOf(run, report, late === undefined ? now : undefined));
      }
      return { ...fitting(report, run.workloads ?? 1), ...kept };
    }
    case "storm": {
      const { detection, execution } = input;
      const { storm = MANY_FAIL } = detection;
      const why = whyUnremembered(input.memory);
      const words = why === undefined ? [] : [unrememberedWords(why, environment.pastRuns !== undefined)];
      const said = [storm, ...words].join(" ");
      const told = { ...detection, storm: saidLate(said, stormToldLate(detection, environment.now())) };
      const message = stormMessage(told, execution);
      const isTold = why === undefined || detection.dry_run || (await isAnew(environment, detection, execution));
      const about = { clusterName: detection.cluster_name, execution, dryRun: detection.dry_run };
      const kept = isTold ? await keep(environment, recordOfRun(message.report, about, environment.now())) : {};
      if (isTold) await environment.publish(message);
      measure(environment, detection.cluster_name, message.report);
      return { ...message.report, ...kept };
    }
    case "storm_over": {
      const { detection, execution } = input;
      const { storm_over: over, cluster_name: clusterName } = detection;
      if (over === undefined) return null;
      const message = stormOverMessage(overWords(over), detection, execution);
      const kept = await keep(environment, recordOfRun(message.report, { clusterName, execution }, environment.now()));
      await environment.publish(message);
      return { ...message.report, ...kept };
    }
    case "failure": {
      const late = input.redrive === 0 ? undefined : { since: undefined };
      const error = { name: input.error.Error, text: saidLate(errorText(input.error), late) };
      const { isTold, words } = isOfAStep(error.name)
        ? await tellingBeside(environment, error.name, input.request, input.execution)
        : { isTold: true, words: "" };
      return await tellFailure(environment, { ...error, inARow: words }, input.request, input.execution, isTold);
    }
    case "execution": {
      const event = await completed(input.event, environment);
      if (isOfWorkload(event)) {
        const ended = await endedAlone(event, environment);
        if (ended === undefined) return null;
        const request = { cluster_name: ended.clusterName };
        return await tellFailure(environment, ended, request, { id: event.executionArn, name: event.name });
      }
      if (event.status === "SUCCEEDED") return await tellThatItWorks(environment, event);
      const error = untoldError(event);
      if (error === undefined) return null;
      const [request, execution] = [requestOf(event), { id: event.executionArn, name: event.name }];
      if (!isOfARun(error.name)) return await tellFailure(environment, error, request, execution);
      const { isTold, words } = await tellingBeside(environment, error.name, request, execution);
      return await tellFailure(environment, { ...error, inARow: words }, request, execution, isTold);
    }
  }
});

/** Keeps a record. That it could not be kept is said beside the outcome, and counted; it changes nothing of it. */
async function keep(environment: NotifyEnvironment, record: OutcomeRecord): Promise<Pick<Report, "record_error">> {
  try {
    await within(RECORD_MS, async () => environment.keep?.(record));
    return {};
  } catch (error) {
    environment.measure(record.cluster_name, [{ name: "RecordsNotKept", value: 1 }]);
    return { record_error: nameOfError(error) };
  }
}

/** Whether people are to be told of a storm that no Lease remembers; who cannot look back tells it. */
async function isAnew(environment: NotifyEnvironment, detection: Detection, execution: ExecutionRef): Promise<boolean> {
  try {
    const past = (await environment.pastRuns?.outcomesBefore(execution, detection.cluster_name)) ?? [];
    return isToldAnew(detection, past, environment.policy(), environment.now());
  } catch {
    return true;
  }
}

/** How the remediation of one workload ended, and whether people know that already. */
async function reportBeside(
  environment: NotifyEnvironment,
  run: WorkloadRun,
  policy: Policy,
  now: Date,
): Promise<Report> {
  const report = reportOf(run, policy, now);
  if (!isUnclaimed(run) || environment.pastRuns === undefined) return report;
  try {
    const past = await environment.pastRuns.outcomesBefore(run.execution, run.cluster_name);
    return withMemory(report, past, policy, now);
  } catch {
    return report;
  }
}

async function tellFailure(
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
  measure(environment, clusterName, message.report);
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

/** What the end of a whole run adds to the metrics. */
function measure(environment: NotifyEnvironment, clusterName: string, { outcome }: Report): void {
  environment.measure(clusterName, [
    { name: "Outcomes", value: 1, dimensions: { outcome } },
    { name: "NeedsPerson", value: 1 },
  ]);
}

export const handler = lambda((environment) =>
  notify({
    ...environment,
    publish: publishToSns,
    keep: keepInAws,
    describe: describeExecution,
    pastRuns,
    links: links(),
  }),
);

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
    return (await within(RECORD_MS, async () => await environment.knownAs?.(named))) ?? named;
  } catch {
    return named;
  }
}
