import type { Node } from "../types.ts";
import { apiTime } from "../clock.ts";
import { fromKey, keyOf, type Controller } from "../controllers/controller.ts";
import { conditionOf } from "../controllers/status.ts";
import { NODES } from "../kinds.ts";
import type { Store } from "../store.ts";

/** How often a node reports, and how soon it does when it is not known to be ready. */
const REPORT_SECONDS = 4;
const FIRST_REPORT_SECONDS = 0.1;

/** What a node that is well reports. */
const REPORTED = [
  { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" },
  {
    type: "MemoryPressure",
    status: "False",
    reason: "KubeletHasSufficientMemory",
    message: "kubelet has sufficient memory available",
  },
  {
    type: "DiskPressure",
    status: "False",
    reason: "KubeletHasNoDiskPressure",
    message: "kubelet has no disk pressure",
  },
  {
    type: "PIDPressure",
    status: "False",
    reason: "KubeletHasSufficientPID",
    message: "kubelet has sufficient PID available",
  },
  {
    type: "NetworkUnavailable",
    status: "False",
    reason: "RouteCreated",
    message: "RouteController created a route",
  },
];

/** What a node reports whose annotation says that it is not ready. */
const UNREADY = { type: "Ready", status: "False", reason: "KubeletNotReady", message: "container runtime is down" };

/** Lets nodes report, unless their annotation says that they are lost. */
export function nodeReports(store: Store): Controller {
  const due = new Map<string, number>();
  return {
    concernedBy: ({ resource, object }) => (resource === NODES ? [keyOf(object.metadata)] : []),
    reconcile: (key) => {
      const { name } = fromKey(key);
      const node = store.find<Node>(NODES, undefined, name);
      if (node === undefined || node.metadata?.annotations?.["simulation/failure"] === "node-lost") {
        due.delete(key);
        return undefined;
      }
      const now = store.clock.now();
      const ready = conditionOf(node.status?.conditions, "Ready")?.status === "True";
      const next = due.get(key) ?? now.getTime() + (ready ? REPORT_SECONDS : FIRST_REPORT_SECONDS) * 1_000;
      due.set(key, next);
      if (now.getTime() < next) return (next - now.getTime()) / 1_000;
      due.set(key, now.getTime() + REPORT_SECONDS * 1_000);
      report(store, node, now);
      return REPORT_SECONDS;
    },
  };
}

function report(store: Store, { metadata }: Node, now: Date): void {
  store.change<Node>(
    NODES,
    { name: metadata?.name },
    (node) => {
      const isUnready = node.metadata?.annotations?.["simulation/failure"] === "node-not-ready";
      const conditions = REPORTED.map((usual) => {
        const condition = isUnready && usual.type === "Ready" ? UNREADY : usual;
        const present = conditionOf(node.status?.conditions, condition.type);
        const since = present?.status === condition.status ? present.lastTransitionTime : undefined;
        return { ...condition, lastHeartbeatTime: apiTime(now), lastTransitionTime: since ?? apiTime(now) };
      });
      node.status = { ...node.status, phase: "Running", conditions };
    },
    { status: true },
  );
}
