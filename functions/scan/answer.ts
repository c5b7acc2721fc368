import type { Incident } from "../run/contracts.ts";
import type { Detection, FailedPod, HpaState } from "../run/detection.ts";
import { hpaFailures } from "../facts/hpa-failures.ts";
import { hpaState } from "./hpa-state.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";
import { describeFailure, inBrief, workloadKey, type FailingPod } from "./incidents.ts";

/** An execution's state may hold 256 KiB. The findings take less than that together, whatever the cluster holds. */
export const MAX_BYTES = {
  incidents: 110_000,
  pods: 60_000,
  hpas: 40_000,
  rollouts: 15_000,
  storm: 15_000,
  resting: 8_000,
};
/** How many failures of one pod are told. */
const MAX_FAILURES = 4;

/** How many incidents of a storm are told where others are looked after. */
const MAX_IN_STORM = 20;
/** How many items in a row may be too large before an answer counts as full. */
const MAX_MISSES = 20;

/** The incidents in full where all of them fit; else in brief, so that none is left out for the details of another. */
export function fitIncidents(incidents: readonly Incident[], limit: number): Incident[] {
  const wanted = incidents.slice(0, limit);
  const full = bounded(wanted, limit);
  return full.length === wanted.length ? full : bounded(wanted.map(inBrief), limit);
}

/** The incidents of a storm beside which others are looked after: a few of them in brief, and how many more. */
export function besideOthers(inStorm: readonly Incident[]): NonNullable<Detection["in_storm"]> {
  const incidents = bounded(inStorm.map(inBrief), MAX_IN_STORM, MAX_BYTES.storm);
  return { incidents, omitted: inStorm.length - incidents.length };
}

/** As many of the items as fit into an answer, from the first on; one that is too large alone does not hide the others. */
export function bounded<Item>(items: readonly Item[], limit: number, bytes = MAX_BYTES.incidents): Item[] {
  return describeBounded(items, (item) => item, limit, bytes);
}

/** The descriptions of as many items as fit. What comes after a full answer is not even described. */
function describeBounded<Item, Description>(
  items: readonly Item[],
  describe: (item: Item) => Description,
  limit: number,
  bytes: number,
): Description[] {
  const fitting: Description[] = [];
  let size = 0;
  let misses = 0;
  for (const item of items.slice(0, limit)) {
    const description = describe(item);
    const itemSize = Buffer.byteLength(JSON.stringify(description));
    if (size + itemSize <= bytes) {
      size += itemSize;
      misses = 0;
      fitting.push(description);
    } else if (++misses === MAX_MISSES) break;
  }
  return fitting;
}

/** The failing pods and the HPAs as `detect_failures` answers them. */
export function answer(
  failing: FailingPod[],
  hpas: Hpa[],
  moment: Moment,
): Pick<Detection, "pods" | "hpas" | "omitted_pods" | "omitted_hpas"> {
  const pods = describeBounded(byIncident(failing), describePod, failing.length, MAX_BYTES.pods);
  const states = describeBounded(problemsFirst(hpas, moment), hpaState, hpas.length, MAX_BYTES.hpas);
  return {
    pods,
    hpas: states satisfies HpaState[],
    omitted_pods: failing.length - pods.length,
    omitted_hpas: hpas.length - states.length,
  };
}

/** The pods of the workload with the most failing pods first. */
function byIncident(failing: FailingPod[]): FailingPod[] {
  const groups = Map.groupBy(failing, ({ workload }) => workloadKey(workload));
  return [...groups.values()].sort((a, b) => b.length - a.length).flat();
}

function problemsFirst(hpas: Hpa[], moment: Moment): Hpa[] {
  const rank = (hpa: Hpa) => (hpaFailures(hpa, moment).length > 0 ? 0 : 1);
  return [...hpas].sort((a, b) => rank(a) - rank(b));
}

function describePod({ name, node, workload, failures }: FailingPod): FailedPod {
  return {
    namespace: workload.namespace,
    name,
    ...(node === undefined ? {} : { node }),
    workload,
    failures: failures.slice(0, MAX_FAILURES).map(describeFailure),
  };
}
