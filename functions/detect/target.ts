import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Incident, RequestedRemedy } from "../run/contracts.ts";
import { NOTHING_RESTS, type Detection } from "../run/detection.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { groupField } from "../shared/kubernetes/groups.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import { podFailures } from "../kinds/failing/pod-failures.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { KINDS, kindOf } from "../kinds/kinds.ts";
import { readParts } from "../kinds/pods.ts";
import { WorkloadFinder } from "../kinds/workload-finder.ts";
import { readWorkload } from "../kinds/workloads.ts";
import type { Asked } from "../remedies/asked.ts";
import { askedBy } from "../remedies/contracts.ts";
import type { RunbookRequest, UndoRequest } from "../run/request.ts";
import { groupIncidents } from "../scan/incidents.ts";
import type { Policy } from "../shared/policy.ts";
import { asMissing } from "./missing.ts";

/** Finds the workload that a runbook is about, as the one incident of a detection; `missing` where it is not there. */
export async function findTarget(cluster: Reader, request: RunbookRequest, policy: Policy): Promise<Detection> {
  const asked = request.action === "undo" ? undoAsked(request) : askedBy(request);
  return await findAsked(cluster, request, asked, policy);
}

/** What is to be taken back, of which workload. */
function undoAsked({ kind, name, execution, change, uid }: UndoRequest): Asked<RequestedRemedy> {
  const requested = { action: "undo" as const, execution, change, ...(uid === undefined ? {} : { uid }) };
  const known = KINDS.find((each) => each.kind === kind);
  return { requested, workload: { kind, ...groupField(known?.apiVersion), name } };
}

/** Finds the workload that a remedy is asked for, as the one incident of a detection; `missing` where it is not there. */
export async function findAsked(
  cluster: Reader,
  request: Addressed,
  asked: Asked<RequestedRemedy>,
  policy: Policy,
): Promise<Detection> {
  const { namespace } = request;
  try {
    await assertNamespace(cluster, namespace);
    return foundAs(request, await resolve(cluster, namespace, asked));
  } catch (error) {
    const named = "pod" in asked ? { kind: "Pod", namespace, name: asked.pod } : { ...asked.workload, namespace };
    const incident = await asMissing(cluster, named, policy, error);
    return detectionOf(request, { ...incident, requested: asked.requested }, 0);
  }
}

function foundAs(request: Addressed, { workload, uid, pods, requested }: Target): Detection {
  const failing = pods
    .map((pod) => ({
      name: pod.metadata?.name ?? "",
      node: pod.spec?.nodeName,
      workload,
      failures: podFailures(pod),
    }))
    .filter(({ failures }) => failures.length > 0);
  const incident: Incident = {
    ...(groupIncidents(failing, [])[0] ?? { workload, failures: [], failing_pods: 0, sample_pods: [] }),
    ...(uid === undefined ? {} : { uid }),
    requested,
  };
  return detectionOf(request, incident, pods.length);
}

/** The detection that hands one incident on. */
export function detectionOf(request: Addressed, incident: Incident, podsSeen: number): Detection {
  return {
    status: "failing",
    cluster_name: request.cluster_name,
    namespace: request.namespace,
    dry_run: request.dry_run ?? false,
    pods_seen: podsSeen,
    workloads_seen: 1,
    failing_pods: incident.failing_pods,
    incidents: [incident],
    omitted: 0,
    out_of_scope: 0,
    in_rollout: [],
    resting: NOTHING_RESTS,
    unseen: [],
    storm_seen: [],
  };
}

/** Where something is asked for, and whether only to say what would be done. */
type Addressed = Pick<RunbookRequest, "cluster_name" | "namespace" | "dry_run">;

interface Target {
  workload: WorkloadRef;
  /** The workload's UID, where it was read. */
  uid?: string | undefined;
  pods: Pod[];
  requested: RequestedRemedy;
}

async function resolve(cluster: Reader, namespace: string, asked: Asked<RequestedRemedy>): Promise<Target> {
  const { requested } = asked;
  if ("pod" in asked) {
    const pod = await readPod(cluster, namespace, asked.pod);
    const workload = await new WorkloadFinder(cluster).ownerOf(pod);
    return { workload, pods: [pod], requested: tiedTo(pod, requested) };
  }
  const ref: WorkloadRef = { ...asked.workload, namespace };
  const kind = kindOf(ref);
  const workload = await readWorkload(cluster, ref);
  if (kind === undefined || workload === undefined) return { workload: ref, pods: [], requested };
  const { pods } = await readParts(cluster, kind, ref, workload);
  return { workload: ref, uid: workload.metadata?.uid, pods, requested };
}

/** What is asked for, of that very pod: its name may be another one's by the time that it is done. */
function tiedTo({ metadata }: Pod, requested: RequestedRemedy): RequestedRemedy {
  if (requested.action !== "restart" || metadata?.uid === undefined) return requested;
  return { ...requested, uid: metadata.uid };
}

async function readPod(cluster: Reader, namespace: string, name: string): Promise<Pod> {
  try {
    return await cluster.get<Pod>(paths.pod(namespace, name));
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw new RemediationError(
      "PodNotFound",
      `Pod ${namespace}/${name} does not exist on ${cluster.name}; its controller may have replaced it already. The pods that fail now, detect_failures names.`,
      { cause: error },
    );
  }
}
