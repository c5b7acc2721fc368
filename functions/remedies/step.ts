import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { assertClaimed } from "../run/assert-claimed.ts";
import { assertHeld, assertNotTakenOver, assertOwnTurn, beginRemedy, mayBeOwn } from "../run/begin-remedy.ts";
import { RemedyResult, UndoResult, WorkloadRun } from "../run/contracts.ts";
import { withEvent } from "../run/event.ts";
import { policyFor } from "../run/policy-for.ts";
import { heldByFleet, type FleetNow, type HeldByFleet } from "../run/fleet-hold.ts";
import type { Limited } from "../run/limits.ts";
import { assertNotRedriven } from "../run/redrive.ts";
import { Attempt, Redrive } from "../run/resumption.ts";
import { settling, undoSettling } from "../run/settling.ts";
import { contract, step, type Environment } from "../run/step.ts";
import { HeldBack, presentLimit } from "../run/take-place.ts";
import type { Turn } from "../run/turns.ts";
import { undoUnlessOvertaken } from "../run/undo.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";
import type { FleetStorm } from "../shared/fleet-storms.ts";
import type { Cluster, Reader } from "../shared/cluster/cluster.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { runHelm } from "./helm-rollback/run-helm.ts";
import { readDestroyed, type Destroyed } from "./destroyed.ts";
import type { Plan, Remedy } from "./remedy.ts";
import { planOf } from "./remedies.ts";
import { isTakenBack } from "./taken-back.ts";
import { writtenFields } from "./written-fields.ts";
import { Writer } from "./writer.ts";

const Input = z.strictObject({
  operation: z.enum(["apply", "undo"]).default("apply"),
  attempt: Attempt,
  redrive: Redrive,
  run: WorkloadRun,
});

const LEFT =
  "It was not undone: the claim had ended while the execution was stopped, and whether the workload was well in between is not known.";

/** What a remedy's step may use beyond the environment of every step. */
export interface RemedyEnvironment extends Environment {
  /** Keeps what is about to be destroyed; absent where nothing is kept. @throws RemediationError `EvidenceNotKept` */
  preserve?(destroyed: Destroyed): Promise<void>;
  /** In which ways clusters of the fleet fail alike; absent where there is no fleet. @throws what reading it met */
  fleetStorms?(): Promise<readonly FleetStorm[]>;
  /**
   * Takes one of so many places for clusters in which remedies for a sign begin at about that moment; whether the cluster has one.
   * @throws what taking it met
   */
  fleetPlace?(sign: string, clusterName: string, most: number, now: Date): Promise<boolean>;
  /** Where Helm is; absent where it is not there. @throws RemediationError `HelmMissing` */
  helm?(): Promise<string>;
}

/** The step that carries out one remedy, and its undo. */
export function remedyStep(remedy: Remedy) {
  return step(
    contract(Input),
    z.union([RemedyResult, UndoResult]),
    async (
      { operation, attempt, redrive, run },
      environment: RemedyEnvironment,
    ): Promise<RemedyResult | UndoResult> => {
      const plan = ownPlan(remedy, run);
      assertNotRedriven(run, redrive);
      // Before anything is read: a step that comes late must not even look busy.
      assertClaimed(run, environment.now());
      return operation === "undo"
        ? await undo(remedy, plan, run, environment)
        : await apply(remedy, plan, attempt, run, environment);
    },
  );
}

async function apply(
  remedy: Remedy,
  plan: Plan,
  attempt: number,
  run: WorkloadRun,
  environment: RemedyEnvironment,
): Promise<RemedyResult> {
  const { workload, requested } = run.incident;
  // What is set at run time is read again as late as that: it may have been stopped since it was decided upon.
  let turn: Turn | undefined;
  const begin = async (cluster: Cluster) => {
    const present = () => policyFor(environment, run.cluster_name);
    const fleet = () => fleetNow(environment, run);
    turn = await beginRemedy(cluster, run, environment.now(), await present(), present, fleet, attempt);
  };
  const goOn = (cluster: Cluster) => assertOwnTurn(cluster, run, environment.now(), turn);
  const writer = await writerFor(remedy, plan, run, environment, { begin, goOn });
  const before = run.remedy?.status === "applied" ? run.remedy.change : undefined;
  const occasion = {
    mayBeOwn: () => mayBeOwn(writer.reader, run, attempt, turn),
    requested: requested !== undefined,
    before,
  };
  const done = await remedy.carryOut(writer, plan, occasion).catch(declinedByLimit);
  const times = settling(run, environment.policy(), environment.now());
  if ("refusal" in done) {
    if (!run.dry_run) await assertHeld(writer.reader, run);
    return { status: "refused", ...done, ...times };
  }
  const { change, stopped } = done;
  const held = run.dry_run ? await presentHold(writer, run, environment) : undefined;
  const waits = held === undefined ? [] : [`Without dry_run it would have to wait. ${held.message}`];
  const beside = [...(done.beside ?? []), ...waits];
  // A step that could do nothing more has no more time for that.
  const { deadline = times.deadline } = isDeepStrictEqual(change, before) ? (run.remedy ?? {}) : {};
  return await withEvent(environment, run, remedy.entry.event, {
    status: run.dry_run ? "planned" : "applied",
    message: [remedy.words.did(change, workload, run.dry_run), ...beside].join(" "),
    change,
    ...(held === undefined ? {} : { refusal: held.refusal }),
    undo: remedy.undo === "cannot be undone" || isTakenBack(change) ? "cannot be undone" : "can be undone",
    ...(stopped === undefined ? {} : { stopped_by: { Error: stopped.name, Cause: stopped.message } }),
    ...times,
    deadline,
    done_at: environment.now().toISOString(),
  });
}

