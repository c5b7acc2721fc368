import { kindOf } from "../kinds/kinds.ts";
import { backOffSeconds } from "../facts/onset.ts";
import { areOfOneRevision, type Counted, type Serving } from "./extent.ts";
import { workloadKey } from "./incidents.ts";
import { keysOf, namesOf, type Names } from "./named-services.ts";
import type { ReadyBehind } from "./ready-behind.ts";
import { lacksOf, unreachedBy } from "./shared-lack.ts";

/** One that waits for another, and why. */
interface Bond {
  root: Counted;
  why: string;
}

/** What each waits for, by `workloadKey`; what waits for nothing is not in it. */
export type Bonds = ReadonlyMap<string, Bond>;

/** How long after a workload the one that it depends on may begin to fail: both are noticed with a delay. */
const SLACK_MS = 300_000;
/** How many workloads' last words have to name a host that none of the failing ones is. */
const MIN_UNREACHED = 3;

/** What is known of who serves. */
export interface Served extends Serving {
  /** By which names the failing workloads are reached. */
  names?: Names;
  /** What is ready behind the Services that they name, apart from the pods that fail. */
  ready?: ReadyBehind;
}

/**
 * Finds what fails because something else does: a workload that names a failing one (a Service of it, in its environment,
 * its arguments or its last words) and did not fail long before it waits for that one, unless something else is ready behind
 * that Service; of several that lack the same thing one stands for all. What fails since a rollout of its own waits for no other workload. Pure.
 *
 * @param found every failing workload
 * @param lookedAfter those of them (by `workloadKey`) that the run looks after
 */
export function together(found: readonly Counted[], lookedAfter: ReadonlySet<string>, served: Served): Bonds {
  const bonds = new Map<string, Bond>();
  const known = found.filter((counted) => lookedAfter.has(keyOf(counted)) && kindOf(counted.incident.workload));
  const mayWait = known.filter(
    (counted) => !(served.failedRollouts.has(keyOf(counted)) && areOfOneRevision(counted.pods)),
  );
  const names = served.names ?? namesOf(found, []);
  // What failed last is bound first, so that of two that name each other the one that failed first is the root.
  for (const client of mayWait.toSorted((a, b) => since(b) - since(a))) {
    const bond = dependency(client, names, bonds, served);
    if (bond !== undefined) bonds.set(keyOf(client), bond);
  }
  share(known, lacksOf, 2, (lack) => `both lack ${lack}`, bonds);
  const unreached = (counted: Counted) =>
    unreachedBy(counted).filter((host) => {
      const keys = keysOf(host, counted.incident.workload.namespace, names);
      return !keys.some((key) => isReady(key, served) === true);
    });
  share(mayWait, unreached, MIN_UNREACHED, (host) => `the last words of both name ${host}`, bonds);
  return bonds;
}

/** The failing workload that this one names, the one that failed first where there are several. */
function dependency(client: Counted, names: Names, bonds: Bonds, served: Served): Bond | undefined {
  // What never ran lacks something else.
  if (client.pods.length === 0 || !client.pods.every(({ facts }) => facts?.ran === true)) return undefined;
  const { namespace } = client.incident.workload;
  const named = client.pods.flatMap(({ facts }) => facts?.hosts ?? []);
  const candidates = named.flatMap(({ host, where }) =>
    keysOf(host, namespace, names)
      .flatMap((key) =>
        (names.failing.get(key) ?? []).filter((root) => !(isReady(key, served) ?? served.serving.has(keyOf(root)))),
      )
      .filter((root) => keyOf(root) !== keyOf(client) && earliest(root) <= since(client) + SLACK_MS)
      .filter((root) => keyOf(rootOf(root, bonds)) !== keyOf(client))
      .map((root) => ({ root, why: `its ${where} name${where === "environment" ? "s" : ""} ${host}` })),
  );
  return candidates.sort((a, b) => since(a.root) - since(b.root))[0];
}

/** Whether something is ready behind a Service that was looked at; undefined for any other name. */
function isReady(key: string, { ready }: Served): boolean | undefined {
  const behind = ready?.get(key);
  return behind && behind.length > 0;
}

/** Binds all of one namespace that have the same thing in common to the first of them. */
function share(
  found: readonly Counted[],
  thingsOf: (counted: Counted) => string[],
  least: number,
  words: (thing: string) => string,
  bonds: Map<string, Bond>,
): void {
  const having = new Map<string, { thing: string; all: Counted[] }>();
  for (const counted of found) {
    if (bonds.has(keyOf(counted))) continue;
    for (const thing of thingsOf(counted)) {
      // Messages and last words can be made up, so that nobody's make workloads of another namespace wait.
      const key = JSON.stringify([counted.incident.workload.namespace, thing]);
      const { all } = having.get(key) ?? { all: [] };
      having.set(key, { thing, all: [...all, counted] });
    }
  }
  for (const { thing, all } of [...having.values()].sort((a, b) => b.all.length - a.all.length)) {
    const [leader, ...others] = all.filter((counted) => !bonds.has(keyOf(counted)));
    if (leader === undefined || others.length + 1 < least) continue;
    for (const other of others) {
      const isRootOfLeader = keyOf(rootOf(leader, bonds)) === keyOf(other);
      if (!isRootOfLeader) bonds.set(keyOf(other), { root: leader, why: words(thing) });
    }
  }
}

/** What everything that this one waits for waits for in the end: itself when it waits for nothing. */
export function rootOf(counted: Counted, bonds: Bonds): Counted {
  let root = counted;
  for (let bond = bonds.get(keyOf(root)); bond !== undefined; bond = bonds.get(keyOf(root))) ({ root } = bond);
  return root;
}

/**
 * The workloads with which of them are explained: where most of what fails in a namespace waits for one workload, those that
 * do. For a storm, that one stands for them.
 */
export function withExplained(counted: readonly Counted[], bonds: Bonds): Counted[] {
  const groups = Map.groupBy(counted, (each) => each.incident.workload.namespace);
  return [...groups.values()].flatMap((here) => {
    const groupsHere = Map.groupBy(here, (each) => keyOf(rootOf(each, bonds)));
    const isExplained = (root: string) => (groupsHere.get(root)?.length ?? 0) * 2 >= here.length;
    return here.map((each) =>
      bonds.has(keyOf(each)) && isExplained(keyOf(rootOf(each, bonds))) ? { ...each, isExplained: true } : each,
    );
  });
}

/** Since when it may have been failing: a container that is ready for a while between two ends hides earlier ones. */
function earliest(counted: Counted): number {
  const restarts = Math.max(0, ...counted.incident.failures.map((failure) => failure.restarts ?? 0));
  return since(counted) - backOffSeconds(restarts) * 1_000;
}

export function keyOf({ incident }: Counted): string {
  return workloadKey(incident.workload);
}

/** When the workload began to fail, in milliseconds; 0 where nothing tells. */
export function since({ incident }: Counted): number {
  const times = incident.failures.map((failure) => Date.parse(failure.since ?? "")).filter(Number.isFinite);
  return times.length === 0 ? 0 : Math.min(...times);
}
