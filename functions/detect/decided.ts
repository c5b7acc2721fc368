import type { Reader } from "../shared/cluster/cluster.ts";
import type { Policy } from "../shared/policy.ts";
import { proposalOf } from "../run/approval.ts";
import type { Detection } from "../run/detection.ts";
import { historyOf, leaseName } from "../run/lease.ts";
import { originOf, type DecisionRequest } from "../run/request.ts";
import { readLease } from "../run/stored-lease.ts";
import { findOne, namedIn } from "./named.ts";
import { findAsked } from "./target.ts";

/**
 * Finds what a proposal was about anew, as it is now: what somebody had asked for, as the claim remembers it, or what a look
 * at the namespace finds of the workload; `missing` where it is not there.
 * @throws RemediationError what a scan may throw
 */
export async function findDecided(
  cluster: Reader,
  request: DecisionRequest,
  policy: Policy,
  now: Date,
): Promise<Detection> {
  const { action: decision, plan } = request;
  const workload = namedIn(request);
  const approval = { decision, plan, origin: originOf(request) === "person" ? "person" : "agent" } as const;
  const lease = await readLease(cluster, leaseName(workload));
  const { requested, origin = "agent" } = (lease && proposalOf(historyOf(lease), plan)) ?? {};
  if (requested === undefined) return await findOne(cluster, request, { workload, approval }, policy, now);
  const asked = requested.action === "restart" ? { requested, pod: requested.pod } : { requested, workload };
  const found = await findAsked(cluster, request, asked, policy);
  const incidents = found.incidents.map((incident) => ({ ...incident, origin, approval }));
  return { ...found, incidents };
}
