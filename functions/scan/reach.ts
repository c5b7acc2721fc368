import { enabledBy } from "../facts/opt-out.ts";
import type { Named } from "../kinds/kind.ts";
import { handledKinds, kindOf } from "../kinds/kinds.ts";
import { collectionOf, paths } from "../shared/cluster/paths.ts";
import type { Namespace, Workload } from "../shared/kubernetes/types.ts";
import { groupField } from "../shared/kubernetes/groups.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Counted, Extent } from "./extent.ts";
import { isDecided } from "./hit.ts";
import { workloadKey } from "./incidents.ts";
import { isLate } from "./late.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/** What workloads that were read say themselves of whether they may be touched, by `workloadKey`; `idle` are those that want no pods. */
export type Switches = Map<string, "true" | "false" | "idle">;

const NONE: ReadonlyMap<string, number> = new Map();
/** So many namespaces in which nothing fails are counted at a time, until nothing depends on the others. */
const AT_A_TIME = 25;
/** No more of them are counted only so that people are told of how many. */
const FEW = 100;

/** Notes what a workload, as it was read, says of whether it may be touched. */
export function noteSwitch(switches: Switches, workload: WorkloadRef, object: Workload): void {
  const isIdle = kindOf(workload)?.wanted(object) === 0;
  const said = isIdle ? "idle" : enabledBy(object, undefined);
  if (said !== undefined) switches.set(workloadKey(workload), said);
}

/**
 * What of the failing workloads is within reach of the remedies, and of how many: those that want pods, and that neither they
 * themselves nor their namespaces keep out. A namespace is left out of the numbers where it cannot be counted. Nothing is
 * asked for while so few fail that it does not matter; and of the namespaces in which nothing fails only as much as decides
 * whether it is a storm, three requests for each.
 */
export async function withinReach(
  view: View,
  counted: readonly Counted[],
  places: Places,
  switches: Switches,
  policy: Policy,
): Promise<Pick<Extent, "failing" | "workloads" | "uncounted" | "atLeast" | "passedOver">> {
  const isMany = counted.length >= policy.storm.min_workloads;
  const pods = counted.reduce((sum, each) => sum + each.pods.length, 0);
  const nothing = { workloads: NONE, uncounted: 0, atLeast: NONE, passedOver: 0 };
  if (!isMany && pods < policy.storm.min_pods_on_node) return { failing: counted, ...nothing };
  const mayTouch = (enabled: string | undefined) => enabled === "true" || (enabled === undefined && !policy.opt_in);
  const isOpen = (space: Namespace) =>
    space.metadata?.deletionTimestamp === undefined && mayTouch(enabledBy(undefined, space));
  const inOne = isMany && places.everywhere;
  const asked = isMany && !inOne ? await places.names() : namespacesOf(counted);
  const spaces = await readNamespaces(view, asked, inOne, isOpen);
  const failing = counted.filter(({ incident: { workload } }) => {
    const own = switches.get(workloadKey(workload));
    return own === undefined ? spaces.get(workload.namespace) !== false : mayTouch(own);
  });
  if (!isMany || failing.length < policy.storm.min_workloads) return { failing, ...nothing };
  // Of a namespace that is kept out as a whole, only what says otherwise itself is within reach.
  const hit = new Set(namespacesOf(failing));
  const listed = inOne && spaces.size > 0 ? [...spaces.keys()].filter(places.includes) : undefined;
  const names = listed ?? (await view.unlessUnseen(() => places.names())) ?? [...hit];
  const counting = names.filter((name) => spaces.get(name) !== false || policy.opt_in || hit.has(name));
  const known = new Map(
    counting.flatMap((name) => {
      const isOpen = spaces.get(name);
      return isOpen === undefined ? [] : [[name, isOpen] as const];
    }),
  );
  let numbers = NONE;
  let atLeast = NONE;
  let uncounted = counting.length - known.size;
  let left = [...known];
  const add = async (some: (readonly [string, boolean])[]) => {
    const more = await countWorkloads(view, new Map(some), switches);
    numbers = new Map([...numbers, ...more.counted]);
    atLeast = new Map([...atLeast, ...more.partly]);
    uncounted += some.length - more.counted.size;
    left = left.filter((each) => !some.includes(each));
  };
  const extentNow = () => ({ failing, workloads: numbers, uncounted, atLeast, passedOver: left.length });
  await add(left.filter(([name]) => hit.has(name)));
  // Those for which there is no time are left out, as if they had no workloads: they free no remedies in an outage.
  while (left.length > 0 && !isLate()) {
    const decided = isDecided(extentNow(), policy, left.length);
    if (decided === "none" || (decided && left.length > FEW)) break;
    await add(left.slice(0, AT_A_TIME));
  }
  return extentNow();
}

