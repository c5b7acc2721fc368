import type { Environment } from "../run/step.ts";
import type { PastRuns } from "./past-runs.ts";
import type { Notification } from "./notification.ts";

/** What is in an execution that EventBridge does not tell of one whose data is encrypted with a key of one's own. */
export interface Described {
  input?: string | undefined;
  error?: string | undefined;
  cause?: string | undefined;
  output?: string | undefined;
}

/** What the notify step may use beyond the environment of every step. */
export interface NotifyEnvironment extends Environment {
  /** Delivers a notification to everyone who subscribed. @throws RemediationError `NotificationFailed` */
  publish(notification: Notification): Promise<void>;
  /** The runs before one; absent where nobody knows. */
  pastRuns?: PastRuns;
  /** Reads an execution that has ended; absent where there is none to ask. @throws RemediationError `ExecutionUnreadable` */
  describe?: (executionArn: string) => Promise<Described>;
}
