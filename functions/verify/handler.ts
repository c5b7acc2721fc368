import * as z from "zod";
import { lambda } from "../lambda/lambda.ts";
import { RemedyResult, UndoVerification, Verification, WorkloadRun } from "../run/contracts.ts";
import { RemediationError } from "../shared/errors.ts";
import type { ObjectRef } from "../shared/object-ref.ts";
import { planOf, remedyFor } from "../remedies/remedies.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { assertClaimed } from "../run/assert-claimed.ts";
import { beginningOf } from "../run/begin-remedy.ts";
import { assertNotRedriven } from "../run/redrive.ts";
import { Redrive } from "../run/resumption.ts";
import { contract, step } from "../run/step.ts";
import { lookWhatWasDone } from "./look.ts";
import { readState } from "../facts/state.ts";
import { verifyUndo } from "./verify-undo.ts";
import { verify } from "./verify.ts";

/** The objects that show what became of the run's remedy: those that it writes to, unless it says otherwise. */
function targetsOf({ diagnosis, incident }: WorkloadRun): ObjectRef[] {
  const plan = planOf(diagnosis?.remedy);
  if (plan === undefined) return [];
  const remedy = remedyFor(plan.action);
  return remedy.shows?.(plan) ?? remedy.writes(plan, incident.workload);
}

const VerifyInput = z.strictObject({
  operation: z.enum(["remedy", "look", "undo"]),
  redrive: Redrive,
  run: WorkloadRun,
});

/**
 * Takes one fresh look at a workload, and says whether the remedy, or its undo, has taken effect; or what a remedy's step
 * did that ended with an error.
 */
export const verifyWorkload = step(
  contract(VerifyInput),
  z.union([Verification, RemedyResult, UndoVerification]),
  async ({ operation, redrive, run }, environment) => {
    // An undo is only looked at, and is as it is.
    if (operation !== "undo") assertNotRedriven(run, redrive);
    const cluster = await environment.connect(run.cluster_name);
    // What the cluster shows may be the work of whoever has taken the workload over.
    if (operation === "look") assertClaimed(run, environment.now());
    const state = await readState(
      cluster,
      run.incident.workload,
      run.verification?.observation ?? run.diagnosis?.known,
      targetsOf(run),
    );
    if (state === undefined) {
      throw new RemediationError(
        "InvalidStepInput",
        `${describeWorkload(run.incident.workload)} is of a kind that is never remedied, so there is nothing to verify.`,
      );
    }
    const now = environment.now();
    switch (operation) {
      case "remedy":
        return verify(run, state, environment.policy(), now);
      case "look":
        return lookWhatWasDone(run, state, await beginningOf(cluster, run), environment.policy(), now);
      case "undo":
        return verifyUndo(run, state, now);
    }
  },
);

export const handler = lambda(verifyWorkload);
