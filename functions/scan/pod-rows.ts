import { paths } from "../shared/cluster/paths.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { WellOn } from "./extent.ts";
import type { FailingPod } from "./incidents.ts";
import { rowsIn, selectorOf, type Rows } from "./suspect-rows.ts";
import { POD_SUSPECTS } from "./suspects.ts";
import { cellsOf, type Table } from "./table.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/** What the rows of pods tell, of one namespace or of the whole cluster. */
export interface PodRows {
  rows: Rows;
  /** The namespace; empty for the whole cluster, whose rows do not tell it. */
  place: string;
  /** How many pods are on each node, and how many of them are well. */
  podsOn: Map<string, number>;
  wellOn: Map<string, number>;
}

/** So many suspects at most are read in the whole cluster: of more, those of one namespace could hide those of others. */
const MANY = 10_000;
/** So many of them at most that come in no batch, and are looked up one by one. */
export const MANY_ALONE = 300;
/** So many namespaces at most are left out by a selector. */
const MOST_LEFT_OUT = 50;
/** Of so many nodes at most it is asked one by one whose pods are well there. */
const MOST_CROWDED = 50;

/** The rows of one namespace's pods. */
export async function rowsOfNamespace(view: View, namespace: string, moment: Moment): Promise<PodRows> {
  const path = paths.pods(namespace);
  const { query = {} } = POD_SUSPECTS;
  return told(await view.cluster.table<Table>(path, query), { path, query, place: namespace }, moment);
}

/**
 * The rows of all pods that a scan of the whole cluster looks at, in one request.
 * @returns undefined where too much is left out, no rows are printed, or they tell of too many suspects
 */
export async function rowsEverywhere(
  view: View,
  { everywhere, leftOut }: Places,
  moment: Moment,
): Promise<PodRows | undefined> {
  if (!everywhere || leftOut.length > MOST_LEFT_OUT) return undefined;
  const others = leftOut.map((name) => `metadata.namespace!=${name}`);
  const query = { fieldSelector: [POD_SUSPECTS.query?.["fieldSelector"], ...others].join(",") };
  const path = paths.pods();
  const found = told(await view.cluster.table<Table>(path, query), { path, query, place: "" }, moment);
  return found.rows.seen === undefined || found.rows.suspects.length > MANY ? undefined : found;
}

/** A pod on a lost node is printed as it was when its node last reported. */
function told(
  table: Table,
  { path, query, place }: { path: string; query: Record<string, string>; place: string },
  { lostNodes }: Moment,
): PodRows {
  const podsOn = new Map<string, number>();
  const wellOn = new Map<string, number>();
  const isSuspect = (...cells: string[]) => {
    const node = cells.at(-1) ?? "";
    const isWell = lostNodes?.has(node) !== true && !POD_SUSPECTS.isSuspect(...cells);
    tally(podsOn, node);
    if (isWell) tally(wellOn, node);
    return !isWell;
  };
  return {
    rows: rowsIn(table, path, POD_SUSPECTS, { everywhere: place === "", isSuspect, query }),
    place,
    podsOn,
    wellOn,
  };
}

/**
 * How many pods are well on each node: by their namespace where so many fail on a node that it matters, and under no name
 * where it does not. What cannot be seen of it becomes a blind spot, and stays under no name.
 */
export async function wellByNamespace(
  view: View,
  { wellOn }: PodRows,
  failing: readonly FailingPod[],
  { places, crowd, moment }: { places: Places; crowd: number; moment: Moment },
): Promise<WellOn> {
  const crowded = [...Map.groupBy(failing, ({ node }) => node ?? "")]
    .filter(([node, pods]) => node !== "" && pods.length >= crowd && moment.lostNodes?.has(node) !== true)
    .map(([node]) => node);
  const counts = new Map<string, ReadonlyMap<string, number>>(
    [...wellOn].map(([node, number]) => [node, new Map([["", number]])]),
  );
  if (crowded.length > MOST_CROWDED) {
    for (const [node, well] of await wellInEach(view, places, moment))
      if (crowded.includes(node)) counts.set(node, well);
    return counts;
  }
  await view.each(crowded, async (node) => {
    const well = await view.tryTo(`whose pods are well on node ${node}`, () => wellOnNode(view, node, places), {
      telling: false,
    });
    if (well !== undefined) counts.set(node, well);
  });
  return counts;
}

/** How many pods of each namespace are well on a node. */
async function wellOnNode(view: View, node: string, { includes }: Places): Promise<Map<string, number>> {
  const query = { fieldSelector: selectorOf(POD_SUSPECTS.indexed, node), includeObject: "Metadata" };
  const table = await view.cluster.table<Table>(paths.pods(), query);
  const well = new Map<string, number>();
  for (const [index, cells] of (cellsOf(table, POD_SUSPECTS.columns) ?? []).entries()) {
    const namespace = table.rows?.[index]?.object?.metadata?.namespace ?? "";
    if (!POD_SUSPECTS.isSuspect(...cells) && includes(namespace)) tally(well, namespace);
  }
  return well;
}

/** The same of every node, by the rows of each namespace: of many nodes that is less than to ask for what is on each. */
async function wellInEach(view: View, places: Places, moment: Moment): Promise<Map<string, Map<string, number>>> {
  const counts = new Map<string, Map<string, number>>();
  await view.each(await places.names(), async (place) => {
    const look = () => rowsOfNamespace(view, place, moment);
    const rows = await view.tryTo(`which pods are well in namespace ${place}`, look, { place, telling: false });
    for (const [node, number] of rows?.wellOn ?? []) {
      counts.set(node, (counts.get(node) ?? new Map<string, number>()).set(place, number));
    }
  });
  return counts;
}

/** Counts one more. */
export function tally(counts: Map<string, number>, key: string, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
