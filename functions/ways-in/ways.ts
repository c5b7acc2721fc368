/** What may start a look beside the schedule: CloudWatch alarms, alerts of a Managed Prometheus, and rules of one's own. */
export const WAYS_IN = ["alarms", "alertmanager", "events"] as const;
export type WayIn = (typeof WAYS_IN)[number];
