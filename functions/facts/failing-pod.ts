import type { Failure } from "../shared/kubernetes/failures.ts";
import type { Pod } from "../shared/kubernetes/types.ts";

/** A pod that fails, and how. */
export interface FailingPod {
  pod: Pod;
  failures: Failure[];
}
