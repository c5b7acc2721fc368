import { RemediationError } from "../shared/errors.ts";
import type { Claim, WorkloadRun } from "./contracts.ts";

/**
 * The run as it begins anew after a remedy that did not help and cannot be undone: that remedy is one of its tries.
 * @throws RemediationError `InvalidStepInput` when there is no such remedy
 */
export function anotherTry({ tries = [], diagnosis, remedy, verification, ...run }: WorkloadRun): WorkloadRun {
  if (diagnosis === undefined || remedy === undefined || verification === undefined) {
    throw new RemediationError("InvalidStepInput", "There is no remedy that was tried in vain.");
  }
  const { cluster_name, dry_run, execution, incident, claim } = run;
  return {
    ...{ cluster_name, dry_run, execution, incident },
    ...(claim === undefined ? {} : { claim: withoutLapse(claim) }),
    tries: [...tries, { diagnosis, remedy, verification }],
  };
}

/** What comes next is begun after the execution was stopped. */
function withoutLapse({ lapsed: _lapsed, ...claim }: Claim): Claim {
  return claim;
}

/** The last of the tries that were made in vain; undefined before the first one. */
export function lastTry({ tries }: Pick<WorkloadRun, "tries">) {
  return tries?.at(-1);
}
