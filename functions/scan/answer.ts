import type { Incident } from "../run/contracts.ts";
import type { Detection, FailedPod, HpaState } from "../run/detection.ts";
import { hpaFailures } from "../facts/hpa-failures.ts";
import { fill, inTurn, modest, sizeOf } from "./fair.ts";
import { hpaState } from "./hpa-state.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
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
/**
 * The incidents, of each namespace in turn. They are in full where that leaves out none; where it would, those of the
 * namespaces that have the most to tell are in brief.
 */
export function fitIncidents(incidents: readonly Incident[], limit: number): Incident[] {
  const wanted = inTurn(incidents, namespaceOf).slice(0, limit);
  const inFull = modest(wanted, namespaceOf, MAX_BYTES.incidents);
  const isInFull = (incident: Incident) => inFull.has(namespaceOf(incident));
  const taken = wanted.filter(isInFull).reduce((sum, incident) => sum + sizeOf(incident), 0);
  const others = wanted.filter((incident) => !isInFull(incident));
  const brief = fill(others, namespaceOf, inBrief, { items: limit, bytes: MAX_BYTES.incidents - taken });
  const briefOf = new Map(brief.map((incident) => [incident.workload, incident]));
  return wanted.flatMap((incident) => (isInFull(incident) ? incident : (briefOf.get(incident.workload) ?? [])));
}

/** The incidents of a storm beside which others are looked after: a few of them in brief, and how many more. */
export function besideOthers(inStorm: readonly Incident[]): NonNullable<Detection["in_storm"]> {
  const room = { items: MAX_IN_STORM, bytes: MAX_BYTES.storm };
  const incidents = fill(inStorm, namespaceOf, inBrief, room);
  return { incidents, omitted: inStorm.length - incidents.length };
}

/** The workloads whose rollouts are left their time, as many as fit. */
export function fitRollouts(incidents: readonly Incident[], limit: number): WorkloadRef[] {
  const room = { items: limit, bytes: MAX_BYTES.rollouts };
  return fill(incidents, namespaceOf, ({ workload }) => workload, room);
}

function namespaceOf({ workload }: Pick<Incident, "workload">): string {
  return workload.namespace;
}

/** The failing pods and the HPAs as `detect_failures` answers them. */
export function answer(
  failing: FailingPod[],
  hpas: Hpa[],
  moment: Moment,
): Pick<Detection, "pods" | "hpas" | "omitted_pods" | "omitted_hpas"> {
  const pods = fill(byIncident(failing), namespaceOf, describePod, { items: failing.length, bytes: MAX_BYTES.pods });
  const states = fill(problemsFirst(hpas, moment), ({ metadata }) => metadata?.namespace ?? "", hpaState, {
    items: hpas.length,
    bytes: MAX_BYTES.hpas,
  });
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
