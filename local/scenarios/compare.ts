import type { WorkloadResult } from "../../functions/run/contracts.ts";
import { REST_REASONS, type Detection, type Resting } from "../../functions/run/detection.ts";
import type { ExpectedState, ExpectedWorkload, Expectation } from "./format.ts";
import { readPath } from "./read-path.ts";

/** What a run left behind, as far as a scenario can expect anything of it. */
export interface Aftermath {
  /** The error's name, when the run failed as a whole. */
  error: string | undefined;
  outcomes: string[];
  workloads: WorkloadResult[];
  output: Partial<Detection>;
  /** All that subscribers were told. */
  message: string;
  writes: string[];
  /** Reads an object, or the list of a kind, from the API server. */
  read: (resource: string) => Promise<object>;
}

/** The two sides of a comparison, in the same shape, so that their difference shows all that is not as expected. */
export interface Comparison {
  actual: object;
  expected: object;
}

/** Sets a run's aftermath against what its scenario expects. Of each workload only what the scenario names is compared. */
export async function compare(expectation: Expectation, aftermath: Aftermath): Promise<Comparison> {
  const { outcomes, workloads, out_of_scope, resting, message, writes, cluster } = expectation;
  // Several workloads are looked after side by side.
  const inOrder = (list: readonly string[]) => ((workloads?.length ?? 0) > 1 ? list.toSorted() : list);
  const states = await Promise.all(cluster.map((state) => readState(state, aftermath)));
  return {
    expected: {
      error: undefined,
      ...(outcomes === undefined ? {} : { outcomes }),
      ...(workloads === undefined ? {} : { workloads: workloads.toSorted(byName) }),
      ...(out_of_scope === undefined ? {} : { out_of_scope }),
      ...(resting === undefined ? {} : { resting }),
      message,
      writes: inOrder(writes),
      cluster: cluster.map(({ resource, path, equals, count }) => ({ resource, path, equals, count })),
    },
    actual: {
      error: aftermath.error,
      ...(outcomes === undefined ? {} : { outcomes: aftermath.outcomes }),
      ...(workloads === undefined ? {} : { workloads: pickExpected(aftermath.workloads, workloads) }),
      ...(out_of_scope === undefined ? {} : { out_of_scope: aftermath.output.out_of_scope }),
      ...(resting === undefined ? {} : { resting: pickReasons(aftermath.output.resting, resting) }),
      message: parts(message, aftermath.message),
      writes: inOrder(aftermath.writes),
      cluster: states,
    },
  };
}

/** How many rest for the reasons that are expected, and for any other. */
function pickReasons(actual: Resting | undefined, expected: NonNullable<Expectation["resting"]>): object {
  const reasons = REST_REASONS.filter((reason) => expected[reason] !== undefined || (actual?.[reason] ?? 0) > 0);
  return Object.fromEntries(reasons.map((reason) => [reason, actual?.[reason]]));
}

/** The results with only the fields that are expected of the workload; the whole result where none was expected. */
function pickExpected(results: WorkloadResult[], expected: ExpectedWorkload[]): object[] {
  return results
    .map((result) => {
      const { kind = "", name = "" } = result.workload ?? {};
      const whole = { ...result, name, kind };
      const wanted = expected.find((each) => each.name === name && (each.kind ?? kind) === kind);
      if (wanted === undefined) return whole;
      const picked = Object.keys(wanted).map((key) => [key, (whole as Record<string, unknown>)[key]]);
      const said = wanted.summary === undefined ? {} : { summary: parts(wanted.summary, whole.summary) };
      return { ...Object.fromEntries(picked), ...said } as { name: string };
    })
    .sort(byName);
}

/** The parts of a text that are in it; for others the text itself. */
function parts(expected: readonly string[], text: string): string[] {
  return expected.map((part) => (text.includes(part) ? part : `not in: ${text}`));
}

async function readState({ resource, path, count }: ExpectedState, { read }: Aftermath): Promise<object> {
  try {
    const object = await read(resource);
    if (path !== undefined) return { resource, path, equals: readPath(object, path), count };
    return { resource, path, equals: undefined, count: (object as { items?: unknown[] }).items?.length };
  } catch (error) {
    return { resource, path, error: (error as Error).message };
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name);
}
