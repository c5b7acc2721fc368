import type { Incident } from "../run/contracts.ts";
import { coolDownMs, isOnlyTold, TOLD_MS, toldAt } from "../run/cool-down.ts";
import { isWellAgain } from "../run/history.ts";
import { historyOf, workloadOf } from "../run/lease.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/**
 * Of how many workloads of one namespace people are told in a day one by one, where nothing is done about them; and of how many
 * objects that are no such workload, or that nothing recreates, which anybody makes by the hundred.
 */
const EACH_OF = { workloads: 50, others: 10 };
/** The longest pause between two messages of a namespace of which people were told that often, in milliseconds. */
const LONGEST_MS = 3_600_000;

/** What people were told within a day of one namespace, without that anything was done. */
interface Told {
  /** How often. */
  times: number;
  latest: number;
  /** How many claims there are of what nobody was told, as it came one of many. */
  untold: number;
}

/**
 * The incidents, with a mark on those of which people are not told where nothing is done: they were told of so many others of
 * the namespace within a day. Then there is one message more after a pause that doubles, up to an hour, and it says how many
 * others there are. So nobody who makes objects in a namespace, under new names again and again, has people called for each, nor
 * keeps them from hearing of another namespace; and who makes bare pods, not from hearing of workloads. Pure.
 */
export function crowded(
  incidents: readonly Incident[],
  claims: readonly Lease[],
  policy: Policy,
  now: Date,
): Incident[] {
  const told = toldIn(claims, now);
  const marks = new Map<Incident, Incident["crowd"]>();
  for (const [crowd, members] of Map.groupBy(incidents, ({ workload }) => crowdOf(workload))) {
    const here = told.get(crowd) ?? { times: 0, latest: 0, untold: 0 };
    const room = roomIn(here, eachOf(members), policy, now);
    // What waits for another is told with that.
    const mine = members.filter(({ waits_for }) => waits_for === undefined || waits_for.elsewhere === true);
    const [teller, quiet] = [mine[room - 1], mine.slice(room)];
    for (const incident of quiet) marks.set(incident, { is_told: false, untold: 0 });
    const untold = quiet.length + here.untold;
    if (teller !== undefined && untold > 0) marks.set(teller, { is_told: true, untold });
  }
  return incidents.map((incident) => {
    const crowd = marks.get(incident);
    return crowd === undefined ? incident : { ...incident, crowd };
  });
}

/** Of how many more people are told now. */
function roomIn({ times, latest }: Told, each: number, policy: Policy, now: Date): number {
  if (times < each) return each - times;
  const pause = Math.min(LONGEST_MS, coolDownMs(times - each + 1, policy));
  return now.getTime() >= latest + pause ? 1 : 0;
}

function toldIn(claims: readonly Lease[], now: Date): Map<string, Told> {
  const told = new Map<string, Told>();
  const isRecent = (time: number) => now.getTime() - time < TOLD_MS;
  for (const lease of claims) {
    const workload = workloadOf(lease);
    if (workload === undefined) continue;
    const history = historyOf(lease).filter((entry) => isOnlyTold(entry) && !isWellAgain(entry));
    const times = [...new Set(history.map((entry) => toldAt(entry)?.getTime() ?? 0))].filter(isRecent);
    const [newest] = history;
    const isUntold = times.length === 0 && newest?.told === null && isRecent(Date.parse(newest.at));
    const before = told.get(crowdOf(workload)) ?? { times: 0, latest: 0, untold: 0 };
    told.set(crowdOf(workload), {
      times: before.times + times.length,
      latest: Math.max(before.latest, ...times),
      untold: before.untold + (isUntold ? 1 : 0),
    });
  }
  return told;
}

/** The namespace, and whether it is a workload that is kept up. What is in no namespace is each a crowd of its own. */
function crowdOf(workload: WorkloadRef): string {
  const { kind, namespace, name } = workload;
  return namespace === "" ? `${kind} ${name}` : `${namespace}/${isKeptUp(workload) ? "workloads" : "others"}`;
}

function eachOf([first]: readonly Incident[]): number {
  return EACH_OF[first !== undefined && isKeptUp(first.workload) ? "workloads" : "others"];
}

function isKeptUp(workload: WorkloadRef): boolean {
  return kindOf(workload)?.counts === true;
}
