import { MANY_RESTARTS, SOME_RESTARTS } from "../kinds/failing/repeated-restarts.ts";
import { isComplete, type Batch, type IndexedColumn, type SuspectRule } from "../kinds/suspects.ts";

/** How long the value of a label may be. */
const MOST_OF_LABEL = 63;
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
  batchesOf,
};

/**
 * The label by which the pods of a ReplicaSet, of a StatefulSet, and of a Job may be known: their names are made from it. The
 * name of an indexed Job's pod has its index behind the Job's, which may as well end with a number of its own.
 * Source: kubernetes.io/docs/reference/labels-annotations-taints; k8s.io/apimachinery pkg/util/rand, SafeEncodeString;
 * kubernetes pkg/controller/job/indexed_job_utils.go, podGenerateNameWithIndex
 */
function batchesOf(name = ""): Batch[] {
  const [, hash] = /-([bcdf-hj-np-tv-xz2456789]{6,10})-[bcdf-hj-np-tv-xz2456789]{5}$/.exec(name) ?? [];
  if (hash !== undefined && !/^\d{6}$/.test(hash)) return [{ label: "pod-template-hash", value: hash }];
  if (name.length > MOST_OF_LABEL) return [];
  if (/-\d+$/.test(name)) return [{ label: "statefulset.kubernetes.io/pod-name", value: name }];
  const [, job] = /^(.*[a-z0-9])-[bcdf-hj-np-tv-xz2456789]{5}$/.exec(name) ?? [];
  if (job === undefined) return [];
  const [, indexed] = /^(.*[a-z0-9])-\d{1,6}$/.exec(job) ?? [];
  return [{ label: "batch.kubernetes.io/job-name", value: job, ...(indexed === undefined ? {} : { or: indexed }) }];
}

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
