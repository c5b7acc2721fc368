import { paths } from "../shared/cluster/paths.ts";
import { isJobPod } from "../kinds/job/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { unchangedSince } from "../kinds/status.ts";
import { isOlderThan } from "../shared/kubernetes/failures.ts";
import { containerStatuses, isLeftover } from "../shared/kubernetes/pods.ts";
import { failuresOf, type Moment } from "../kinds/failing/overdue.ts";
import type { Node, Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadFinder } from "../kinds/workload-finder.ts";
import type { WellOn } from "./extent.ts";
import type { FailingPod } from "./incidents.ts";
import { podFacts } from "./pod-facts.ts";
import { NODE_SUSPECTS, POD_SUSPECTS } from "./suspects.ts";
import { cellsOf, type Table } from "./table.ts";
import type { View } from "./view.ts";

/** The nodes that are not printed as ready. */
export async function findUnreadyNodes(view: View): Promise<Node[]> {
  const nodes = await view.tryTo("nodes", () => view.look<Node>(paths.nodes(), NODE_SUSPECTS), { telling: false });
  return nodes?.suspects ?? [];
}

/** What the look at the pods brought. */
export interface PodsFound {
  seen: number;
  failing: FailingPod[];
  /** How many pods are on each node, by their rows, and how many of them are well, by their namespace. */
  podsOn: Map<string, number>;
  wellOn: WellOn;
}

/**
 * Finds the failing pods of these namespaces, and how many pods are well on each node, by their rows. What cannot be seen
 * becomes a blind spot of the view.
 */
export async function findFailingPods(
  view: View,
  namespaces: readonly string[],
  finder: WorkloadFinder,
  moment: Moment,
): Promise<PodsFound> {
  const podsOn = new Map<string, number>();
  const wellOn = new Map<string, Map<string, number>>();
  const looks = await view.each(namespaces, (namespace) =>
    view.tryTo(
      `pods in namespace ${namespace}`,
      async () => {
        const look = await view.look<Pod>(paths.pods(namespace), POD_SUSPECTS, (table) => {
          noteNodes(table, moment, podsOn, (node) => {
            const here = wellOn.get(node) ?? new Map<string, number>();
            wellOn.set(node, here.set(namespace, (here.get(namespace) ?? 0) + 1));
          });
          return onLostNodes(table, moment);
        });
        return { seen: look.seen, failing: await examine(view, look.suspects, finder, moment) };
      },
      { place: namespace },
    ),
  );
  return {
    seen: looks.reduce((sum, look) => sum + (look?.seen ?? 0), 0),
    failing: looks.flatMap((look) => look?.failing ?? []),
    podsOn,
    wellOn,
  };
}

/** A pod on a lost node is printed as it was when its node last reported. */
function onLostNodes(table: Table, { lostNodes }: Moment): string[] {
  if (lostNodes === undefined || lostNodes.size === 0) return [];
  return (cellsOf(table, ["Name", "Node"]) ?? [])
    .filter(([, node]) => lostNodes.has(node ?? ""))
    .map(([name]) => name ?? "");
}

/** What is printed of a pod on a lost node is from before, so that it does not count as well. */
function noteNodes(
  table: Table,
  { lostNodes }: Moment,
  podsOn: Map<string, number>,
  isWell: (node: string) => void,
): void {
  for (const [node = "", ...cells] of cellsOf(table, ["Node", ...POD_SUSPECTS.columns]) ?? []) {
    podsOn.set(node, (podsOn.get(node) ?? 0) + 1);
    if (!POD_SUSPECTS.isSuspect(...cells) && lostNodes?.has(node) !== true) isWell(node);
  }
}

async function examine(view: View, pods: Pod[], finder: WorkloadFinder, moment: Moment): Promise<FailingPod[]> {
  const failing = pods
    // A Job keeps its failed pods as its record and retries by its own rules.
    .filter((pod) => !(isJobPod(pod) && isLeftover(pod)))
    .map((pod) => ({ pod, failures: failuresOf(pod, moment) }))
    .filter(({ failures }) => failures.length > 0);
  const found = await view.each(failing, async ({ pod, failures }) => {
    const workload = await finder.ownerOf(pod);
    // Of what nothing recreates, the record of its end stays until somebody deletes it.
    if (kindOf(workload) === undefined && isLeftover(pod) && isOldNews(pod, moment)) return undefined;
    const name = pod.metadata?.name ?? "";
    return { name, node: pod.spec?.nodeName, workload, failures, facts: podFacts(pod, workload) };
  });
  return found.filter((pod) => pod !== undefined);
}

/** Whether the end of a pod that has failed for good is longer ago than it is news. */
function isOldNews(pod: Pod, { now, deadlines }: Moment): boolean {
  const ends = containerStatuses(pod).map(({ state }) => state?.terminated?.finishedAt);
  const changes = pod.status?.conditions?.map(({ lastTransitionTime }) => lastTransitionTime) ?? [];
  const [ended] = [...ends, ...changes]
    .filter((time) => time != null)
    .sort()
    .reverse();
  return isOlderThan(ended ?? unchangedSince(pod.metadata), deadlines.failed_job_seconds, now);
}
