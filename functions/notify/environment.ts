import type { Environment } from "../run/step.ts";
import type { Notification } from "./notification.ts";

/** What the notify step may use beyond the environment of every step. */
export interface NotifyEnvironment extends Environment {
  /** Delivers a notification to everyone who subscribed. @throws RemediationError `NotificationFailed` */
  publish(notification: Notification): Promise<void>;
  /** How many runs in a row have failed right before this execution; absent where nobody knows. Never fails. */
  failedBefore?: (executionArn: string) => Promise<number>;
}
