import { isOfKind, kindOf, KINDS } from "../kinds/kinds.ts";
import { describeWorkload, readWorkload } from "../kinds/workloads.ts";
import type { Incident } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { originOf, type DecisionRequest, type WorkloadRequest } from "../run/request.ts";
import { workloadKey } from "../scan/incidents.ts";
import { scan } from "../scan/scan.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { RemediationError } from "../shared/errors.ts";
import { groupField } from "../shared/kubernetes/groups.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { asMissing } from "./missing.ts";
import { detectionOf } from "./target.ts";

/**
 * Finds the workload that a request names without a remedy, with what fails on it; `missing` where it is not there.
 * @throws RemediationError what a scan may throw
 */
export async function findNamed(
  cluster: Reader,
  request: WorkloadRequest,
  policy: Policy,
  now: Date,
): Promise<Detection> {
  const origin = originOf(request);
  const workload = namedIn(request);
  if (request.action === "remediate") return await findOne(cluster, request, { workload, origin }, policy, now);
  const asked = { ...request, dry_run: true };
  return await findOne(cluster, asked, { workload, origin, only_diagnosed: true }, policy, now);
}

/**
 * What a look at the namespace finds of one workload; no failure where it finds none, `missing` where it is not there.
 * @throws RemediationError `InvalidRequest` where it is of a kind that is not looked at
 */
export async function findOne(
  cluster: Reader,
  request: WorkloadRequest | DecisionRequest,
  wanted: Partial<Incident> & Pick<Incident, "workload">,
  policy: Policy,
  now: Date,
): Promise<Detection> {
  const { cluster_name: clusterName, namespace, dry_run: dryRun = false } = request;
  const { workload: named } = wanted;
  let found: Incident | undefined;
  try {
    const { incidents } = await scan(cluster, { clusterName, namespace, dryRun, findingsOnly: true, policy, now });
    found = incidents.find(({ workload }) => workloadKey(workload) === workloadKey(named));
    if (found === undefined) {
      assertLookedAfter(named);
      await readWorkload(cluster, named);
    }
  } catch (error) {
    found = await asMissing(cluster, named, policy, error);
  }
  const incident: Incident = { failures: [], failing_pods: 0, sample_pods: [], ...found, ...wanted };
  return detectionOf(request, incident, incident.failing_pods);
}

/** Of what is not looked at nobody can say that nothing fails. @throws RemediationError `InvalidRequest` */
function assertLookedAfter(workload: WorkloadRef): void {
  if (kindOf(workload) !== undefined) return;
  const { tool = "" } = KINDS.find((kind) => isOfKind(workload, kind)) ?? {};
  throw new RemediationError(
    "InvalidRequest",
    `The request is refused: kind: ${describeWorkload(workload)} is not looked at, since the policy does not say so (owners.${tool}).`,
  );
}

/** The workload that a request names. */
export function namedIn(request: WorkloadRequest | DecisionRequest): WorkloadRef {
  const { kind, namespace, name } = request;
  const known = KINDS.find((each) => each.kind === kind);
  return { kind, ...groupField(known?.apiVersion), namespace, name };
}
