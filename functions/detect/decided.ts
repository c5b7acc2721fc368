import type { Reader } from "../shared/cluster/cluster.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { proposalOf } from "../run/approval.ts";
import type { Incident } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { historyOf, leaseName } from "../run/lease.ts";
import { originOf, type DecisionRequest } from "../run/request.ts";
import { readLease } from "../run/stored-lease.ts";
import { workloadKey } from "../scan/incidents.ts";
import { scan } from "../scan/scan.ts";
import { detectionOf, findAsked, groupOf } from "./target.ts";

/**
 * Finds what a proposal was about anew, as it is now: what somebody had asked for, as the claim remembers it, or what a look
 * at the namespace finds of the workload.
 * @throws RemediationError `NamespaceNotFound`, `PodNotFound` or `WorkloadNotFound`; what a scan may throw
 */
export async function findDecided(
  cluster: Reader,
  request: DecisionRequest,
  policy: Policy,
  now: Date,
): Promise<Detection> {
  const { namespace, name, action: decision, plan } = request;
  const workload: WorkloadRef = { kind: request.kind, ...groupOf(request.kind), namespace, name };
  const approval = { decision, plan, origin: originOf(request) === "person" ? "person" : "agent" } as const;
  await assertNamespace(cluster, namespace);
  const lease = await readLease(cluster, leaseName(workload));
  const requested = lease === undefined ? undefined : proposalOf(historyOf(lease), plan)?.requested;
  if (requested === undefined) return await findFound(cluster, request, { workload, approval }, policy, now);
  const asked = requested.action === "restart" ? { requested, pod: requested.pod } : { requested, workload };
  const found = await findAsked(cluster, request, asked);
  const incidents = found.incidents.map((incident) => ({ ...incident, origin: "agent" as const, approval }));
  return { ...found, incidents };
}

/** What a look at the namespace finds of the workload; no failure where it finds none. */
async function findFound(
  cluster: Reader,
  request: DecisionRequest,
  decided: Pick<Incident, "workload" | "approval">,
  policy: Policy,
  now: Date,
): Promise<Detection> {
  const { cluster_name: clusterName, namespace, dry_run: dryRun = false } = request;
  const { incidents } = await scan(cluster, { clusterName, namespace, dryRun, findingsOnly: true, policy, now });
  const key = workloadKey(decided.workload);
  const found = incidents.find(({ workload }) => workloadKey(workload) === key);
  const incident: Incident = { failures: [], failing_pods: 0, sample_pods: [], ...found, ...decided };
  return detectionOf(request, incident, incident.failing_pods);
}
