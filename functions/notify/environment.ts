import type { Environment } from "../run/step.ts";
import type { FailedRun } from "./failures-in-a-row.ts";
import type { PresentRun } from "./past-runs.ts";
import type { Notification } from "./notification.ts";

/** What the notify step may use beyond the environment of every step. */
export interface NotifyEnvironment extends Environment {
  /** Delivers a notification to everyone who subscribed. @throws RemediationError `NotificationFailed` */
  publish(notification: Notification): Promise<void>;
  /** The scheduled runs that failed since the last one that worked, the latest first; absent where nobody knows. */
  failedSinceSuccess?: (run: PresentRun) => Promise<FailedRun[]>;
  /** What an execution was started with, as it came; absent where nobody knows. */
  inputOf?: (executionArn: string) => Promise<unknown>;
}
