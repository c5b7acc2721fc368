import { isComplete, type SuspectRule } from "../kinds/suspects.ts";

export const POD_SUSPECTS: SuspectRule = {
  columns: ["Name", "Ready", "Status", "Readiness Gates"],
  // Pods that have succeeded are left out by the API server: `Completed` is also printed for failed pods, and for pods one
  // of whose containers is done while another fails.
  query: { fieldSelector: "status.phase!=Succeeded" },
  // `1/1 Running` is also printed for a pod that is held unready by a readiness gate.
  isSuspect: (_name, ready = "", status = "", gates = "") =>
    status !== "Running" || !isComplete(ready) || !(gates === "<none>" || isComplete(gates)),
};

export const NODE_SUSPECTS: SuspectRule = {
  columns: ["Name", "Status"],
  // `Ready,SchedulingDisabled` is a cordoned node that is well.
  isSuspect: (_name, status = "") => status.split(",")[0] !== "Ready",
};
