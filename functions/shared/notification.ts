import type { Report } from "./contracts.ts";

/** What subscribers receive. */
export interface Notification {
  /** At most 100 printable ASCII characters, as SNS requires. */
  subject: string;
  text: string;
  /** For filter policies. */
  attributes: Record<string, string>;
  report: Report;
}
