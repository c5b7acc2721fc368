import * as z from "zod";
import { fitting } from "../run/fitting.ts";
import { entryOf } from "../run/history.ts";
import { isRemembered } from "../run/outcome.ts";
import type { Cluster } from "../shared/cluster/cluster.ts";
import { lambda } from "../lambda/lambda.ts";
import { Claim, ExecutionRef, type HistoryEntry, type Report, WorkloadResult, WorkloadRun } from "../run/contracts.ts";
import { Detection, StormMemory } from "../run/detection.ts";
import { templateSince } from "../run/present-template.ts";
import { policyFor } from "../run/policy-for.ts";
import { restRequest } from "../run/rest.ts";
import { Redrive } from "../run/resumption.ts";
import { contract, step } from "../run/step.ts";
import { isCalling, isLeftUntold, mayHaveChanged, reportOf } from "../run/telling.ts";
import { acquire, release, type ClaimRequest } from "./claim.ts";
import { keepBreakerLease } from "./breaker-lease.ts";
import { endStorm, rememberStorm, stormTold } from "./storm.ts";
import { takeUp } from "./take-up.ts";

const ClaimInput = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.enum(["acquire", "take_up", "release"]), redrive: Redrive, run: WorkloadRun }),
  z.strictObject({
    operation: z.enum(["storm", "storm_told", "storm_over"]),
    detection: Detection,
    execution: ExecutionRef,
  }),
]);

/**
 * Takes the claim on a workload before anything else, and gives it back after everything else; an execution that was redriven
 * takes it up again, and is told where to go on. Remembers storms in the same
 * way, so that they are not told every minute.
 */
export const claim = step(
  contract(ClaimInput),
  z.union([Claim, StormMemory, WorkloadResult, WorkloadRun]),
  async (input, environment) => {
    if ("detection" in input) {
      const { detection, execution } = input;
      const cluster = await environment.connect(detection.cluster_name);
      const [policy, now] = [await policyFor(environment, detection.cluster_name), environment.now()];
      if (input.operation === "storm_told") return await stormTold(cluster, { detection, execution });
      if (input.operation === "storm_over") return await endStorm(cluster, { detection, execution, now });
      return await rememberStorm(cluster, { detection, execution, policy, now });
    }
    const { operation, redrive, run } = input;
    const cluster = await environment.connect(run.cluster_name);
    const policy = await policyFor(environment, run.cluster_name);
    const request = {
      ...restRequest(run.incident, policy, environment.now(), run.dry_run),
      holder: run.execution.name,
      run,
      redrive,
      dryRun: run.dry_run,
    };
    if (operation === "acquire") return await acquire(cluster, request);
    if (operation === "take_up") return await takeUp(cluster, run, redrive, request);

    // What people were told is what is remembered; only where nobody could be told it is decided here.
    const report = run.report ?? reportOf(run, request.policy, request.now);
    // A claim whose answer was lost is in the cluster all the same; what is not this execution's is left alone.
    if (run.claim?.status !== "refused" && !run.dry_run) {
      if (report.reason === "BreakerOpen") await keepBreakerLease(cluster);
      await release(
        cluster,
        request,
        isRemembered(run, report) ? await entryFor(cluster, run, report, request) : undefined,
      );
    }
    return { ...fitting(report, run.workloads ?? 1), delivered: run.report !== undefined };
  },
);

/** What is remembered of a run. What could not be diagnosed goes by its template as well, so that it cools down. */
async function entryFor(
  cluster: Cluster,
  run: WorkloadRun,
  report: Report,
  { policy, now }: Pick<ClaimRequest, "policy" | "now">,
): Promise<HistoryEntry> {
  const { cause, action, outcome, reason, told_before, valid_until } = report;
  const told = told_before ?? (run.report === undefined || isLeftUntold(run, report, policy) ? null : undefined);
  const entry = entryOf(run, {
    ...{ at: now.toISOString(), cause, action, outcome, reason, told, valid_until },
    applied: mayHaveChanged(run) ? true : undefined,
    calls: told !== null && isCalling(run, report) ? true : undefined,
  });
  const marks = marksOf(run, report);
  return {
    ...entry,
    template: entry.template ?? (await templateSince(cluster, run.incident.workload, undefined)),
    ...(marks.length === 0 ? {} : { marks }),
  };
}

/** Marks of what waits for the workload, as people were told: with this message, or where there is none with an earlier one. */
function marksOf({ incident, claim }: WorkloadRun, { told_before }: Report): string[] {
  if (told_before === undefined) return incident.dependants?.marks ?? [];
  return claim?.history?.find(({ marks }) => marks !== undefined)?.marks ?? [];
}

export const handler = lambda(claim);
