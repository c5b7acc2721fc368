import type { Environment } from "../run/step.ts";
import type { Notification } from "./notification.ts";

/** What the notify step may use beyond the environment of every step. */
export interface NotifyEnvironment extends Environment {
  /** Delivers a notification to everyone who subscribed. @throws RemediationError `NotificationFailed` */
  publish(notification: Notification): Promise<void>;
}