/** A remedy that a limit holds back, or that is not let any more, was not begun, and is no failure. */
function declinedByLimit(error: unknown): HeldBack["answer"] {
  if (error instanceof HeldBack) return error.answer;
  throw error;
}

/** What would hold the remedy back now, if this were no dry run. */
async function presentHold(
  { reader }: Writer,
  run: WorkloadRun,
  environment: RemedyEnvironment,
): Promise<Limited | HeldByFleet | undefined> {
  const policy = await policyFor(environment, run.cluster_name);
  const now = environment.now();
  return heldByFleet(run, await fleetNow(environment, run), now) ?? (await presentLimit(reader, run, policy, now));
}

/** In which ways clusters fail alike at this moment, or why that cannot be known; undefined where no remedy waits for that. */
async function fleetNow(
  environment: RemedyEnvironment,
  { cluster_name: cluster }: WorkloadRun,
): Promise<FleetNow | undefined> {
  const { hold, min_clusters: most } = environment.policy().fleet;
  if (!hold) return undefined;
  try {
    const storms = await environment.fleetStorms?.();
    if (storms === undefined) return undefined;
    const take = environment.fleetPlace?.bind(environment);
    if (take === undefined) return { storms };
    return { storms, takePlace: (sign) => take(sign, cluster, most, environment.now()) };
  } catch (error) {
    return { unreadable: refusalOf(error).message };
  }
}

async function undo(remedy: Remedy, plan: Plan, run: WorkloadRun, environment: RemedyEnvironment): Promise<UndoResult> {
  const { undo: way, words } = remedy;
  const change = run.remedy?.change;
  if (way === "cannot be undone" || change?.kind !== remedy.action) {
    throw new RemediationError("InvalidStepInput", `There is no ${remedy.action} to be undone.`);
  }
  const times = undoSettling(environment.policy(), environment.now());
  // It may have been well since the remedy, and fail of something else by now.
  if (run.claim?.lapsed === true) return { status: "left", message: LEFT, ...times };
  const begin = (cluster: Cluster) => assertNotTakenOver(cluster, run, environment.now());
  const writer = await writerFor(remedy, plan, run, environment, { begin, goOn: begin });
  const undone = await undoUnlessOvertaken(
    () => way.back(writer, change),
    words.undone?.(change, run.incident.workload) ?? `The ${remedy.action} was undone.`,
  );
  return await withEvent(environment, run, "RemediationUndone", {
    ...undone,
    ...undoSettling(environment.policy(), environment.now()),
    done_at: environment.now().toISOString(),
  });
}

async function writerFor(
  remedy: Remedy,
  plan: Plan,
  run: WorkloadRun,
  environment: RemedyEnvironment,
  { begin, goOn }: Record<"begin" | "goOn", (cluster: Cluster) => Promise<void>>,
): Promise<Writer> {
  const { workload } = run.incident;
  const cluster = await environment.connect(run.cluster_name);
  return new Writer({
    cluster,
    workload,
    uid: run.diagnosis?.workload_uid,
    dryRun: run.dry_run,
    targets: remedy.writes(plan, workload),
    fields: (ref) => writtenFields(plan, workload, ref),
    owner: run.diagnosis?.owner,
    begin: () => begin(cluster),
    goOn: () => goOn(cluster),
    helm: helmOn(cluster, environment),
    keep: environment.preserve === undefined ? undefined : (pod) => keepOf(pod, cluster, run, environment),
  });
}

/** Runs Helm on the cluster, where both are to be had. */
function helmOn(
  cluster: Cluster,
  environment: RemedyEnvironment,
): ((args: readonly string[]) => Promise<void>) | undefined {
  if (!("helm" in environment)) return undefined;
  return async (args) => {
    const [binary, access] = await Promise.all([environment.helm?.(), cluster.access?.()]);
    if (binary === undefined || access === undefined) {
      throw new RemediationError("HelmMissing", "Helm cannot be run on this cluster from here.");
    }
    await runHelm(binary, access, args);
  };
}

/** Keeps what goes with a pod, where that is kept at all. */
async function keepOf(pod: Pod, cluster: Reader, run: WorkloadRun, environment: RemedyEnvironment): Promise<void> {
  if (environment.preserve === undefined) return;
  const { cluster_name, execution, incident } = run;
  const occurrence = { at: environment.now().toISOString(), cluster_name, execution: execution.name };
  const lines = environment.policy().evidence.log_lines;
  const { workload } = incident;
  await environment.preserve(await readDestroyed(cluster, { ...occurrence, workload }, pod, lines));
}

/** @throws RemediationError `InvalidStepInput` when the state machine routed the run to the wrong step */
function ownPlan({ action }: Remedy, { diagnosis }: WorkloadRun): Plan {
  const plan = planOf(diagnosis?.remedy);
  if (plan?.action === action) return plan;
  throw new RemediationError(
    "InvalidStepInput",
    `This step carries out ${action}, not ${diagnosis?.remedy.action ?? "nothing"}.`,
  );
}
