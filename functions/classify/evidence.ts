import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Incident } from "../shared/contracts.ts";
import { isRemediationError } from "../shared/errors.ts";
import { readControllerRevisions } from "../shared/kubernetes/controller-revisions.ts";
import { hpaOf } from "../shared/kubernetes/hpa.ts";
import { isReady } from "../shared/kubernetes/pods.ts";
import type {
  ControllerRevision,
  Hpa,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Workload,
} from "../shared/kubernetes/types.ts";
import type { Action } from "../shared/policy.ts";
import { podsOf, readWorkload, replicaSetsOf } from "../shared/kubernetes/workloads.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";

/** Everything that a diagnosis is drawn from. All reading happens before it. */
export interface Evidence {
  incident: Incident;
  now: Date;
  namespace: Namespace;
  /** The workload as it is now; undefined for bare pods, Jobs and kinds that the workflow does not handle. */
  workload: Workload | undefined;
  /** Its pods; for a bare pod, that pod. */
  pods: Pod[];
  /** The ReplicaSets of a Deployment, which hold its revisions; empty for other kinds. */
  replicaSets: ReplicaSet[];
  /** The ControllerRevisions of a StatefulSet or DaemonSet, which hold its revisions; empty for other kinds. */
  controllerRevisions: ControllerRevision[];
  /** The HPA that owns the workload's scale. */
  hpa: Hpa | undefined;
  /** Since when each node of the workload's pods has not reported, where one has stopped; by its name. */
  lostNodes: ReadonlyMap<string, string>;
  /** The remedies that this execution has tried in vain. */
  tried: readonly Action[];
}

/**
 * Reads the evidence for one incident.
 * @throws RemediationError `WorkloadNotFound` or `NamespaceNotFound` when it is gone since it was detected
 */
export async function gatherEvidence(
  cluster: Cluster,
  incident: Incident,
  tried: readonly Action[],
  now: Date,
): Promise<Evidence> {
  const ref = incident.workload;
  const [namespace, workload] = await Promise.all([
    assertNamespace(cluster, ref.namespace),
    readWorkload(cluster, ref),
  ]);
  if (workload === undefined) {
    const pods = ref.kind === "Pod" ? await readBarePod(cluster, ref.namespace, ref.name) : [];
    return {
      incident,
      now,
      namespace,
      workload,
      pods,
      replicaSets: [],
      controllerRevisions: [],
      hpa: undefined,
      lostNodes: new Map(),
      tried,
    };
  }
  const [pods, replicaSets, controllerRevisions, hpa] = await Promise.all([
    podsOf(cluster, ref, workload),
    ref.kind === "Deployment" ? replicaSetsOf(cluster, ref, workload) : [],
    hasControllerRevisions(ref.kind) ? readControllerRevisions(cluster, ref, workload) : [],
    hpaOf(cluster, ref),
  ]);
  const lostNodes = await findLostNodes(cluster, pods);
  return { incident, now, namespace, workload, pods, replicaSets, controllerRevisions, hpa, lostNodes, tried };
}

function hasControllerRevisions(kind: string): boolean {
  return kind === "StatefulSet" || kind === "DaemonSet";
}

/** How many nodes are asked for: enough for any workload that is not a matter of its nodes. */
const MAX_NODES = 10;

/** A pod on a node that has stopped reporting looks merely unready. */
async function findLostNodes(cluster: Cluster, pods: Pod[]): Promise<Map<string, string>> {
  const names = new Set(pods.filter((pod) => !isReady(pod)).map((pod) => pod.spec?.nodeName));
  const nodes = await Promise.all(
    [...names]
      .filter((name) => name !== undefined)
      .slice(0, MAX_NODES)
      .map(async (name) => ({ name, since: await lostSince(cluster, name) })),
  );
  return new Map(nodes.flatMap(({ name, since }) => (since === undefined ? [] : [[name, since]])));
}

async function lostSince(cluster: Cluster, name: string): Promise<string | undefined> {
  try {
    const { status } = await cluster.get<Node>(paths.node(name));
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return ready?.status === "Unknown" ? (ready.lastTransitionTime ?? "") : undefined;
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}

async function readBarePod(cluster: Cluster, namespace: string, name: string): Promise<Pod[]> {
  try {
    return [await cluster.get<Pod>(paths.pod(namespace, name))];
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return [];
    throw error;
  }
}
