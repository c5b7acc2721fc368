import { isDeepStrictEqual } from "node:util";
import type { Cluster, Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { WorkloadRun } from "./contracts.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { RemediationError } from "../shared/errors.ts";
import { heldByFleet, heldWithoutPlace, type FleetNow } from "./fleet-hold.ts";
import { unfinishedEntry } from "./history.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { CLAIM_NAMESPACE } from "../shared/policy.ts";
import type { PolicyInForce } from "../shared/settings-here.ts";
import { assertClaimed } from "./assert-claimed.ts";
import { begun, expiryOf, leaseName } from "./lease.ts";
import { notLetAnymore } from "./permit.ts";
import { begunBy } from "./places.ts";
import { despiteOthers, readLease } from "./stored-lease.ts";
import { HeldBack, takePlace } from "./take-place.ts";
import { isTurnFor, nextTurn, turnOf, withTurn, type Turn } from "./turns.ts";

/**
 * Writes into the claim that a remedy begins, before anything is changed, if it is still let, and the
 * policy's limits let it. What has begun is let go on: it is not left half done. Should its execution
 * die half-way, whoever takes the workload over reads it there, and does not do the same again. The write is refused when the
 * claim is somebody else's by now, whatever the clocks say, or was taken up again since this step was given it: the step of an
 * execution that was stopped may still run when that is redriven. A step that is tried again begins nothing anew, and takes the
 * turn of the call before it; what an execution has begun on the workload keeps its place when another remedy follows.
 * @param present the policy in force right before it begins: it may have been stopped since it was decided upon
 * @param fleet in which ways clusters of the fleet fail alike; undefined where there is no fleet
 * @param attempt how often the step was tried before
 * @returns the turn of this call; undefined in a dry run, which begins nothing
 * @throws RemediationError `ClaimExpired` when the claim is not this step's any more, or not for long enough
 * @throws HeldBack when a limit is reached, the fleet waits for another cluster, everything is stopped, or less is allowed than when it was decided upon
 */
export async function beginRemedy(
  cluster: Cluster,
  run: WorkloadRun,
  now: Date,
  policy: PolicyInForce,
  present: () => Promise<PolicyInForce> = () => Promise.resolve(policy),
  fleet: () => Promise<FleetNow | undefined> = () => Promise.resolve(undefined),
  attempt = 0,
): Promise<Turn | undefined> {
  if (run.dry_run) return undefined;
  assertClaimed(run, now);
  const { workload } = run.incident;
  const name = leaseName(workload);
  return await despiteOthers(async () => {
    const lease = await readLease(cluster, name);
    if (lease?.spec?.holderIdentity !== run.execution.name) throw lost(workload, lease);
    if (isTakenUpSince(lease, run)) throw takenUp(workload);
    const turn = nextTurn(lease, run, attempt);
    if (turn === undefined) throw triedAgain(workload);
    if (isBegun(lease, run)) {
      await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), withTurn(lease, turn));
      return turn;
    }
    const hasPlace = begunBy(lease, run.execution.name) !== undefined;
    const inFleet = hasPlace ? undefined : await fleet();
    const held = heldByFleet(run, inFleet, now);
    if (held !== undefined) throw new HeldBack(held, false);
    const placed = hasPlace ? lease : await takePlace(cluster, run, lease, policy, now);
    // Last: what does not begin here for another reason takes no other cluster's place.
    const notLet =
      notLetAnymore(run, await present()) ??
      (await heldWithoutPlace(run, inFleet, now)) ??
      // Taking places may have taken long, and the switch holds within seconds.
      (inFleet === undefined ? undefined : notLetAnymore(run, await present()));
    if (notLet !== undefined) {
      // What was asked of the limits is taken back.
      if (!hasPlace) await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), placed);
      throw new HeldBack(notLet, false);
    }
    const entry = unfinishedEntry(run, now, true);
    await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), withTurn(begun(placed, entry), turn));
    return turn;
  });
}

/**
 * Makes sure before each further write that the claim is still this step's, and that no retry of it has begun to write: a call that
 * the state machine has given up may still be at work.
 * @param turn the turn of this call
 * @throws RemediationError `ClaimExpired`
 */
export async function assertOwnTurn(
  cluster: Reader,
  run: WorkloadRun,
  now: Date,
  turn: Turn | undefined,
): Promise<void> {
  assertClaimed(run, now);
  const latest = turnOf(await readHeld(cluster, run));
  // Where the claim does not say, nothing speaks against it.
  if (latest === undefined || isDeepStrictEqual(latest, turn)) return;
  throw triedAgain(run.incident.workload);
}