/** Of each namespace that can be read, whether it keeps nothing out as a whole. */
async function readNamespaces(
  view: View,
  names: readonly string[],
  inOne: boolean,
  isOpen: (space: Namespace) => boolean,
): Promise<ReadonlyMap<string, boolean>> {
  const keep = (space: Namespace) => [space.metadata?.name ?? "", isOpen(space)] as const;
  const read = async (name: string) => {
    const look = () => view.read<Namespace>(paths.namespace(name));
    const space = await view.tryTo(`namespace ${name}`, look, { place: name, telling: false });
    return space === undefined ? undefined : keep(space);
  };
  const list = () => view.cluster.list<Namespace, ReturnType<typeof keep>>(paths.namespaces(), {}, keep);
  const all = inOne ? await view.tryTo("namespaces", list, { telling: false }) : await view.each(names, read);
  return new Map((all ?? []).filter((space) => space !== undefined));
}

/**
 * How many workloads within reach want pods in each of these namespaces, of the kinds that count. What cannot be counted becomes a
 * blind spot, and its namespace is not among those that were counted.
 * @param namespaces whether each keeps nothing out as a whole
 */
async function countWorkloads(
  view: View,
  namespaces: ReadonlyMap<string, boolean>,
  switches: Switches,
): Promise<{ counted: Map<string, number>; partly: Map<string, number> }> {
  const keptOut = [...switches].filter(([, enabled]) => enabled === "false").map(([key]) => key);
  const counts = new Map([...namespaces.keys()].map((at) => [at, 0]));
  const looks = handledKinds()
    .filter(({ counts: does }) => does)
    .flatMap((kind) => [...namespaces].map(([at, isOpen]) => ({ kind, at, isOpen })));
  const numbers = await view.each(looks, async ({ kind, at, isOpen }) => {
    const what = `the number of ${kind.kind}s in namespace ${at}`;
    const path = collectionOf(kind, at);
    const wantsPods = (object: Named) => kind.wanted(object) > 0;
    const isIn = (object: Named) => wantsPods(object) && enabledBy(object, undefined) === "true";
    const start = workloadKey({ kind: kind.kind, ...groupField(kind.apiVersion), namespace: at, name: "" });
    const out = keptOut.filter((key) => key.startsWith(start)).length;
    const look = async () =>
      isOpen
        ? (await view.count<Named>(path, kind.suspects, wantsPods)) - out
        : (await view.cluster.list<Named, boolean>(path, {}, isIn)).filter(Boolean).length;
    const optional = kind.optional === true ? { optionalApi: collectionOf(kind) } : {};
    return { at, what, number: await view.tryTo(what, look, { place: at, ...optional }) };
  });
  const unseen = new Set(view.blindSpots.map(({ what }) => what));
  const missing = new Set<string>();
  for (const { at, what, number = 0 } of numbers) {
    if (unseen.has(what)) missing.add(at);
    counts.set(at, (counts.get(at) ?? 0) + number);
  }
  // Where there was no time for some of the suspects, what was read stands for as many of all; nothing stands for none.
  const read = [...counts].filter(([at]) => view.shareRead(at) > 0);
  const inShare = read.map(([at, number]) => [at, Math.ceil(number * view.shareRead(at))] as const);
  const [partly, counted] = [true, false].map((isMissing) => inShare.filter(([at]) => missing.has(at) === isMissing));
  return { counted: new Map(counted), partly: new Map(partly) };
}

function namespacesOf(counted: readonly Counted[]): string[] {
  return [...new Set(counted.map(({ incident }) => incident.workload.namespace))];
}
