import type { Environment } from "../run/step.ts";
import type { ExecutionRef } from "../run/contracts.ts";
import type { FailedRuns } from "./failures-in-a-row.ts";
import type { PastOutcome } from "./unclaimed.ts";
import type { Notification } from "./notification.ts";
import type { OutcomeRecord } from "./record/record.ts";

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

/** What links are made with by which people decide about what is proposed. */
export interface Links {
  /** Where the page is, with a slash at its end. */
  address: string;
  /** The code of a text, in hexadecimal digits. @throws what AWS answers */
  sign(text: string): Promise<string>;
}

/** What the notify step may use beyond the environment of every step. */
export interface NotifyEnvironment extends Environment {
  /** Delivers a notification to everyone who subscribed. @throws RemediationError `NotificationFailed` */
  publish(notification: Notification): Promise<void>;
  /** Keeps an outcome for whoever looks back; absent where nothing is kept. Done again, it is kept once. @throws whatever the place where it is kept answers */
  keep?(record: OutcomeRecord): Promise<void>;
  /** The runs before one; absent where nobody knows. */
  pastRuns?: PastRuns;
  /** Reads an execution; absent where there is none to ask. @throws RemediationError `ExecutionUnreadable` */
  describe?: (executionArn: string) => Promise<Described>;
  /** Absent where people get no links. */
  links?: Links | undefined;
}
