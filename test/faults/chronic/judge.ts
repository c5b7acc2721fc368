import type { ChronicRecord, ChronicWorkload } from "./record.ts";

/** A person is reminded of what is left to them this often. */
const REMINDED_MINUTES = 24 * 60;
/** Remedies that may be tried before it is left to a person, each of which is told. */
const TRIES = 4;
/** When the decision has to be made: the remedies have waits and cool-downs, the longest of them. */
const DECIDED_MINUTES = 12 * 60;
/** What a remedy that is tried, verified, undone and told may enter, and what a look at what is left alone may. */
const TRANSITIONS_OF_A_TRY = 40;
const TRANSITIONS_OF_A_LOOK = 6;
/** Changes of a try: a remedy and its undo, or each of its pods. */
const CHANGES_OF_A_TRY = 4;
/** Looks of a day at what nobody fixes: after cool-downs that double up to six hours. */
const LOOKS_OF_A_DAY = 12;
/** Writes of a claim in each of them: it is taken, and given back, and says in between what is intended. */
const CLAIMS_OF_A_TRY = 6;
const CLAIMS_OF_A_LOOK = 3;
const EVENTS_OF_A_TRY = 6;
const DAY_MINUTES = 24 * 60;

/** The most that failures that nobody fixes may cost in so many minutes, of one workload. */
export function mostOf(minutes: number): Omit<ChronicWorkload, "name" | "told"> & { told: number } {
  const looks = Math.ceil(minutes / DAY_MINUTES) * LOOKS_OF_A_DAY;
  return {
    told: TRIES + 1 + Math.floor(minutes / REMINDED_MINUTES),
    transitions: TRIES * TRANSITIONS_OF_A_TRY + looks * TRANSITIONS_OF_A_LOOK,
    changes: TRIES * CHANGES_OF_A_TRY,
    claims: TRIES * CLAIMS_OF_A_TRY + looks * CLAIMS_OF_A_LOOK,
    events: TRIES * EVENTS_OF_A_TRY + looks,
  };
}

/** What failures that nobody fixes broke, one line each. */
export function judgeChronic({ runs, failed, held, others, workloads }: ChronicRecord): string[] {
  return [
    ...failed.map((line) => `an execution failed: ${line}`),
    ...held.map((name) => `the claim ${name} was still held when all was over`),
    ...others.map((line) => `something else was told: ${line}`),
    ...workloads.flatMap((workload) => ofWorkload(workload, runs)),
  ];
}

function ofWorkload({ name, told, ...counts }: ChronicWorkload, runs: number): string[] {
  const most = mostOf(runs);
  const costs = (Object.keys(counts) as (keyof typeof counts)[]).filter((cost) => counts[cost] > most[cost]);
  const later = told.filter(({ minute }) => minute > DECIDED_MINUTES);
  const soon = later.filter(({ minute }, index) => minute - (later[index - 1]?.minute ?? -Infinity) < REMINDED_MINUTES);
  return [
    ...(told.length === 0 ? [`nobody was told of ${name}`] : []),
    ...(told.length > most.told
      ? [`${name} was told ${told.length} times in ${runs} minutes; at most ${most.told}`]
      : []),
    ...soon.map(({ minute }) => `${name} was told again in minute ${minute}, within a day`),
    ...costs.map((cost) => `${name} cost ${counts[cost]} ${cost} in ${runs} minutes; at most ${most[cost]}`),
  ];
}
