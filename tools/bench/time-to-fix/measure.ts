import type { WorkloadResult } from "../../../functions/run/contracts.ts";
import type { Detection } from "../../../functions/run/detection.ts";
import { Policy } from "../../../functions/shared/policy.ts";
import { startExecution, type ExecutionEvent } from "../../../local/engine/engine.ts";
import { localEnvironment } from "../../../local/engine/environment.ts";
import { SITUATIONS, type Situation } from "./situations.ts";
import { breakOn, secondsUntil, type BenchStage } from "./stage.ts";

/** How long it took until a workload was mended, in seconds of the simulated clock. */
export interface FixTime {
  what: string;
  cause: string;
  action: string;
  /** Until a scheduled run named the workload as failing. */
  seeing: number;
  /** From then until the run began that did something about it. */
  waiting: number;
  /** From then until the last write of the remedy. */
  acting: number;
  /** From then until the outcome Recovered was told. */
  soaking: number;
  /** Until the Deployment itself said that its rollout had failed; undefined where it never does. */
  ownWord: number | undefined;
  /** How long the same takes a person who is told at once, from the command until all is well. */
  byHand: number;
}

/** The default policy, and the default schedule. */
const POLICY = Policy.parse({});
const SCHEDULE_SECONDS = 60;
/** A call of a function counts as a second, which is more than each was measured to take. */
const CALL_SECONDS = 1;
const LONGEST_SECONDS = 1_800;

/** Plays every situation three times: with the workflow, left alone, and mended by hand. */
export async function measureFixes(progress: (line: string) => void): Promise<FixTime[]> {
  const measured: FixTime[] = [];
  for (const situation of SITUATIONS) {
    const fix = await measureFix(situation);
    progress(`${fix.what}: ${total(fix)} s, ${fix.cause}, ${fix.action}`);
    measured.push(fix);
  }
  return measured;
}

/** All of it together. */
export function total({ seeing, waiting, acting, soaking }: FixTime): number {
  return seeing + waiting + acting + soaking;
}

/** @throws Error when the workflow does not mend it, or not for this cause or with this remedy */
export async function measureFix(situation: Situation): Promise<FixTime> {
  const { what, cause, action } = situation;
  return {
    ...{ what, cause, action },
    ...(await withWorkflow(situation)),
    ownWord: await leftAlone(situation),
    byHand: await byHand(situation),
  };
}

async function leftAlone(situation: Situation): Promise<number | undefined> {
  const stage = await breakOn(situation);
  try {
    return await secondsUntil(stage, stage.saysItFailed, LONGEST_SECONDS);
  } finally {
    await stage.stop();
  }
}

async function byHand(situation: Situation): Promise<number> {
  const stage = await breakOn(situation);
  try {
    const failing = await secondsUntil(stage, () => !stage.isWell(), LONGEST_SECONDS);
    if (failing === undefined) throw new Error(`Nothing fails: ${situation.what}`);
    await stage.kubectl(situation.byHand);
    const seconds = await secondsUntil(stage, stage.isWell, LONGEST_SECONDS);
    if (seconds === undefined) throw new Error(`Not mended by hand: ${situation.what}`);
    return seconds;
  } finally {
    await stage.stop();
  }
}

/** What one run of the workflow did, in milliseconds of the simulated clock. */
interface Observed {
  began: number;
  /** When it named the workload as failing, be it as one that is left its time. */
  seen?: number;
  told?: { at: number; result: WorkloadResult };
  ended?: true;
}

type Phases = Pick<FixTime, "seeing" | "waiting" | "acting" | "soaking">;

async function withWorkflow(situation: Situation): Promise<Phases> {
  const writes: number[] = [];
  const stage = await breakOn(situation, ({ verb, resource, uri, userAgent, status }) => {
    const isRemedy = ["patch", "create", "delete"].includes(verb) && !["leases", "events"].includes(resource);
    if (isRemedy && status < 300 && userAgent === USER_AGENT && !uri.includes("dryRun=All")) {
      writes.push(stage.clock.now().getTime());
    }
  });
  const runs: Observed[] = [];
  try {
    const first = Math.ceil(stage.broke.getTime() / (SCHEDULE_SECONDS * 1_000)) * SCHEDULE_SECONDS * 1_000;
    for (let at = first; at <= stage.broke.getTime() + LONGEST_SECONDS * 1_000; at += SCHEDULE_SECONDS * 1_000) {
      await stage.clock.driveTo(new Date(at));
      const fixed = runs.find(({ told }) => told?.result.outcome === "Recovered");
      if (fixed !== undefined) return phases(situation, stage, runs, fixed, writes);
      const run: Observed = { began: at };
      runs.push(run);
      void execute(stage, run);
    }
    const last = runs.findLast(({ told }) => told !== undefined)?.told?.result.summary ?? "nothing was found";
    throw new Error(`Not mended: ${situation.what}: ${last}`);
  } finally {
    while (runs.some(({ ended }) => ended !== true)) await secondsUntil(stage, () => true, SCHEDULE_SECONDS);
    await stage.stop();
  }
}

const USER_AGENT = "eks-remediation/bench";

async function execute({ url, clock }: BenchStage, run: Observed): Promise<void> {
  const authenticate = () => Promise.resolve({ "user-agent": USER_AGENT });
  const environment = {
    ...localEnvironment({ name: "embedded", server: url, authenticate }, POLICY, []),
    now: () => clock.now(),
  };
  await clock.work(async () => {
    const { result } = startExecution({
      input: { cluster_name: "embedded" },
      name: `bench-${run.began}`,
      environment,
      sleep: (seconds) => clock.sleep(seconds),
      call: async (_call, handle) => {
        await clock.sleep(CALL_SECONDS);
        return await handle(environment);
      },
      onEvent: (event) => {
        note(run, event, clock.now().getTime());
      },
    });
    await result;
    run.ended = true;
  });
}

function note(run: Observed, { type, state, output }: ExecutionEvent, at: number): void {
  if (type !== "exited") return;
  if (state === "Detect failures") {
    const { incidents, in_rollout } = (output as { detection: Detection }).detection;
    if (incidents.length + in_rollout.length > 0) run.seen = at;
  }
  if (state === "Report outcome") run.told = { at, result: (output as { report: WorkloadResult }).report };
}

function phases(
  situation: Situation,
  { broke }: BenchStage,
  runs: readonly Observed[],
  { began, told }: Observed,
  writes: readonly number[],
): Phases {
  const { result, at: end = NaN } = told ?? {};
  if (result?.cause !== situation.cause || result.action !== situation.action) {
    throw new Error(`${situation.what}: ${result?.cause ?? "no cause"}, ${result?.action ?? "no remedy"}`);
  }
  const seen = Math.min(...runs.map((run) => run.seen ?? Infinity));
  const acts = Math.max(began, seen);
  const wrote = Math.max(...writes.filter((write) => write <= end));
  const seconds = (from: number, to: number) => Math.round((to - from) / 1_000);
  return {
    seeing: seconds(broke.getTime(), seen),
    waiting: seconds(seen, acts),
    acting: seconds(acts, wrote),
    soaking: seconds(wrote, end),
  };
}
