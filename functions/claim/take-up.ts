import { isDeepStrictEqual } from "node:util";
import { isBegun } from "../run/begin-remedy.ts";
import type { Claim, HistoryEntry, WorkloadRun } from "../run/contracts.ts";
import { unfinishedEntry } from "../run/history.ts";
import { begun, expiryOf, historyOf, leaseName, newLease, renewed } from "../run/lease.ts";
import { createLease, despiteOthers, readLease } from "../run/stored-lease.ts";
import { othersSince } from "../run/others-since.ts";
import { lastTry } from "../run/tries.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../shared/policy.ts";
import { claimSeconds } from "../run/pauses.ts";
import { claimed, type ClaimRequest } from "./claim.ts";

type Resume = NonNullable<Claim["resume"]>;

/**
 * Takes up the claim of an execution that was redriven, and says where that goes on: what its steps did before it was stopped
 * is looked at first. Its answer is the state anew, without what was known of the workload before. A claim that another
 * execution has had since is left alone: this one says what it did then, and does nothing more.
 * @param redrive how often the execution was redriven
 * @throws RemediationError `ObjectChanged` when somebody else writes the Lease again and again
 */
export async function takeUp(
  cluster: Cluster,
  run: WorkloadRun,
  redrive: number,
  request: Pick<ClaimRequest, "policy" | "now">,
): Promise<WorkloadRun> {
  return await despiteOthers(async () => {
    const lease = await readLease(cluster, leaseName(run.incident.workload));
    const resume = resumption(run, lease, request.now);
    const claim = await claimFor(resume, cluster, run, lease, request);
    return resumed(run, { ...claim, redrive, resume });
  });
}

/**
 * Where a redriven execution goes on.
 *
 * | claim         | no diagnosis | nothing begun | begun, not known to be done | done    | to be undone    |
 * | ------------- | ------------ | ------------- | --------------------------- | ------- | --------------- |
 * | still ours    | diagnose     | diagnose      | look                        | verify  | look, then undo |
 * | gone          | claim        | look          | look                        | verify  | look, then undo |
 * | others had it | claim        | claim         | name it                     | name it | name it         |
 *
 * A claim that others have had was made anew where ours was deleted, and knows nothing of what we had begun: where there was a
 * remedy to begin, that is named as what may have been done.
 *
 * Where nothing was begun, and the claim knows what others have done since the workload was found, claiming it ends there.
 *
 * @param lease the claim, however old it is; undefined when it is gone
 */
export function resumption(run: WorkloadRun, lease: Lease | undefined, now: Date): Resume {
  const { remedy, verification } = run;
  // The step of a further part was stopped: what is in the state is what the parts before it did.
  const isDone = remedy?.status === "applied" && verification?.verdict !== "go_on";
  const canBeUndone = remedy?.undo !== "cannot be undone";
  const isToBeUndone = isDone && canBeUndone && verification?.verdict === "not_recovered";
  const done = isToBeUndone ? "undo" : "verification";
  // Nothing can have been begun before there is a diagnosis.
  const isDiagnosed = run.diagnosis !== undefined;
  if (lease === undefined) return isDone ? done : isDiagnosed ? "look" : "claim";
  // The entry stays when others take the claim over.
  const hasBegun = isBegun(lease, run);
  if (lease.spec?.holderIdentity !== run.execution.name) {
    const hasActed = hasBegun || remedy?.status === "applied" || lastTry(run) !== undefined;
    const mayHaveActed = isDiagnosed && run.diagnosis?.remedy.action !== "none" && isMadeAnew(lease, run);
    return hasActed || mayHaveActed ? "end" : "claim";
  }
  if (isDone) return done;
  if (hasBegun || remedy?.status === "applied") return "look";
  // Where others came in between, claiming it says so, and gives it back.
  return lastTry(run) === undefined && othersSince(lease, run, now).length > 0 ? "claim" : "diagnosis";
}

/** Whether a Lease is certain to be another than the one that the execution had its claim in, which was deleted then. */
function isMadeAnew({ metadata, spec }: Lease, { claim, execution }: WorkloadRun): boolean {
  const { holderIdentity: holder = "", leaseTransitions } = spec ?? {};
  const isOfItsFirst = holder !== "" && holder !== execution.name && leaseTransitions === 0;
  const [made, end] = [metadata?.creationTimestamp, claim?.expires_at].map((time) => Date.parse(time ?? ""));
  // What is not told is neither earlier nor later.
  return isOfItsFirst || (made ?? NaN) > (end ?? NaN);
}

async function claimFor(
  resume: Resume,
  cluster: Cluster,
  run: WorkloadRun,
  lease: Lease | undefined,
  { policy, now }: Pick<ClaimRequest, "policy" | "now">,
): Promise<Claim> {
  const { workload } = run.incident;
  const name = leaseName(workload);
  if (resume === "claim") return { status: "refused", lease: name };
  if (resume === "end") return { status: "refused", lease: name, ...takenOver(run, lease) };
  const [seconds, holder] = [claimSeconds(policy), run.execution.name];
  const isOver = lease === undefined || expiryOf(lease).getTime() <= now.getTime();
  const hasLapsed = isOver || hadLapsed(run, now);
  const taken =
    lease === undefined ? anew(run, newLease(workload, holder, seconds, now), now) : renewed(lease, seconds, now);
  if (lease === undefined) await createLease(cluster, taken);
  else await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), taken);
  const since = { resumed_at: now.toISOString(), ...(hasLapsed ? { lapsed: true as const } : {}) };
  return { ...claimed(taken), ...(resume === "diagnosis" ? {} : since) };
}

/**
 * Whether the claim had ended by what the execution knows of it: taken up again before, by an answer that was lost or before it
 * was stopped once more, it looks as if it never had.
 */
function hadLapsed({ claim }: WorkloadRun, now: Date): boolean {
  const { lapsed, expires_at } = claim ?? {};
  return lapsed === true || (expires_at !== undefined && Date.parse(expires_at) <= now.getTime());
}

/**
 * A claim that is gone knew perhaps of a remedy that was begun, and it is not begun again. That it was carried out is said
 * only where the execution knows that: otherwise it looks at the workload next.
 */
function anew(run: WorkloadRun, lease: Lease, now: Date): Lease {
  return begun(lease, unfinishedEntry(run, now, run.remedy?.status === "applied" ? true : undefined));
}

function takenOver({ incident, claim, execution }: WorkloadRun, lease: Lease = {}): Partial<Claim> {
  const holder = lease.spec?.holderIdentity ?? "";
  const isKnown = (entry: HistoryEntry) => claim?.history?.some((known) => isDeepStrictEqual(known, entry)) === true;
  const since = historyOf(lease).find((entry) => entry.execution !== execution.name && !isKnown(entry));
  const who = holder === "" ? (since?.execution ?? "Somebody else") : holder;
  return {
    refusal: "AlreadyClaimed",
    message: `${who} has had the claim on ${describeWorkload(incident.workload)} after this execution, so nothing more was done to it.`,
    needs_person: true,
  };
}

/** The run as it goes on: only what is known for certain is left. */
function resumed(run: WorkloadRun, claim: Claim): WorkloadRun {
  const { redriven: _redriven, ...known } = run;
  const { verification: _verification, ...done } = known;
  const { diagnosis: _diagnosis, remedy: _remedy, remedy_error: _error, ...bare } = done;
  switch (claim.resume) {
    case "verification":
      return { ...done, claim };
    case "undo":
      return { ...known, claim };
    // What it says of the stop is needed where nobody can look.
    case "look":
    case "end":
      return { ...run, claim };
    default:
      return { ...bare, claim };
  }
}
