import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Detection } from "../shared/contracts.ts";
import { limitedAtMaximumSince } from "../shared/kubernetes/hpa.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import { isJobPod, isLeftover, podFailures } from "../shared/kubernetes/pods.ts";
import type { Hpa, Pod } from "../shared/kubernetes/types.ts";
import { controllerOf, WorkloadFinder } from "../shared/kubernetes/workloads.ts";
import type { Policy } from "../shared/policy.ts";
import { outOfScope } from "../shared/scope.ts";
import { groupIncidents, type FailingPod, type LimitedHpa } from "./incidents.ts";
import { stormReason } from "./storm.ts";

/** What to look at, and by which rules. */
export interface Scan {
  clusterName: string;
  namespace: string | undefined;
  dryRun: boolean;
  policy: Policy;
  now: Date;
}

/**
 * Looks for failing pods and limited HPAs, and groups them into incidents.
 * @throws RemediationError `NamespaceNotFound` when the one namespace to look at does not exist
 */
export async function scan(
  cluster: Cluster,
  { clusterName, namespace, dryRun, policy, now }: Scan,
): Promise<Detection> {
  if (namespace !== undefined) await assertNamespace(cluster, namespace);
  const [pods, hpas] = await Promise.all([
    cluster.list<Pod>(paths.pods(namespace)),
    cluster.list<Hpa>(paths.hpas(namespace)),
  ]);

  const failingPods = await findFailingPods(cluster, pods);
  const incidents = groupIncidents(failingPods, findLimitedHpas(hpas, policy, now));
  const inScope = incidents.filter(({ workload }) => outOfScope(workload.namespace, policy) === undefined);
  const storm = stormReason(
    {
      failingWorkloads: incidents.length,
      workloads: countWorkloads(pods),
      failingPods: failingPods.map((pod) => ({ node: pod.node, workload: Object.values(pod.workload).join("/") })),
    },
    policy,
  );

  return {
    status: inScope.length === 0 ? "healthy" : storm === undefined ? "failing" : "storm",
    cluster_name: clusterName,
    ...(namespace === undefined ? {} : { namespace }),
    dry_run: dryRun,
    pods_seen: pods.length,
    workloads_seen: countWorkloads(pods),
    failing_pods: failingPods.length,
    incidents: inScope.slice(0, policy.max_incidents),
    omitted: Math.max(0, inScope.length - policy.max_incidents),
    out_of_scope: incidents.length - inScope.length,
    ...(storm === undefined || inScope.length === 0 ? {} : { storm }),
  };
}

async function findFailingPods(cluster: Cluster, pods: Pod[]): Promise<FailingPod[]> {
  const finder = new WorkloadFinder(cluster);
  const failing = pods
    // A Job keeps its failed pods as its record and retries by its own rules.
    .filter((pod) => !(isJobPod(pod) && isLeftover(pod)))
    .map((pod) => ({ pod, failures: podFailures(pod) }))
    .filter(({ failures }) => failures.length > 0);
  return await Promise.all(
    failing.map(async ({ pod, failures }) => ({
      name: pod.metadata?.name ?? "",
      node: pod.spec?.nodeName,
      workload: await finder.ownerOf(pod),
      failures,
    })),
  );
}

function findLimitedHpas(hpas: Hpa[], policy: Policy, now: Date): LimitedHpa[] {
  return hpas.flatMap((hpa) => {
    const since = limitedAtMaximumSince(hpa);
    const target = hpa.spec.scaleTargetRef;
    if (since === undefined) return [];
    if (now.getTime() - Date.parse(since) < policy.hpa_limited_seconds * 1_000) return [];
    const name = hpa.metadata?.name ?? "";
    return [
      {
        name,
        workload: { kind: target.kind, namespace: hpa.metadata?.namespace ?? "", name: target.name },
        message: `HPA ${name} has wanted more than its maximum of ${hpa.spec.maxReplicas} replicas since ${since}`,
      },
    ];
  });
}

/** Distinct controllers (bare pods count for themselves). */
function countWorkloads(pods: Pod[]): number {
  return new Set(
    pods.map((pod) => {
      const controller = controllerOf(pod.metadata);
      return `${pod.metadata?.namespace ?? ""}/${controller?.kind ?? "Pod"}/${controller?.name ?? pod.metadata?.name ?? ""}`;
    }),
  ).size;
}
