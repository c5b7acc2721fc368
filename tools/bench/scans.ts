import { Loader } from "./load.ts";
import { measure, type Failed, type Measurement } from "./measure.ts";
import { objectsOf } from "./population/population.ts";
import { plan } from "./population/plan.ts";
import { truthOf, type Score } from "./population/truth.ts";
import type { Row } from "./row.ts";
import { openStage, type Stage } from "./stage.ts";
import { SLOW, type Way } from "./ways.ts";

/** How large a population is. */
export interface Population {
  pods: number;
  namespaces: number;
}

/** Those of the published tables: pods, and namespaces, grow where the other stays. */
export const POPULATIONS: readonly Population[] = [
  { pods: 5_000, namespaces: 20 },
  { pods: 20_000, namespaces: 20 },
  { pods: 20_000, namespaces: 500 },
  { pods: 20_000, namespaces: 5_000 },
  { pods: 100_000, namespaces: 20 },
];

export interface ScanOptions {
  populations: readonly Population[];
  shares: readonly number[];
  ways: readonly Way[];
  runs: number;
  seed: number;
  progress: (line: string) => void;
}

/** With more pods than this kubectl takes more memory than most machines have: 13 GB for 100,000 pods. */
const MOST_PODS_FOR_KUBECTL = 50_000;
/** What is well was made before this. */
const AGE_MS = 2 * 3_600_000;

/** Measures every way on every population. */
export async function measureScans(options: ScanOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const population of options.populations) {
    const stage = await openStage(options.progress);
    try {
      const loader = new Loader(stage.cluster, stage.etcd, options.progress);
      const built = new Date(Date.now() - AGE_MS);
      for (const share of options.shares)
        rows.push(...(await measureShare(stage, loader, population, share, built, options)));
    } finally {
      await stage.stop();
    }
  }
  return rows;
}

async function measureShare(
  stage: Stage,
  loader: Loader,
  population: Population,
  share: number,
  built: Date,
  { shares, ways, runs, seed, progress }: ScanOptions,
): Promise<Row[]> {
  const { pods, namespaces } = population;
  progress(`${pods.toLocaleString("en")} pods over ${namespaces} namespaces, ${share * 100} % failing`);
  const planned = plan({ ...population, failing: share, seed, built, now: new Date() });
  await loader.fill(objectsOf(planned));
  const truth = truthOf(planned);
  // What was just written keeps the API server busy for a moment; the first to ask would pay for it.
  await measure("floor", stage, truth, 1);
  const rows: Row[] = [];
  for (const way of ways) {
    if (SLOW.includes(way) && share !== shares[Math.min(1, shares.length - 1)]) continue;
    const isTooLarge = way.startsWith("kubectl") && pods > MOST_PODS_FOR_KUBECTL;
    const measured = isTooLarge
      ? { failed: "not run: kubectl would need over 12 GB" }
      : await measure(way, stage, truth, SLOW.includes(way) ? 1 : runs);
    rows.push({ way, pods, namespaces, share, injected: truth.size, measured });
    progress(`  ${way}: ${describe(measured)}`);
  }
  return rows;
}

function describe(measured: Measurement | Failed): string {
  if ("failed" in measured) return measured.failed;
  const { milliseconds, peakBytes, cpuSeconds, serverCpuSeconds, bytes, requests, score, told } = measured;
  return [
    `${(milliseconds / 1_000).toFixed(2)} s`,
    `${(bytes / 1e6).toFixed(2)} MB in ${requests} answers`,
    `CPU ${cpuSeconds.toFixed(2)} s, of the API server ${serverCpuSeconds.toFixed(2)} s`,
    `${Math.round(peakBytes / 1e6)} MB resident`,
    `${told} told`,
    ...(score === undefined ? [] : [foundText(score)]),
  ].join("; ");
}

function foundText({ found, injected, missed, healthyTold }: Score): string {
  const missing = Object.entries(missed).map(([failure, count]) => `${failure} ${count}`);
  const well = healthyTold.slice(0, 3).join(", ");
  return [
    `${found} of ${injected} found${missing.length === 0 ? "" : ` (not ${missing.join(", ")})`}`,
    `${healthyTold.length} that are well${well === "" ? "" : ` (${well})`}`,
  ].join(", ");
}
