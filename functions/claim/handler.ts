import * as z from "zod";
import { fitting } from "../run/fitting.ts";
import { entryOf } from "../run/history.ts";
import { isLasting, isRemembered, outcomeOf } from "../run/outcome.ts";
import { lambda } from "../lambda/lambda.ts";
import { Claim, ExecutionRef, StormMemory, WorkloadResult, WorkloadRun } from "../run/contracts.ts";
import { lookedAt } from "../run/looked-at.ts";
import { Detection } from "../run/detection.ts";
import { isUnseen } from "../run/redrive.ts";
import { Redrive } from "../run/resumption.ts";
import { contract, step } from "../run/step.ts";
import { lastTry } from "../run/tries.ts";
import { acquire, release } from "./claim.ts";
import { rememberStorm } from "./storm.ts";
import { takeUp } from "./take-up.ts";

const ClaimInput = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.enum(["acquire", "take_up", "release"]), redrive: Redrive, run: WorkloadRun }),
  z.strictObject({ operation: z.literal("storm"), detection: Detection, execution: ExecutionRef }),
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
    if (input.operation === "storm") {
      const { detection, execution } = input;
      const cluster = await environment.connect(detection.cluster_name);
      const [policy, now] = [environment.policy(), environment.now()];
      return await rememberStorm(cluster, { detection, execution, policy, now });
    }
    const { operation, redrive, run } = input;
    const cluster = await environment.connect(run.cluster_name);
    const request = {
      workload: run.incident.workload,
      ...(lookedAt(run.incident) === undefined ? {} : { lookedAt: { since: run.incident.failures[0]?.since } }),
      holder: run.execution.name,
      redrive,
      dryRun: run.dry_run,
      policy: environment.policy(),
      now: environment.now(),
    };
    if (operation === "acquire") return await acquire(cluster, request);
    if (operation === "take_up") return await takeUp(cluster, run, redrive, request);

    // What people were told is what is remembered; only where nobody could be told it is decided here.
    const report = run.report ?? outcomeOf(run, isLasting(run, request.policy, request.now));
    // A claim whose answer was lost is in the cluster all the same; what is not this execution's is left alone.
    if (run.claim?.status !== "refused" && !run.dry_run) {
      const { cause, action, outcome, reason } = report;
      const entry = entryOf(run, {
        ...{ at: request.now.toISOString(), cause, action, outcome, reason },
        applied: mayHaveChanged(run) ? true : undefined,
      });
      await release(cluster, request, isRemembered(run, report) ? entry : undefined);
    }
    return { ...fitting(report, run.workloads ?? 1), delivered: run.report !== undefined };
  },
);

/** Whether a remedy was carried out, or may have been: its step did not answer, and nobody could look what it did. */
function mayHaveChanged(run: WorkloadRun): boolean {
  return lastTry(run) !== undefined || run.remedy?.status === "applied" || isUnseen(run);
}

export const handler = lambda(claim);
