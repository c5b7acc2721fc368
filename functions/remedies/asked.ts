/** What a runbook asks for: a remedy, and the workload that it is for, by its own name or by that of one of its pods. */
export type Asked<Requested> = { requested: Requested } & (
  { pod: string } | { workload: { kind: string; group?: string | undefined; name: string } }
);
