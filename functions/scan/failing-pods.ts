import { paths } from "../shared/cluster/paths.ts";
import { kindOf } from "../kinds/kinds.ts";
import { unchangedSince } from "../kinds/status.ts";
import { isJobPod } from "../shared/kubernetes/owners.ts";
import { isOlderThan, type Failure } from "../shared/kubernetes/failures.ts";
import { containerStatuses, isLeftover, isReady } from "../shared/kubernetes/pods.ts";
import { failuresOf, type Moment } from "../kinds/failing/overdue.ts";
import type { Node, Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadFinder } from "../kinds/workload-finder.ts";
import type { WellOn } from "./extent.ts";
import type { FailingPod } from "./incidents.ts";
import { light } from "./light.ts";
import { look, readSuspects } from "./look.ts";
import { Missed } from "./missed.ts";
import type { Places } from "./places.ts";
import { learnOwners } from "./pod-owners.ts";
import { factsOf, podFacts, type PodFacts } from "./pod-facts.ts";
import { MANY_ALONE, rowsEverywhere, rowsOfNamespace, tally, wellByNamespace, type PodRows } from "./pod-rows.ts";
import { NODE_SUSPECTS, POD_SUSPECTS } from "./suspects.ts";
import type { Spot, View } from "./view.ts";

/** The nodes that are not printed as ready, without the list of images that each has. */
export async function findUnreadyNodes(view: View): Promise<Node[]> {
  const keep = ({ metadata, spec, status = {} }: Node): Node => {
    const { images: _images, ...rest } = status;
    return { metadata: light(metadata), ...(spec === undefined ? {} : { spec }), status: rest };
  };
  const nodes = await view.tryTo(
    "nodes",
    () => look(view, { what: "nodes", isBeside: true }, paths.nodes(), NODE_SUSPECTS, keep),
    {
      telling: false,
    },
  );
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

/** What a look at pods brought: their rows, and those that fail. */
interface Looked {
  rows: PodRows;
  seen: number;
  failing: FailingPod[];
}

/** Where and when is looked, and with how many failing pods on one node it matters whose pods are well there. */
interface Sight {
  places: Places;
  finder: WorkloadFinder;
  moment: Moment;
  crowd: number;
  /** When what the look at the workloads reads of owners is known. */
  known?: Promise<unknown>;
}

/**
 * Finds the failing pods where a scan looks, and how many pods are well on each node. Of the whole cluster all rows are read
 * in one request, and the few suspects are looked up; where that cannot be seen, or so many are suspects that those of one
 * namespace could take the time of others, each namespace is looked at by itself. What cannot be seen becomes a blind spot
 * of the view.
 */
export async function findFailingPods(view: View, sight: Sight): Promise<PodsFound> {
  return (await view.unlessUnseen(() => findEverywhere(view, sight))) ?? (await findByNamespace(view, sight));
}

async function findEverywhere(view: View, sight: Sight): Promise<PodsFound | undefined> {
  const rows = await rowsEverywhere(view, sight.places, sight.moment);
  if (rows === undefined) return undefined;
  const looked = await readRows(view, { what: "pods" }, rows, sight);
  return { ...sumOf([looked]), wellOn: await wellByNamespace(view, rows, looked.failing, sight) };
}

async function findByNamespace(view: View, sight: Sight): Promise<PodsFound> {
  const spots = (await sight.places.names()).map((place) => ({ what: `pods in namespace ${place}`, place }));
  const looks = await view.each(spots, async (spot) => {
    const rows = await view.tryTo(spot.what, () => rowsOfNamespace(view, spot.place, sight.moment), spot);
    return rows === undefined ? [] : [{ spot, rows }];
  });
  // Where few fail comes first, so that many failing pods of one namespace take no time from the others.
  const inOrder = looks.flat().sort((a, b) => a.rows.rows.suspects.length - b.rows.rows.suspects.length);
  const looked = await view.each(inOrder, ({ spot, rows }) =>
    view.tryTo(spot.what, () => readRows(view, spot, rows, sight), spot),
  );
  return sumOf(looked.filter((look) => look !== undefined));
}

/** Reads the suspects among rows. Where none were printed, all pods are read, and counted as they come. */
async function readRows(
  view: View,
  spot: Spot,
  rows: PodRows,
  { places, finder, moment, known }: Sight,
): Promise<Looked> {
  const keep = (pod: Pod) => {
    const node = pod.spec?.nodeName ?? NO_NODE;
    if (rows.rows.seen === undefined) {
      tally(rows.podsOn, node);
      if (isWell(pod, moment)) tally(rows.wellOn, node);
    }
    // A name that is looked up in the whole cluster may be that of others.
    return places.includes(pod.metadata?.namespace ?? "") ? suspected(pod, moment) : undefined;
  };
  const most = places.everywhere && rows.place === "" ? MANY_ALONE : Infinity;
  const { seen, suspects } = await readSuspects(view, spot, rows.rows, keep, most);
  await known;
  const heads = suspects.map(({ head }) => head.metadata);
  const missed = new Missed();
  await learnOwners(view, finder, heads, rows.place === "" ? undefined : rows.place, missed);
  const failing = await view.each(suspects, async (suspect) => {
    // The owners of pods that are known are told whatever the server answers by now.
    if (!finder.knows(suspect.head) && missed.skips(1)) return undefined;
    try {
      return await owned(suspect, finder);
    } catch (error) {
      missed.fail(error, 1);
      return undefined;
    }
  });
  missed.noteIn(view, spot);
  return { rows, seen, failing: failing.filter((pod) => pod !== undefined) };
}

/** Whether a pod runs and is ready, on a node that reports. */
function isWell(pod: Pod, { lostNodes }: Moment): boolean {
  return pod.status?.phase === "Running" && isReady(pod) && lostNodes?.has(pod.spec?.nodeName ?? "") !== true;
}

function sumOf(looks: readonly Looked[]): PodsFound {
  const podsOn = new Map<string, number>();
  const wellOn = new Map<string, Map<string, number>>();
  for (const { rows } of looks) {
    for (const [node, number] of rows.podsOn) tally(podsOn, node, number);
    for (const [node, number] of rows.wellOn) {
      wellOn.set(node, (wellOn.get(node) ?? new Map<string, number>()).set(rows.place, number));
    }
  }
  return {
    seen: looks.reduce((sum, { seen }) => sum + seen, 0),
    failing: looks.flatMap(({ failing }) => failing),
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
