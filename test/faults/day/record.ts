/** What is known of a day when it is over. Moments are in milliseconds, durations in seconds. */
export interface DayRecord {
  runs: number;
  /** Of the machine. */
  seconds: number;
  /** How often each outcome was reported. */
  outcomes: Record<string, number>;
  /** Executions that failed, and why. */
  failed: string[];
  /** Executions that were still running an hour after the last one was started. */
  open: number;
  troubles: Trouble[];
  told: Told[];
  /** What the functions changed. */
  writes: Write[];
  /** Taken every hour. */
  samples: Sample[];
  /** Claims that were held when the day was over. */
  held: string[];
  /** The most entries in a claim's history. */
  longestHistory: number;
  claimsAtEnd: number;
  /** Claims that are left when another one is added five weeks later. */
  claimsLeft: string[];
  /** The workload that nobody fixed, and the policy's cool-down. */
  broken: string;
  pause: { base_seconds: number; max_seconds: number };
}

/** A workload that began to fail, as `namespace/name`. */
export interface Trouble {
  workload: string;
  begun: number;
  /** When people ended it; what the workflow heals ends by itself. */
  ended: number | undefined;
}

/** A message to subscribers. */
export interface Told {
  at: number;
  workload: string | undefined;
  outcome: string;
  reason: string | undefined;
}

/** A change that took effect. */
export interface Write {
  at: number;
  what: string;
  path: string;
}

/** The process and the cluster at one hour. */
export interface Sample {
  hour: number;
  /** In bytes, after a collection. */
  heap: number;
  /** Sockets, timers and other things that keep the process alive. */
  handles: number;
  claims: number;
  /** Events that the workflow wrote and that have not expired. */
  events: number;
}
