import { MANY_RESTARTS, SOME_RESTARTS } from "../kinds/failing/repeated-restarts.ts";
import { isComplete, type IndexedColumn, type SuspectRule } from "../kinds/suspects.ts";

/** By which node a pod is on, the API server finds it quickly. Source: kubernetes pkg/registry/core/pod/strategy.go, Indexers */
const BY_NODE: IndexedColumn = { column: "Node", field: "spec.nodeName", none: "<none>" };

export const POD_SUSPECTS: SuspectRule & { indexed: IndexedColumn } = {
  columns: ["Name", "Ready", "Status", "Readiness Gates", "Restarts"],
  indexed: BY_NODE,
  // Pods that have succeeded are left out by the API server: `Completed` is also printed for failed pods, and for pods one
  // of whose containers is done while another fails.
  query: { fieldSelector: "status.phase!=Succeeded" },
  // `1/1 Running` is also printed for a pod that is held unready by a readiness gate, for one that is killed every few
  // minutes, and for one between two crashes.
  isSuspect: (_name, ready = "", status = "", gates = "", restarts = "") =>
    status !== "Running" ||
    !isComplete(ready) ||
    restartedLately(restarts) ||
    !(gates === "<none>" || isComplete(gates)),
};

/** `17 (43m ago)`: often, and not hours, days or years ago; or `2 (3m12s ago)`: more than once, and minutes ago. */
function restartedLately(restarts: string): boolean {
  const [number = "", ago = ""] = restarts.split(" (");
  if (ago === "" || /\d[hdy]/.test(ago)) return false;
  return Number(number) >= (/^\d\d+m/.test(ago) ? MANY_RESTARTS : SOME_RESTARTS);
}

export const NODE_SUSPECTS: SuspectRule = {
  columns: ["Name", "Status"],
  // `Ready,SchedulingDisabled` is a cordoned node that is well.
  isSuspect: (_name, status = "") => status.split(",")[0] !== "Ready",
};
