/** What happens to the clusters of a simulated fleet in a day: numbers that are chosen, not measured. */
export interface Day {
  clusters: number;
  /** Minutes between looks at a cluster. */
  everyMinutes: number;
  /** How many workloads of each begin to fail in the day, each for a reason of its own, and stay so. */
  failures: number;
  /** A release that breaks a workload of so many clusters, within so many minutes of its hour. */
  release: { clusters: number; hour: number; minutes: number };
  /** So many clusters that do not answer from an hour on, for so many minutes. */
  silence: { clusters: number; hour: number; minutes: number };
}

export const DAY: Day = {
  clusters: 1_000,
  everyMinutes: 5,
  failures: 2,
  release: { clusters: 400, hour: 9, minutes: 30 },
  silence: { clusters: 100, hour: 15, minutes: 60 },
};

/** A workload that fails: since when, in seconds of the day, and whether the release broke it. */
export interface Failing {
  since: number;
  isOfRelease: boolean;
}

/** Numbers between 0 and 1 that are the same each time. Source: mulberry32 */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What begins to fail on each cluster. */
export function failuresOf({ clusters, failures, release }: Day, random: () => number): Failing[][] {
  return Array.from({ length: clusters }, (_, index) => [
    ...Array.from({ length: failures }, () => ({ since: random() * 86_400, isOfRelease: false })),
    ...(index < release.clusters
      ? [{ since: (release.hour + (random() * release.minutes) / 60) * 3_600, isOfRelease: true }]
      : []),
  ]);
}
