import type { Environment } from "../run/step.ts";
import type { Described, PastRuns } from "../executions/runs.ts";
import type { Notification } from "./notification.ts";
import type { OutcomeRecord } from "./record/record.ts";

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
