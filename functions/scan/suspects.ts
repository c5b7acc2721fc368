import { MANY_RESTARTS } from "../shared/kubernetes/repeated-restarts.ts";
import { isComplete, type SuspectRule } from "../kinds/suspects.ts";

export const POD_SUSPECTS: SuspectRule = {
  columns: ["Name", "Ready", "Status", "Readiness Gates", "Restarts"],
  // Pods that have succeeded are left out by the API server: `Completed` is also printed for failed pods, and for pods one
  // of whose containers is done while another fails.
  query: { fieldSelector: "status.phase!=Succeeded" },
  // `1/1 Running` is also printed for a pod that is held unready by a readiness gate, and for one that is killed every few
  // minutes.
  isSuspect: (_name, ready = "", status = "", gates = "", restarts = "") =>
    status !== "Running" ||
    !isComplete(ready) ||
    restartedLately(restarts) ||
    !(gates === "<none>" || isComplete(gates)),
};

/** `17 (3m12s ago)`: often, and not hours, days or years ago. */
function restartedLately(restarts: string): boolean {
  const [number = "", ago = ""] = restarts.split(" (");
  return Number(number) >= MANY_RESTARTS && ago !== "" && !/\d[hdy]/.test(ago);
}

export const NODE_SUSPECTS: SuspectRule = {
  columns: ["Name", "Status"],
  // `Ready,SchedulingDisabled` is a cordoned node that is well.
  isSuspect: (_name, status = "") => status.split(",")[0] !== "Ready",
};
