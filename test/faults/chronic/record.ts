/** What failures that nobody fixes cost, and what was said of them. */
export interface ChronicRecord {
  runs: number;
  /** Executions that did not succeed. */
  failed: string[];
  /** Claims that are held when it is over. */
  held: string[];
  /** Messages that are of no workload. */
  others: string[];
  workloads: ChronicWorkload[];
}

/** Of one workload. */
export interface ChronicWorkload {
  name: string;
  told: { minute: number; outcome: string }[];
  /** States of the workflow that were entered for it. */
  transitions: number;
  /** Changes of it, its HPA and its pods that took effect. */
  changes: number;
  /** Writes of its claim. */
  claims: number;
  /** Events that were written of it. */
  events: number;
}
