import { isAnswered } from "./asked-for.ts";
import { approvableUntil, proposalOf, validUntil } from "./approval.ts";
import type { HistoryEntry, Report, WorkloadRun } from "./contracts.ts";
import { coolDownEnd, TOLD_MS, toldAt } from "./cool-down.ts";
import { isHeldBack, isIneffective, leftUnfinished, sinceLastSuccess, sinceWellAgain } from "./history.ts";
import { lookedAt } from "./looked-at.ts";
import { isLasting } from "./needs-person.ts";
import { isRemembered, outcomeOf } from "./outcome.ts";
import { unseenSeconds } from "./pauses.ts";
import { isUnseen } from "./redrive.ts";
import { lastTry } from "./tries.ts";
import { undoRequestOf } from "./undo-request.ts";
import { tellsThatItWorks } from "./works-again.ts";
import type { Policy } from "../shared/policy.ts";

/** How long after a pause a run may come and still meet the failure that was there before it, in seconds. */
const GAP_SECONDS = 900;

/** How the remediation of one workload ended, with when people were told the same where they are not told again. */
export function reportOf(run: WorkloadRun, policy: Policy, now: Date): Report {
  const report = outcomeOf(run, isLasting(run, policy, now));
  const before = toldBefore(run, report, policy, now);
  const until = before?.until ?? proposedUntil(run, policy, now);
  const undoing = undoRequestOf(run);
  return {
    ...report,
    ...(undoing === undefined ? {} : { undo_request: undoing }),
    ...(report.plan === undefined ? {} : { valid_until: until.toISOString() }),
    ...(before === undefined ? {} : { told_before: before.told.toISOString() }),
  };
}

/**
 * Until when what is proposed may be approved: as its diagnosis says, so that it is the same each time that it is told. What a
 * redriven execution tells after that counts from when it is told.
 */
function proposedUntil({ diagnosis }: WorkloadRun, policy: Policy, now: Date): Date {
  const until = new Date(diagnosis?.valid_until ?? 0);
  return until > now ? until : validUntil(now, policy);
}

/** Whether a remedy was carried out, or may have been: its step did not answer, and nobody could look what it did. */
export function mayHaveChanged(run: WorkloadRun): boolean {
  return lastTry(run) !== undefined || run.remedy?.status === "applied" || isUnseen(run);
}

/** Whether this remedy in vain is the one after which no more is tried: from now on the workload is left to a person. */
export function isLeftToPerson(run: WorkloadRun, report: Report, policy: Policy): boolean {
  if (run.dry_run || run.claim?.status !== "claimed") return false;
  if (!isIneffective({ ...report, ...(mayHaveChanged(run) ? { applied: true } : {}) })) return false;
  const earlier = sinceLastSuccess(run.claim.history ?? [], run.diagnosis?.template).filter(isIneffective);
  return earlier.length + 1 >= policy.cool_down.max_ineffective;
}

/**
 * Whether people are called by what they are told: a run has found something that needs them, or something was changed that did
 * not help, whoever asked for it. They are told as well when it works again.
 */
export function isCalling(run: WorkloadRun, report: Report): boolean {
  return report.needs_person && (!isAnswered(run.incident) || mayHaveChanged(run));
}

/**
 * Whether people are not told of it, as it is one of so many of its namespace: nothing was done, and nobody asked. What is left
 * to a person by this run is told all the same.
 */
export function isLeftUntold(run: WorkloadRun, report: Report, policy: Policy): boolean {
  const { incident, remedy } = run;
  if (incident.crowd?.is_told !== false || isAnswered(incident) || run.dry_run) return false;
  if (mayHaveChanged(run) || isLeftToPerson(run, report, policy) || remedy?.needs_person === true) return false;
  return isRemembered(run, report);
}

/** When people were told the same, and until when what was proposed may be approved, as they were told. */
interface ToldBefore {
  told: Date;
  until: Date;
}

/**
 * When people were told the same: nothing was done this time, they were told of the same cause and outcome for the same reason
 * within a day, and it has failed since, as far as the runs have looked. Whoever asked for something is told each time.
 */
function toldBefore(run: WorkloadRun, report: Report, policy: Policy, now: Date): ToldBefore | undefined {
  if (isAnswered(run.incident) || tellsThatItWorks(run) || !isRemembered(run, report)) return undefined;
  if (mayHaveChanged(run) || isLeftToPerson(run, report, policy)) return undefined;
  if (leftUnfinished(run) !== undefined) return undefined;
  // Whoever of several workloads tells of a breaker has been chosen for that.
  if (run.remedy?.needs_person === true) return undefined;
  const history = ofPresent(run);
  const [latest] = history;
  const same = history.find((entry) => isSame(entry, report));
  const told = same === undefined ? undefined : toldAt(same);
  if (latest === undefined || told === undefined || now.getTime() >= told.getTime() + TOLD_MS) return undefined;
  const until = approvableUntil({ ...same, at: told.toISOString() }, policy);
  // What can be approved no longer, or was approved since, is proposed anew.
  if (report.plan !== undefined && (until <= now || proposalOf(history, report.plan) === undefined)) return undefined;
  return wasWellSince(run, told, latest, history.length, policy, now) ? undefined : { told, until };
}

/** What the claim remembers of the present template since the last remedy that helped; of any, where it was not read. */
function ofPresent({ claim, diagnosis }: WorkloadRun): HistoryEntry[] {
  const history = claim?.history ?? [];
  const template = diagnosis === undefined ? history[0]?.template : diagnosis.template;
  return sinceLastSuccess(sinceWellAgain(history), template);
}

function isSame(entry: HistoryEntry, { cause, action, outcome, reason, plan }: Report): boolean {
  return (
    entry.applied !== true &&
    (plan === undefined || entry.plan === plan) &&
    entry.cause === cause &&
    entry.action === action &&
    entry.outcome === outcome &&
    // Which of the limits holds it back changes from minute to minute.
    (entry.reason === reason || (isHeldBack(entry) && isHeldBack({ reason })))
  );
}

/** Whether it was well in between: an object says since when it is as it is; a workload failed when its pause had ended. */
function wasWellSince(
  { incident }: WorkloadRun,
  told: Date,
  latest: HistoryEntry,
  fruitless: number,
  policy: Policy,
  now: Date,
): boolean {
  if (lookedAt(incident) !== undefined) {
    const since = incident.failures[0]?.since;
    return since !== undefined && Date.parse(since) > told.getTime();
  }
  const gap = Math.max(GAP_SECONDS, policy.cool_down.base_seconds, unseenSeconds(policy)) * 1_000;
  return now.getTime() > coolDownEnd(latest, fruitless, policy).getTime() + gap;
}
