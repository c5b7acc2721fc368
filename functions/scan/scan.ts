import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Detection } from "../run/detection.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import type { Moment } from "../shared/kubernetes/overdue.ts";
import type { Namespace } from "../shared/kubernetes/types.ts";
import { WorkloadFinder } from "../kinds/workload-finder.ts";
import type { Policy } from "../shared/policy.ts";
import { outOfScope } from "../shared/scope.ts";
import { answer, bounded, fitIncidents, MAX_BYTES } from "./answer.ts";
import { findFailingPods, findLostNodes } from "./failing-pods.ts";
import { findFailingHpas, findFailingWorkloads } from "./failing-workloads.ts";
import { inRollout } from "./in-rollout.ts";
import { groupIncidents, workloadKey } from "./incidents.ts";
import { findStorm, type FailureStorm } from "./storm.ts";
import { cellsOf, type Table } from "./table.ts";
import { View } from "./view.ts";

/** What to look at, and by which rules. */
export interface Scan {
  clusterName: string;
  /** The one namespace to look at; undefined for all that the policy includes. */
  namespace: string | undefined;
  dryRun: boolean;
  /** Whether somebody wants the findings themselves: every failing pod and HPA, and whatever the policy says of them. */
  findingsOnly: boolean;
  policy: Policy;
  now: Date;
}

/**
 * Looks for failing pods, workloads and HPAs, and groups them into incidents.
 *
 * Rows from the API server's watch cache tell the suspects, and only these are read in full. What cannot be seen is
 * named in the answer.
 * @throws RemediationError `NamespaceNotFound` when the one namespace to look at does not exist; the first refusal when
 *   nothing at all could be seen
 */
export async function scan(cluster: Reader, options: Scan): Promise<Detection> {
  const { clusterName, namespace, dryRun, findingsOnly, policy, now } = options;
  const view = new View(cluster);
  const finder = new WorkloadFinder(cluster);
  const places = await placesToLook(cluster, namespace, policy);
  const moment: Moment = { now, deadlines: policy.detect, lostNodes: await findLostNodes(view) };
  const [pods, workloads, hpas] = await Promise.all([
    findFailingPods(view, places.namespaces, finder, moment),
    findFailingWorkloads(view, places.everywhere ? undefined : places.namespaces, finder, moment),
    findFailingHpas(view, places.everywhere ? undefined : places.namespaces, moment),
  ]);
  const [firstBlindSpot] = view.blindSpots;
  if (firstBlindSpot !== undefined && !view.sawSomething) throw firstBlindSpot.error;

  const found = groupIncidents(pods.failing, [...workloads.failing, ...hpas.failing]);
  const inScope = findingsOnly ? found : found.filter(({ workload }) => !outOfScope(workload.namespace, policy));
  const settling = await inRollout(view, inScope, workloads, moment, policy);
  // A rollout that is left its time may still succeed: whoever asks is told, but it is nothing to remedy.
  const incidents = findingsOnly ? inScope : inScope.filter((incident) => !settling.includes(incident));
  const storm = findStorm(
    {
      failingWorkloads: found.length,
      workloads: Math.max(workloads.seen, found.length),
      failingPods: pods.failing.map(({ node, workload }) => ({ node, workload: workloadKey(workload) })),
    },
    policy,
  );
  const shown = fitIncidents(incidents, policy.max_incidents);
  return {
    status: incidents.length === 0 ? "healthy" : storm === undefined ? "failing" : "storm",
    cluster_name: clusterName,
    ...(namespace === undefined ? {} : { namespace }),
    dry_run: dryRun,
    pods_seen: pods.seen,
    workloads_seen: workloads.seen,
    failing_pods: pods.failing.length,
    incidents: shown,
    omitted: incidents.length - shown.length,
    out_of_scope: found.length - inScope.length,
    in_rollout: bounded(
      settling.map(({ workload }) => workload),
      policy.max_incidents,
      MAX_BYTES.rollouts,
    ),
    unseen: view.describeBlindSpots(),
    ...(storm === undefined || incidents.length === 0 ? {} : stormFields(storm)),
    ...(findingsOnly ? answer(pods.failing, hpas.all, moment) : {}),
  };
}

function stormFields({ reason, node }: FailureStorm): Pick<Detection, "storm" | "storm_node"> {
  return { storm: reason, ...(node === undefined ? {} : { storm_node: node }) };
}

/** The namespaces to look at, and whether that is the whole cluster. */
async function placesToLook(
  cluster: Reader,
  namespace: string | undefined,
  policy: Policy,
): Promise<{ namespaces: readonly string[]; everywhere: boolean }> {
  if (namespace !== undefined) {
    await assertNamespace(cluster, namespace);
    return { namespaces: [namespace], everywhere: false };
  }
  const { allow, deny } = policy.namespaces;
  // An allow-list is enough to know where to look, so no permission to list namespaces is needed.
  if (allow !== undefined) return { namespaces: allow.filter((name) => !deny.includes(name)), everywhere: false };
  const rows = cellsOf(await cluster.table<Table>(paths.namespaces()), ["Name"]);
  const names =
    rows?.map(([name]) => name ?? "") ??
    (await cluster.list<Namespace>(paths.namespaces())).map(({ metadata }) => metadata?.name ?? "");
  return { namespaces: names.filter((name) => outOfScope(name, policy) === undefined), everywhere: true };
}
