import type { ExecutionRef } from "../run/contracts.ts";
import type { FailedRuns } from "./failures-in-a-row.ts";

/** What a run ended with that worked. */
export interface PastOutcome {
  ended: Date;
  /** Its output, as it came. */
  output: unknown;
}

/** What is in an execution that EventBridge does not tell of one whose data is encrypted with a key of one's own. */
export interface Described {
  input?: string | undefined;
  error?: string | undefined;
  cause?: string | undefined;
  output?: string | undefined;
  /** `RUNNING`, or how it ended. */
  status?: string | undefined;
}

/** The scheduled run that others came before. */
export interface PresentRun {
  /** Its execution's ARN. */
  id: string;
  name: string;
  /** What it was started with, as it came. */
  request: unknown;
}

/** What Step Functions remembers of the runs before one. */
export interface PastRuns {
  /** The runs of the same schedule that have failed before the present one. @throws what AWS answers */
  failedBefore(present: PresentRun): Promise<FailedRuns>;
  /** What the latest runs on that cluster ended with that worked, the latest first. @throws what AWS answers */
  outcomesBefore(present: ExecutionRef, clusterName: string): Promise<PastOutcome[]>;
  /**
   * Whether another run of the same schedule that began at that time or later has ended with success before `stopped`.
   * @throws what AWS answers
   */
  workedSince(present: PresentRun, since: Date, stopped: Date): Promise<boolean>;
}
