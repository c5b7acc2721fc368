import type { Reader } from "../shared/cluster/cluster.ts";
import { lostNodesAmong, unreadyNodesAmong } from "../shared/kubernetes/nodes.ts";
import type { Node } from "../shared/kubernetes/types.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import { WorkloadFinder } from "../kinds/workload-finder.ts";
import type { Policy } from "../shared/policy.ts";
import { findFailingPods, findUnreadyNodes, type PodsFound } from "./failing-pods.ts";
import { findFailingHpas, findFailingWorkloads, type HpasFound, type WorkloadsFound } from "./failing-workloads.ts";
import { placesToLook, type Places } from "./places.ts";
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

/** What a scan has seen of the pods, the workloads and the HPAs, before anything is concluded from it. */
export interface Sights {
  view: View;
  places: Places;
  /** The nodes that are not ready. */
  nodes: readonly Node[];
  moment: Moment;
  pods: PodsFound;
  workloads: WorkloadsFound;
  hpas: HpasFound;
}

/**
 * Looks at pods, workloads and HPAs at the same time.
 *
 * @throws RemediationError `NamespaceNotFound` when the one namespace to look at does not exist; the first refusal when
 *   nothing at all could be seen
 */
export async function lookAtAll(cluster: Reader, { namespace, policy, now }: Scan): Promise<Sights> {
  const view = new View(cluster);
  const finder = new WorkloadFinder(cluster);
  const places = await placesToLook(cluster, namespace, policy);
  const nodes = await findUnreadyNodes(view);
  const moment: Moment = {
    now,
    deadlines: policy.detect,
    lostNodes: lostNodesAmong(nodes),
    unreadyNodes: unreadyNodesAmong(nodes),
  };
  const known = findFailingWorkloads(view, places.parts, finder, moment);
  const [pods, workloads, hpas] = await Promise.all([
    findFailingPods(view, { places, finder, moment, crowd: policy.storm.min_pods_on_node, known }),
    known,
    findFailingHpas(view, places, moment),
  ]);
  const [firstBlindSpot] = view.blindSpots;
  if (firstBlindSpot !== undefined && !view.sawSomething) throw firstBlindSpot.error;
  return { view, places, nodes, moment, pods, workloads, hpas };
}
