import { scalesWellSince, wellSince } from "../facts/well-since.ts";
import { kindOf } from "../kinds/kinds.ts";
import { readPods } from "../kinds/pods.ts";
import { readWorkload } from "../kinds/workloads.ts";
import type { Incident } from "../run/contracts.ts";
import { historyOf, holderOf, workloadOf } from "../run/lease.ts";
import { openOf, worksAgainFrom } from "../run/works-again.ts";
import { isRemediationError } from "../shared/errors.ts";
import { scales } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Lease } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { inTurn } from "./fair.ts";
import { workloadKey } from "./incidents.ts";
import type { Places, View } from "./view.ts";

/** How many workloads of which people wait to hear are read in one scan. */
const MAX_READ = 50;

/** What is known of the claims, and of what fails. */
interface Known {
  claims: readonly Lease[];
  places: Places;
  hpas: readonly Hpa[];
  /** Whatever was found failing, be anything done about it or not. */
  failing: readonly Pick<Incident, "workload">[];
}

/**
 * The workloads that people were told of as failing, and that have been well for long enough, or are gone: each is told once.
 * Every one of them is read, so that none is taken for well which was not seen, and none is looked for where the scan could not
 * see something that might fail.
 */
export async function findWorkingAgain(
  view: View,
  { claims, places, hpas, failing }: Known,
  policy: Policy,
  now: Date,
): Promise<Incident[]> {
  const keys = new Set(failing.map(({ workload }) => workloadKey(workload)));
  const candidates = claims.flatMap((lease) => {
    const workload = workloadOf(lease);
    if (workload === undefined || kindOf(workload) === undefined || keys.has(workloadKey(workload))) return [];
    if (holderOf(lease, now) !== undefined || !isSeen(view, workload, places)) return [];
    const history = historyOf(lease);
    const open = openOf(history);
    return open === undefined ? [] : [{ workload, history, open }];
  });
  const read = inTurn(candidates, ({ workload }) => workload.namespace).slice(0, MAX_READ);
  const found = await view.each(read, async ({ workload, history, open }) => {
    const state = await stateOf(view, workload, hpas);
    if (state === undefined || worksAgainFrom(history, state.since, policy, now) > now) return [];
    const since = state.since === undefined ? {} : { since: state.since.toISOString() };
    return [{ workload, failures: [], failing_pods: 0, sample_pods: [], works_again: { ...open, ...since } }];
  });
  return found.flat();
}

/** Whether the scan has looked at all that could fail of it. */
function isSeen({ blindSpots }: View, { namespace }: WorkloadRef, places: Places): boolean {
  const isPlace = places.everywhere
    ? places.leftOut?.includes(namespace) !== true
    : places.namespaces.includes(namespace);
  return isPlace && blindSpots.every(({ place }) => place !== "" && place !== namespace);
}

/** Since when it has been well, or that it is gone; undefined where it is neither, or cannot be read. */
async function stateOf(
  { cluster }: View,
  ref: WorkloadRef,
  hpas: readonly Hpa[],
): Promise<{ since: Date | undefined } | undefined> {
  const kind = kindOf(ref);
  try {
    const workload = await readWorkload(cluster, ref);
    if (kind === undefined || workload === undefined) return undefined;
    const { pods } = await readPods(cluster, kind, ref, workload, undefined);
    const own = hpas.filter((hpa) => scales(hpa, ref)).map(scalesWellSince);
    const times = [wellSince(kind, workload, pods), ...own];
    const known = times.filter((time) => time !== undefined);
    return known.length < times.length ? undefined : { since: new Date(Math.max(...known.map(Number))) };
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return error.name === "WorkloadNotFound" ? { since: undefined } : undefined;
  }
}
