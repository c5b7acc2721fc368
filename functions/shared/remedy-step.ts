import type { Remedy, WorkloadRun } from "./contracts.ts";
import { RemediationError } from "./errors.ts";

/**
 * The remedy of a run, if it is the one that this step carries out.
 * @throws RemediationError `InvalidStepInput` when the state machine routed the run to the wrong step
 */
export function remedyOf<Action extends Remedy["action"]>(
  run: WorkloadRun,
  action: Action,
): Extract<Remedy, { action: Action }> {
  const remedy = run.diagnosis?.remedy;
  if (remedy?.action !== action) {
    throw new RemediationError(
      "InvalidStepInput",
      `This step carries out ${action}, not ${remedy?.action ?? "nothing"}.`,
    );
  }
  return remedy as Extract<Remedy, { action: Action }>;
}
