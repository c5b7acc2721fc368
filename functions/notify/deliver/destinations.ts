/** Where messages are delivered beside what SNS delivers to. Each is a function of its own, which knows one secret. */
export const DESTINATIONS = ["slack", "teams", "pagerDuty"] as const;
export type Destination = (typeof DESTINATIONS)[number];
