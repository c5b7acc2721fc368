import { paths } from "../shared/cluster/paths.ts";
import { isJobPod } from "../kinds/job/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { unchangedSince } from "../kinds/status.ts";
import { isOlderThan, type Failure } from "../shared/kubernetes/failures.ts";
import { containerStatuses, isLeftover } from "../shared/kubernetes/pods.ts";
import { failuresOf, type Moment } from "../kinds/failing/overdue.ts";
import type { Node, Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadFinder } from "../kinds/workload-finder.ts";
import type { WellOn } from "./extent.ts";
import type { FailingPod } from "./incidents.ts";
import { light } from "./light.ts";
import { look, readSuspects, rowsOf } from "./look.ts";
import { factsOf, podFacts, type PodFacts } from "./pod-facts.ts";
import { NODE_SUSPECTS, POD_SUSPECTS } from "./suspects.ts";
import { cellsOf, type Table } from "./table.ts";
import type { View } from "./view.ts";

/** The nodes that are not printed as ready, without the list of images that each has. */
export async function findUnreadyNodes(view: View): Promise<Node[]> {
  const keep = ({ metadata, spec, status = {} }: Node): Node => {
    const { images: _images, ...rest } = status;
    return { metadata: light(metadata), ...(spec === undefined ? {} : { spec }), status: rest };
  };
  const nodes = await view.tryTo("nodes", () => look(view, { what: "nodes" }, paths.nodes(), NODE_SUSPECTS, keep), {
    telling: false,
  });
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
  const rows = await view.each(namespaces, (namespace) => {
    const spot = { what: `pods in namespace ${namespace}`, place: namespace };
    const look = async () => {
      const found = await rowsOf(view, paths.pods(namespace), POD_SUSPECTS, (table) => {
        noteNodes(table, moment, podsOn, (node) => {
          const here = wellOn.get(node) ?? new Map<string, number>();
          wellOn.set(node, here.set(namespace, (here.get(namespace) ?? 0) + 1));
        });
        return onLostNodes(table, moment);
      });
      return { spot, found };
    };
    return view.tryTo(spot.what, look, spot);
  });
  // Where few fail comes first, so that many failing pods of one namespace take no time from the others.
  const inOrder = rows.filter((each) => each !== undefined).sort((a, b) => a.found.names.length - b.found.names.length);
  const looks = await view.each(inOrder, ({ spot, found }) => {
    const look = async () => {
      const { seen, suspects } = await readSuspects(view, spot, found, (pod: Pod) => suspected(pod, moment));
      const failing = await view.each(suspects, (suspect) => owned(suspect, finder));
      return { seen, failing: failing.filter((pod) => pod !== undefined) };
    };
    return view.tryTo(spot.what, look, spot);
  });
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

/** What is kept of a failing pod until its workload is known. */
interface Suspected {
  head: Pod;
  node: string | undefined;
  failures: Failure[];
  facts: PodFacts;
  /** Whether it has ended for good, longer ago than that is news. */
  isOldNews: boolean;
}

/** What is kept of a suspect; undefined when it does not fail. */
function suspected(pod: Pod, moment: Moment): Suspected | undefined {
  // A Job keeps its failed pods as its record and retries by its own rules.
  if (isJobPod(pod) && isLeftover(pod)) return undefined;
  const failures = failuresOf(pod, moment);
  if (failures.length === 0) return undefined;
  return {
    head: { metadata: light(pod.metadata) },
    node: pod.spec?.nodeName,
    failures,
    facts: podFacts(pod),
    isOldNews: isLeftover(pod) && hasEndedLongAgo(pod, moment),
  };
}

/** The failing pod as one of its workload; undefined where it is old news. */
async function owned(
  { head, node, failures, facts, isOldNews }: Suspected,
  finder: WorkloadFinder,
): Promise<FailingPod | undefined> {
  const workload = await finder.ownerOf(head);
  // Of what nothing recreates, the record of its end stays until somebody deletes it.
  if (isOldNews && kindOf(workload) === undefined) return undefined;
  return { name: head.metadata?.name ?? "", node, workload, failures, facts: factsOf(facts, head, workload) };
}

/** Whether the end of a pod that has failed for good is longer ago than it is news. */
function hasEndedLongAgo(pod: Pod, { now, deadlines }: Moment): boolean {
  const ends = containerStatuses(pod).map(({ state }) => state?.terminated?.finishedAt);
  const changes = pod.status?.conditions?.map(({ lastTransitionTime }) => lastTransitionTime) ?? [];
  const [ended] = [...ends, ...changes]
    .filter((time) => time != null)
    .sort()
    .reverse();
  return isOlderThan(ended ?? unchangedSince(pod.metadata), deadlines.failed_job_seconds, now);
}