/**
 * Whether what a remedy's step finds as it was to be may be the work of another call of that step: one before, whose answer was lost,
 * or one that is still at work. To be asked after it was found, since a call says in the claim that it begins before it writes. Else it is
 * somebody else's. A claim that was lost tells nothing: what a step finds that was tried before may be its own then.
 * @param attempt how often the step was tried before
 * @param turn the turn of this call; undefined before it has begun to write
 */
export async function mayBeOwn(
  cluster: Reader,
  run: WorkloadRun,
  attempt: number,
  turn: Turn | undefined,
): Promise<boolean> {
  if (run.dry_run) return false;
  const lease = await readLease(cluster, leaseName(run.incident.workload));
  if (lease?.spec?.holderIdentity !== run.execution.name) return attempt > 0;
  if (!isBegun(lease, run)) return false;
  const latest = turnOf(lease);
  if (latest === undefined) return attempt > 0;
  // Another part of the remedy has begun: before this call, or, where this one has had its turn, after it.
  if (!isTurnFor(latest, run)) return turn !== undefined;
  return turn === undefined || latest.number > 1;
}

/**
 * Makes sure before an undo that nobody else works on the workload, or has since this step was given its claim: the undo of an
 * execution that was stopped may still run when that is redriven, and has verified, or others have taken the workload. The
 * claim's history holds the remedy already that is undone, and a claim that somebody has deleted is no reason to leave in
 * place what did not help.
 * @throws RemediationError `ClaimExpired` when another execution holds the claim, it was taken up again or given back since, or
 *   it does not last for long enough
 */
export async function assertNotTakenOver(cluster: Reader, run: WorkloadRun, now: Date): Promise<void> {
  assertClaimed(run, now);
  const { workload } = run.incident;
  const lease = await readLease(cluster, leaseName(workload));
  if (lease === undefined) return;
  const holder = lease.spec?.holderIdentity ?? "";
  if (holder !== "" && holder !== run.execution.name) throw lost(workload, lease);
  if (isTakenUpSince(lease, run)) throw takenUp(workload);
}

/** What a claim tells of whether an execution has begun its remedy. */
export type Beginning = "begun" | "not begun" | "not known";

/**
 * Whether an earlier try of a remedy's step may have written something. Only a claim that is still ours, and says nothing of
 * the remedy, proves that it has not: what is as it was to be is somebody else's work then. One that was lost tells nothing,
 * nor does one that had to be made anew.
 */
export async function beginningOf(cluster: Reader, run: WorkloadRun): Promise<Beginning> {
  if (run.dry_run) return "not begun";
  const lease = await readLease(cluster, leaseName(run.incident.workload));
  if (lease?.spec?.holderIdentity !== run.execution.name) return "not known";
  if (!isBegun(lease, run)) return "not begun";
  return begunBy(lease, run.execution.name)?.applied === true ? "begun" : "not known";
}

/**
 * Makes sure that the claim is still this step's: what it finds done is otherwise the work of whoever has it.
 * @throws RemediationError `ClaimExpired`
 */
export async function assertHeld(cluster: Reader, run: WorkloadRun): Promise<void> {
  await readHeld(cluster, run);
}

/** The claim, while it is this step's. @throws RemediationError `ClaimExpired` */
async function readHeld(cluster: Reader, run: WorkloadRun): Promise<Lease> {
  const { workload } = run.incident;
  const lease = await readLease(cluster, leaseName(workload));
  if (lease?.spec?.holderIdentity !== run.execution.name) throw lost(workload, lease);
  if (isTakenUpSince(lease, run)) throw takenUp(workload);
  return lease;
}

function lost(workload: WorkloadRef, lease: Lease | undefined): RemediationError {
  const holder = lease?.spec?.holderIdentity ?? "";
  return new RemediationError(
    "ClaimExpired",
    `${describeWorkload(workload)}: ${holder === "" ? "nobody" : holder} holds the claim by now, so nothing was changed.`,
  );
}

/**
 * Whether somebody took up the claim since the step was given it, this execution when it was redriven, or has given it back:
 * each of that gives it another end.
 */
function isTakenUpSince(lease: Lease, { claim }: WorkloadRun): boolean {
  return claim?.expires_at !== expiryOf(lease).toISOString();
}

function takenUp(workload: WorkloadRef): RemediationError {
  return new RemediationError(
    "ClaimExpired",
    `${describeWorkload(workload)}: the claim was taken up again, or given back, after this step was given it, so the step changes nothing.`,
  );
}

function triedAgain(workload: WorkloadRef): RemediationError {
  return new RemediationError(
    "ClaimExpired",
    `${describeWorkload(workload)}: a later call of the same step has begun, so this one changes nothing more.`,
  );
}

/** Whether the claim holds already that this execution has begun the remedy of its diagnosis, or may have. */
export function isBegun(lease: Lease, { diagnosis, execution }: WorkloadRun): boolean {
  return begunBy(lease, execution.name)?.action === (diagnosis?.remedy.action ?? "none");
}
