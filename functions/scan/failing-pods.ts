import { paths } from "../shared/cluster/paths.ts";
import { isJobPod } from "../kinds/job/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { unchangedSince } from "../kinds/status.ts";
import { isOlderThan, type Failure } from "../shared/kubernetes/failures.ts";
import { containerStatuses, isLeftover, isReady } from "../shared/kubernetes/pods.ts";
import { failuresOf, type Moment } from "../kinds/failing/overdue.ts";
import type { Node, Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadFinder } from "../kinds/workload-finder.ts";
import type { WellOn } from "./extent.ts";
import type { FailingPod } from "./incidents.ts";
import { light } from "./light.ts";
import { look, readSuspects } from "./look.ts";
import { factsOf, podFacts, type PodFacts } from "./pod-facts.ts";
import { rowsEverywhere, rowsOfNamespace, unlessUnseen, wellByNamespace, type PodRows } from "./pod-rows.ts";
import { NODE_SUSPECTS, POD_SUSPECTS } from "./suspects.ts";
import type { Places, Spot, View } from "./view.ts";

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
  podsOn: ReadonlyMap<string, number>;
  wellOn: WellOn;
}

const { none: NO_NODE } = POD_SUSPECTS.indexed;

/** What the rows of pods told, and those that fail. */
type Looked = [PodRows, FailingPod[]];

/**
 * Finds the failing pods where a scan looks, and how many pods are well on each node. Of the whole cluster all rows are read
 * in one request, and the few suspects are looked up; where that cannot be seen, or so many are suspects that those of one
 * namespace could take the time of others, each namespace is looked at by itself. What cannot be seen becomes a blind spot
 * of the view.
 * @param crowd with so many failing pods on one node it matters whose pods are well there
 */
export async function findFailingPods(
  view: View,
  places: Places,
  finder: WorkloadFinder,
  { crowd, ...moment }: Moment & { crowd: number },
): Promise<PodsFound> {
  const read = async (spot: Spot, rows: PodRows): Promise<Looked> => {
    // Where no rows were printed, all pods are read, and counted as they come.
    const [podsOn, wellOn] = [new Map(rows.podsOn), new Map(rows.wellOn)];
    const keep = (pod: Pod) => {
      const node = pod.spec?.nodeName ?? NO_NODE;
      if (rows.rows.seen === undefined) {
        podsOn.set(node, (podsOn.get(node) ?? 0) + 1);
        if (isWell(pod, moment)) wellOn.set(node, (wellOn.get(node) ?? 0) + 1);
      }
      return isIn(places, pod) ? suspected(pod, moment) : undefined;
    };
    const { seen, suspects } = await readSuspects(view, spot, rows.rows, keep);
    const failing = await view.each(suspects, (suspect) => owned(suspect, finder));
    return [{ ...rows, podsOn, wellOn, rows: { ...rows.rows, seen } }, failing.filter((pod) => pod !== undefined)];
  };
  const whole = await rowsEverywhere(view, places, moment);
  if (whole !== undefined) {
    // Where some of it is refused, each namespace tells by itself what is seen and what is not.
    const found = await unlessUnseen(async () => {
      const looked = await read({ what: "pods" }, whole);
      const wellOn = await wellByNamespace(view, whole, looked[1], { ...places, moment, crowd });
      return wellOn === undefined ? undefined : { ...sumOf([looked]), wellOn };
    });
    if (found !== undefined) {
      view.sawOne();
      return found;
    }
  }
  const spots = places.namespaces.map((place) => ({ what: `pods in namespace ${place}`, place }));
  const rows = await view.each(spots, async (spot) => {
    const found = await view.tryTo(spot.what, () => rowsOfNamespace(view, spot.place, moment), spot);
    return found === undefined ? [] : [{ spot, found }];
  });
  // Where few fail comes first, so that many failing pods of one namespace take no time from the others.
  const inOrder = rows.flat().sort((a, b) => a.found.rows.suspects.length - b.found.rows.suspects.length);
  const looks = await view.each(inOrder, ({ spot, found }) => view.tryTo(spot.what, () => read(spot, found), spot));
  return sumOf(looks.filter((look) => look !== undefined));
}

/** Whether a pod runs and is ready, on a node that reports. */
function isWell(pod: Pod, { lostNodes }: Moment): boolean {
  return pod.status?.phase === "Running" && isReady(pod) && lostNodes?.has(pod.spec?.nodeName ?? "") !== true;
}

/** Whether a pod is where the scan looks: a name that is looked up in the whole cluster may be that of others. */
function isIn({ everywhere, leftOut = [] }: Places, { metadata }: Pod): boolean {
  return !everywhere || !leftOut.includes(metadata?.namespace ?? "");
}

function sumOf(looks: readonly Looked[]): PodsFound {
  const podsOn = new Map<string, number>();
  const wellOn = new Map<string, Map<string, number>>();
  for (const [{ podsOn: pods, wellOn: well, place }] of looks) {
    for (const [node, number] of pods) podsOn.set(node, (podsOn.get(node) ?? 0) + number);
    for (const [node, number] of well)
      wellOn.set(node, (wellOn.get(node) ?? new Map<string, number>()).set(place, number));
  }
  return {
    seen: looks.reduce((sum, [{ rows }]) => sum + (rows.seen ?? 0), 0),
    failing: looks.flatMap(([, failing]) => failing),
    podsOn,
    wellOn,
  };
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
