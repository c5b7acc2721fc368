import { readEnded, runsNowhere, showsItsEnd } from "../facts/ended.ts";
import { scalesWellSince, wellSince } from "../facts/well-since.ts";
import { isOfCluster, kindOf } from "../kinds/kinds.ts";
import { readPods } from "../kinds/pods.ts";
import { readWorkload } from "../kinds/workloads.ts";
import type { Incident } from "../run/contracts.ts";
import { historyOf, holderOf, workloadOf } from "../run/lease.ts";
import { openOf, worksAgainFrom, type Open } from "../run/works-again.ts";
import { isRemediationError } from "../shared/errors.ts";
import { scales } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Lease } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { inTurn } from "./fair.ts";
import { workloadKey } from "./incidents.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/** How many workloads of which people wait to hear are read in one scan. */
const MAX_READ = 50;

/** What is known of the claims, and of what fails. */
interface Known {
  /** The one namespace that somebody has asked for; undefined where it is all that the policy includes. */
  namespace: string | undefined;
  /** How many of the pods that were looked at are on each node. */
  podsOn: ReadonlyMap<string, number>;
  claims: readonly Lease[];
  places: Places;
  hpas: readonly Hpa[];
  /** Whatever was found failing, be anything done about it or not. */
  failing: readonly Pick<Incident, "workload">[];
}

/**
 * What people were told of as failing, and what has been well for long enough, has succeeded, is to run nowhere, or is gone: each is
 * told once. Every one of them is read, so that none is taken for well which was not seen, and none is looked for where the scan could not
 * see something that might fail.
 */
export async function findWorkingAgain(view: View, known: Known, policy: Policy, now: Date): Promise<Incident[]> {
  const { claims, hpas, failing } = known;
  const keys = new Set(failing.map(({ workload }) => workloadKey(workload)));
  const candidates = claims.flatMap((lease) => {
    const workload = workloadOf(lease);
    if (workload === undefined || keys.has(workloadKey(workload))) return [];
    if (kindOf(workload) === undefined && !showsItsEnd(workload)) return [];
    if (holderOf(lease, now) !== undefined || !isSeen(view, workload, known)) return [];
    const history = historyOf(lease);
    const open = openOf(history);
    return open === undefined ? [] : [{ workload, history, open }];
  });
  const read = inTime(
    inTurn(candidates, ({ workload }) => workload.namespace),
    now,
  );
  const found = await view.each(read, async ({ workload, history, open }) => {
    const state = await stateOf(view, workload, open, hpas);
    if (state === undefined || worksAgainFrom(history, state.since, policy, now) > now) return [];
    const since = state.since === undefined ? {} : { since: state.since.toISOString() };
    return [{ workload, failures: [], failing_pods: 0, sample_pods: [], works_again: { ...open, ...since } }];
  });
  return found.flat();
}

/** As many as one scan reads, beginning with others each minute: what stays as it is keeps no other from being read. */
function inTime<Item>(all: readonly Item[], now: Date): Item[] {
  const first = all.length <= MAX_READ ? 0 : (Math.floor(now.getTime() / 60_000) * MAX_READ) % all.length;
  return [...all.slice(first), ...all.slice(0, first)].slice(0, MAX_READ);
}

/**
 * Whether the scan has looked at all that could fail of it. Any scan sees of a node what it says itself; a look at one namespace
 * tells of a node only where a pod of that is on it, as it does of one that fails.
 */
function isSeen({ blindSpots }: View, workload: WorkloadRef, { places, namespace: asked, podsOn }: Known): boolean {
  const { kind, namespace, name } = workload;
  const isPlace = places.includes(namespace) || (isOfCluster(kind) && (asked === undefined || podsOn.has(name)));
  return isPlace && blindSpots.every(({ place }) => place !== "" && place !== namespace);
}

/** Since when it has not failed any more, or that it is gone; undefined where it is neither, or cannot be read. */
async function stateOf(
  { cluster }: View,
  ref: WorkloadRef,
  { told_at: toldAt }: Open,
  hpas: readonly Hpa[],
): Promise<{ since: Date | undefined } | undefined> {
  const kind = kindOf(ref);
  try {
    if (kind === undefined) return await readEnded(cluster, ref, new Date(toldAt));
    const workload = await readWorkload(cluster, ref);
    if (workload === undefined) return undefined;
    const { pods } = await readPods(cluster, kind, ref, workload, undefined);
    const atZero = runsNowhere(kind, workload, pods);
    if (atZero !== undefined) return atZero;
    const own = hpas.filter((hpa) => scales(hpa, ref)).map(scalesWellSince);
    const times = [wellSince(kind, workload, pods), ...own];
    const known = times.filter((time) => time !== undefined);
    return known.length < times.length ? undefined : { since: new Date(Math.max(...known.map(Number))) };
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return error.name === "WorkloadNotFound" ? { since: undefined } : undefined;
  }
}
