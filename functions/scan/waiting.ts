import { describeWorkload } from "../kinds/workloads.ts";
import type { Incident } from "../run/contracts.ts";
import { TOLD_MS, toldAt } from "../run/cool-down.ts";
import { historyOf } from "../run/lease.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { withPods, type Counted } from "./extent.ts";
import { inTurn } from "./fair.ts";
import { workloadKey } from "./incidents.ts";
import { markOf } from "./mark.ts";
import { keyOf, rootOf, since, type Bonds } from "./together.ts";

/** How many workloads that fail with one are named in its incident. */
const MAX_NAMED = 20;
/** How many a claim remembers each by itself: their marks stand in one entry of its history. */
const MAX_MARKS = 150;
/** How long the short mark of each is, and what a list of them begins with. */
const SHORT = 3;
const EACH_SHORT = /.{3}/g;
const LIST = "+";
/** Stands for all that wait, where they are more. */
const ALL = "*";

/** Whether somebody is told of a workload that the run does not look after, or need not be. */
export type IsTold = (workload: Incident["workload"]) => boolean;

/**
 * The incidents with what they wait for, and with what waits for them; these come first, and what waits last. Where the run
 * does not look after what several wait for, the first of them tells of it and of the others.
 * @param incidents those that the run looks after
 * @param resting others, which wait for some of these, perhaps
 */
export function marked(
  incidents: readonly Incident[],
  bonds: Bonds,
  isTold: IsTold,
  resting: readonly Incident[] = [],
): Incident[] {
  const lookedAfter = new Set(incidents.map(({ workload }) => workloadKey(workload)));
  const groups = new Map<string, Counted[]>();
  const tellers = new Set<string>();
  for (const [root, members] of Map.groupBy(boundIn([...incidents, ...resting], bonds), rootKeyIn(bonds))) {
    const here = members.filter((member) => lookedAfter.has(keyOf(member)));
    const [first, ...others] = here;
    if (lookedAfter.has(root)) groups.set(root, members);
    else if (first !== undefined && !isTold(rootOf(first, bonds).incident.workload)) {
      tellers.add(keyOf(first));
      groups.set(keyOf(first), others);
    }
  }
  const marks = incidents.map((incident): Incident => {
    const key = workloadKey(incident.workload);
    const bond = bonds.get(key);
    const dependants = groups.get(key) ?? [];
    const elsewhere = tellers.has(key) ? { elsewhere: true as const } : {};
    return {
      ...incident,
      ...(bond === undefined
        ? {}
        : { waits_for: { workload: bond.root.incident.workload, why: bond.why, ...elsewhere } }),
      ...(dependants.length === 0 ? {} : { dependants: described(dependants, bonds) }),
    };
  });
  return marks.toSorted((a, b) => rank(a) - rank(b) || (b.dependants?.count ?? 0) - (a.dependants?.count ?? 0));
}

/** What waits for another comes last: where there is no room for all, that one tells of it. */
function rank({ waits_for }: Incident): number {
  return waits_for === undefined || waits_for.elsewhere === true ? 0 : 1;
}

function described(dependants: readonly Counted[], bonds: Bonds): Incident["dependants"] {
  const inOrder = inTurn(dependants, ({ incident }) => incident.workload.namespace);
  const names = inOrder
    .slice(0, MAX_NAMED)
    .map((one) => `${describeWorkload(one.incident.workload)} (${bonds.get(keyOf(one))?.why ?? ""})`);
  const each = inOrder.slice(0, MAX_MARKS).map((one) => shortMark(waitMark(keyOf(one), rootKeyIn(bonds)(one))));
  const [first] = dependants;
  const all = first === undefined || dependants.length <= MAX_MARKS ? [] : [waitMark(ALL, rootKeyIn(bonds)(first))];
  return { count: dependants.length, names, marks: [`${LIST}${each.join("")}`, ...all] };
}

/** What is known of the incidents that rest. */
export interface Rests {
  /** The workloads that another execution has claimed, by `workloadKey`. */
  claimed: ReadonlySet<string>;
  claims: readonly Lease[];
  now: Date;
}

/**
 * Those that rest with what they wait for: it does not fall to the run, and either another execution looks after it, or people
 * were told within a day that they fail with it. What has newly failed because of it is not among them. Pure.
 * @param incidents those that do not rest by themselves
 */
export function restingWithAnother(
  incidents: readonly Incident[],
  bonds: Bonds,
  isTold: IsTold,
  { claimed, claims, now }: Rests,
): Incident[] {
  const lookedAfter = new Set(incidents.map(({ workload }) => workloadKey(workload)));
  const told = toldMarks(claims, now);
  const rests = boundIn(incidents, bonds).filter((one) => {
    const root = rootOf(one, bonds);
    if (lookedAfter.has(keyOf(root)) || isTold(root.incident.workload)) return false;
    const toldOfAll = told.get(waitMark(ALL, keyOf(root)));
    return (
      claimed.has(keyOf(root)) ||
      told.has(shortMark(waitMark(keyOf(one), keyOf(root)))) ||
      (toldOfAll !== undefined && since(one) <= toldOfAll)
    );
  });
  return rests.map(({ incident }) => incident);
}

/** When people were told, within a day, of what bears a mark, in milliseconds. */
function toldMarks(claims: readonly Lease[], now: Date): Map<string, number> {
  const told = new Map<string, number>();
  for (const entry of claims.flatMap(historyOf)) {
    const at = toldAt(entry)?.getTime() ?? 0;
    if (now.getTime() - at >= TOLD_MS) continue;
    for (const mark of (entry.marks ?? []).flatMap(unpacked)) told.set(mark, Math.max(at, told.get(mark) ?? 0));
  }
  return told;
}

/** A mark of a workload that waits for another. */
function waitMark(one: string, root: string): string {
  return markOf(`${one} waits for ${root}`);
}

/** What remains of a mark where so many are remembered: of 1,700 that are new, one is taken for one of 150 that are known. */
function shortMark(mark: string): string {
  return Buffer.from(mark, "hex").toString("base64url").slice(0, SHORT);
}

/** The marks that stand in one: a list of short ones, or itself. */
function unpacked(mark: string): string[] {
  return mark.startsWith(LIST) ? (mark.slice(LIST.length).match(EACH_SHORT) ?? []) : [mark];
}

function boundIn(incidents: readonly Incident[], bonds: Bonds): Counted[] {
  return withPods(incidents, []).filter((counted) => bonds.has(keyOf(counted)));
}

function rootKeyIn(bonds: Bonds): (counted: Counted) => string {
  return (counted) => keyOf(rootOf(counted, bonds));
}
