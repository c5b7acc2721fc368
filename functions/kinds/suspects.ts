/**
 * Which printed rows deserve a full read. A row is cleared only when its cells say that all is well: whatever they say
 * otherwise, known or not, makes it a suspect.
 * Source of the columns: kubernetes pkg/printers/internalversion/printers.go
 */
export interface SuspectRule {
  /** The columns that the rule reads, by name; the first is the object's name. */
  columns: readonly [name: string, ...others: string[]];
  isSuspect: (...cells: string[]) => boolean;
  /** What the rows are limited to. */
  query?: Record<string, string>;
}

export const POD_SUSPECTS: SuspectRule = {
  columns: ["Name", "Ready", "Status", "Readiness Gates"],
  // Pods that have succeeded are left out by the API server: `Completed` is also printed for failed pods, and for pods one
  // of whose containers is done while another fails.
  query: { fieldSelector: "status.phase!=Succeeded" },
  // `1/1 Running` is also printed for a pod that is held unready by a readiness gate.
  isSuspect: (_name, ready = "", status = "", gates = "") =>
    status !== "Running" || !isComplete(ready) || !(gates === "<none>" || isComplete(gates)),
};

export const DEPLOYMENT_SUSPECTS: SuspectRule = {
  columns: ["Name", "Ready", "Up-to-date"],
  isSuspect: (_name, ready = "", upToDate) => !isComplete(ready) || ready.split("/")[1] !== upToDate,
};

export const STATEFUL_SET_SUSPECTS: SuspectRule = {
  columns: ["Name", "Ready"],
  isSuspect: (_name, ready = "") => !isComplete(ready),
};

export const DAEMON_SET_SUSPECTS: SuspectRule = {
  columns: ["Name", "Desired", "Current", "Available"],
  isSuspect: (_name, desired, current, available) => desired !== current || desired !== available,
};

export const REPLICA_SET_SUSPECTS: SuspectRule = {
  columns: ["Name", "Desired", "Current"],
  isSuspect: (_name, desired, current) => desired !== current,
};

export const JOB_SUSPECTS: SuspectRule = {
  columns: ["Name", "Completions"],
  // A Job without a fixed number of completions prints `0/1 of 3`.
  isSuspect: (_name, completions = "") => !isComplete(completions),
};

export const NODE_SUSPECTS: SuspectRule = {
  columns: ["Name", "Status"],
  // `Ready,SchedulingDisabled` is a cordoned node that is well.
  isSuspect: (_name, status = "") => status.split(",")[0] !== "Ready",
};

/** `2/2`: all of what is wanted is there. */
function isComplete(ready: string): boolean {
  const [have, want, ...rest] = ready.split("/");
  return rest.length === 0 && have !== "" && have === want;
}
