import type { DiagnosisCost } from "./diagnosis.ts";
import type { Measurement } from "./measure.ts";
import type { Row } from "./row.ts";
import type { Way } from "./ways.ts";

/**
 * What the detection and the diagnosis are held to, in counts, sizes and ratios: seconds depend on the machine.
 * `--check` fails where one of these does not hold.
 */
const SCAN_GOALS: readonly ScanGoal[] = [
  { pods: 20_000, namespaces: 20, share: 0, megabytes: 1.5, requests: 12 },
  { pods: 20_000, namespaces: 5_000, share: 0, requests: 12, serverCpuOfOneTable: 2 },
  { pods: 20_000, namespaces: 20, share: 0.05, megabytes: 8, requests: 300, resident: 180, cpuOfTypedClient: 0.15 },
  { pods: 100_000, namespaces: 20, share: 0.05, megabytes: 30, requests: 1_000, resident: 300, cpuOfTypedClient: 0.1 },
];
const DIAGNOSIS_REQUESTS = 9;
/** How much more may be sent beside many foreign Events: the Events about the workload itself weigh more than that. */
const DIAGNOSIS_GROWTH = 1.1;

/** Processor time is counted in steps of this. */
const LEAST_CPU = 0.01;

interface ScanGoal {
  pods: number;
  namespaces: number;
  share: number;
  /** The most that is sent over the network, in how many answers. */
  megabytes?: number;
  requests?: number;
  /** The most resident memory, in MB. */
  resident?: number;
  /** Processor time, as a multiple of what a typed client takes for the same pods. */
  cpuOfTypedClient?: number;
  /** Processor time of the API server, as a multiple of what one request for the rows of all pods takes. */
  serverCpuOfOneTable?: number;
}

/** A goal, and whether it holds; undefined where it was not measured. */
export interface Verdict {
  what: string;
  holds: boolean | undefined;
}

/** Holds what was measured to the goals. */
export function verdicts(rows: readonly Row[], diagnoses: readonly DiagnosisCost[]): Verdict[] {
  return [
    ...rows.filter(({ way }) => way.startsWith("detection")).map(foundAll),
    ...SCAN_GOALS.flatMap((goal) => scanVerdicts(goal, rows)),
    ...diagnosisVerdicts(diagnoses),
  ];
}

/** All of every kind, and nothing that is well. */
function foundAll({ way, pods, namespaces, share, measured }: Row): Verdict {
  const where = `${sizeText({ pods, namespaces, share })}, ${way}`;
  if ("failed" in measured) return { what: `${where}: ${measured.failed}`, holds: false };
  const { score, told } = measured;
  const { injected = 0, found = 0, healthyTold = [] } = score ?? {};
  return {
    what: `${where}: ${found} of ${injected} found, ${healthyTold.length} told that are well, ${told} told in all`,
    holds: found === injected && healthyTold.length === 0 && told === injected,
  };
}

function scanVerdicts(goal: ScanGoal, rows: readonly Row[]): Verdict[] {
  const measuredBy = (way: Way, isSameShare: boolean): Measurement | undefined => {
    const row = rows.find(
      (each) =>
        each.way === way &&
        each.pods === goal.pods &&
        each.namespaces === goal.namespaces &&
        (!isSameShare || each.share === goal.share),
    );
    return row === undefined || "failed" in row.measured ? undefined : row.measured;
  };
  const own = measuredBy("detection", true);
  const typed = measuredBy("typed-client", false);
  const table = measuredBy("one-table", true);
  const verdict = (what: string, limit: number | undefined, value: number | undefined): Verdict[] => {
    if (limit === undefined) return [];
    const said = value === undefined ? "not measured" : String(Number(value.toPrecision(3)));
    return [
      {
        what: `${sizeText(goal)}: ${what} ${said}, at most ${limit}`,
        holds: value === undefined ? value : value <= limit,
      },
    ];
  };
  return [
    ...verdict("MB on the wire", goal.megabytes, own && own.bytes / 1e6),
    ...verdict("requests", goal.requests, own?.requests),
    ...verdict("MB resident", goal.resident, own && own.peakBytes / 1e6),
    ...verdict("CPU, typed client = 1", goal.cpuOfTypedClient, own && typed && own.cpuSeconds / typed.cpuSeconds),
    ...verdict(
      "CPU of the API server, one request for all rows = 1",
      goal.serverCpuOfOneTable,
      own && table && own.serverCpuSeconds / Math.max(LEAST_CPU, table.serverCpuSeconds),
    ),
  ];
}

function diagnosisVerdicts(diagnoses: readonly DiagnosisCost[]): Verdict[] {
  const [least] = diagnoses;
  if (least === undefined) return [{ what: "diagnosis: not measured", holds: undefined }];
  return diagnoses.map(({ foreignEvents, requests, bytes }) => ({
    what: `diagnosis beside ${foreignEvents} foreign Events: ${requests} requests, at most ${DIAGNOSIS_REQUESTS}; ${bytes} bytes, at most ${DIAGNOSIS_GROWTH} times ${least.bytes}`,
    holds: requests <= DIAGNOSIS_REQUESTS && bytes <= least.bytes * DIAGNOSIS_GROWTH,
  }));
}

function sizeText({ pods, namespaces, share }: Pick<ScanGoal, "pods" | "namespaces" | "share">): string {
  return `${pods} pods, ${namespaces} namespaces, ${share * 100} % failing`;
}
