import type { Table } from "../../functions/detect/table.ts";
import type {
  DaemonSet,
  Deployment,
  Job,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  StatefulSet,
} from "../../functions/shared/kubernetes/types.ts";
import { printedPod } from "./printed-pod.ts";

/**
 * How the API server prints one kind of object: its columns, those of `kubectl get -o wide` included, and a row's cells.
 * Modelled on kubernetes pkg/printers/internalversion/printers.go
 */
export interface Printer<T> {
  columns: readonly string[];
  cells: (object: T) => (string | number)[];
}

const AGE = "40m";
const name = (object: { metadata?: { name?: string } }): string => object.metadata?.name ?? "";

export const POD_PRINTER: Printer<Pod> = {
  columns: ["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"],
  cells: (pod) => {
    const { ready, status } = printedPod(pod);
    return [
      name(pod),
      ready,
      status,
      "17 (3m12s ago)",
      AGE,
      "10.0.0.7",
      pod.spec?.nodeName ?? "<none>",
      "<none>",
      printedGates(pod),
    ];
  },
};

/** `<none>`, or how many of the readiness gates are true. */
function printedGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  const open = gates.filter(({ conditionType }) =>
    status?.conditions?.some(({ type, status: value }) => type === conditionType && value === "True"),
  );
  return gates.length === 0 ? "<none>" : `${open.length}/${gates.length}`;
}

export const DEPLOYMENT_PRINTER: Printer<Deployment> = {
  columns: ["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"],
  cells: ({ metadata, spec, status }) => [
    ...[name({ metadata: metadata ?? {} }), `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 1}`],
    ...[status?.updatedReplicas ?? 0, status?.availableReplicas ?? 0, AGE, "app", "shop/web:1", "app=web"],
  ],
};

export const REPLICA_SET_PRINTER: Printer<ReplicaSet> = {
  columns: ["Name", "Desired", "Current", "Ready", "Age", "Containers", "Images", "Selector"],
  cells: (replicaSet) => {
    const { spec, status } = replicaSet;
    const current = status?.replicas ?? 0;
    return [
      name(replicaSet),
      spec?.replicas ?? 1,
      current,
      status?.readyReplicas ?? 0,
      AGE,
      "app",
      "shop/web:1",
      "app=web",
    ];
  },
};

export const STATEFUL_SET_PRINTER: Printer<StatefulSet> = {
  columns: ["Name", "Ready", "Age", "Containers", "Images"],
  cells: (set) => [name(set), `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 1}`, AGE, "app", "shop/db:1"],
};

export const DAEMON_SET_PRINTER: Printer<DaemonSet> = {
  columns: ["Name", "Desired", "Current", "Ready", "Up-to-date", "Available", "Node Selector", "Age", "Containers"],
  cells: (set) => {
    const { status } = set;
    const ready = status?.numberReady ?? 0;
    const updated = status?.updatedNumberScheduled ?? 0;
    const counts = [status?.desiredNumberScheduled ?? 0, status?.currentNumberScheduled ?? 0, ready, updated];
    return [name(set), ...counts, status?.numberAvailable ?? 0, "<none>", AGE, "agent"];
  },
};

export const JOB_PRINTER: Printer<Job> = {
  columns: ["Name", "Status", "Completions", "Duration", "Age", "Containers", "Images", "Selector"],
  cells: (job) => {
    const { spec, status } = job;
    const parallelism = spec?.parallelism ?? 0;
    const wanted = spec?.completions ?? (parallelism > 1 ? `1 of ${parallelism}` : 1);
    const ended = status?.conditions?.find((condition) => condition.status === "True")?.type ?? "Running";
    return [name(job), ended, `${status?.succeeded ?? 0}/${wanted}`, "5s", AGE, "main", "shop/report:1", "app=report"];
  },
};

export const NODE_PRINTER: Printer<Node> = {
  columns: ["Name", "Status", "Roles", "Age", "Version", "Internal-IP"],
  cells: (node) => {
    const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
    const state = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
    const cordon = node.spec?.unschedulable === true ? ",SchedulingDisabled" : "";
    return [name(node), state + cordon, "<none>", AGE, "v1.35.4", "10.0.0.1"];
  },
};

export const NAMESPACE_PRINTER: Printer<Namespace> = {
  columns: ["Name", "Status", "Age"],
  cells: (namespace) => [name(namespace), "Active", AGE],
};

/** A Table without its objects, as a server answers that is asked for nothing else. */
export function printed<T>({ columns, cells }: Printer<T>, objects: readonly T[]): Table {
  return {
    kind: "Table",
    columnDefinitions: columns.map((column) => ({ name: column })),
    rows: objects.map((object) => ({ cells: cells(object) })),
  };
}
