import { isAnswered } from "./asked-for.ts";
import type { Claim, Considered, Diagnosis, Outcome, Report, Try, WorkloadRun } from "./contracts.ts";
import type { Refusal } from "./refusals.ts";
import { PARTLY_DONE } from "./history.ts";
import { needsPerson, passes } from "./needs-person.ts";
import { goneWords, inVain, inWords, leftBehind, notAgain, notApplied, type NoRemedy } from "./outcome-words.ts";
import { stoppedBy } from "./redrive.ts";
import { lastTry } from "./tries.ts";
import { undoVerification } from "./what-stands.ts";
import { tellsThatItWorks } from "./works-again.ts";
import { isNotThere, type ErrorName } from "../shared/errors.ts";
import { bounded, withArticle } from "../shared/text.ts";

/** How long a summary may become: some sentences. */
const MAX_SUMMARY = 900;

/** How long the name of a refusal or an error may be. */
const MAX_REASON = 100;

/** The reason of an outcome that came about because the execution was stopped. */
const REDRIVEN: ErrorName = "ExecutionRedriven";

/** Errors that a remedy's step ends with when a guard refused at the last moment. */
const REFUSING_ERRORS: readonly string[] = [
  "DisruptionBudgetExhausted",
  "ObjectChanged",
  "OptedOut",
] satisfies Refusal[];

/** How a remediation ended, before it is put into a report. */
interface Ending {
  outcome: Outcome;
  summary: string;
  needsPerson: boolean;
  /** The name of the refusal or the error, where there is one. */
  reason?: string | undefined;
  /** The action that it is about, where that is not the diagnosis' own. */
  action?: string;
}

/**
 * How the remediation of one workload ended. Pure, and complete: every state that a run can stop in has an outcome.
 *
 * @param lasting whether it has been failing for long, as `isLasting` tells
 */
export function outcomeOf(run: WorkloadRun, lasting: boolean): Report {
  const { by, reason: why } = run.incident.asked ?? {};
  const plan = isProposed(run) ? run.diagnosis?.plan : undefined;
  const { outcome, summary, needsPerson: needed, reason, action } = endingOf(run, lasting);
  return {
    workload: run.incident.workload,
    cause: run.diagnosis?.cause ?? run.incident.works_again?.cause ?? "Unknown",
    action: action ?? run.diagnosis?.remedy.action ?? "none",
    ...(plan === undefined ? {} : { plan }),
    ...(by === undefined ? {} : { requested_by: by }),
    ...(why === undefined ? {} : { request_reason: why }),
    ...(run.incident.only_diagnosed === true && run.diagnosis !== undefined
      ? { diagnosis: consideredIn(run.diagnosis) }
      : {}),
    outcome,
    summary: bounded(summary, MAX_SUMMARY),
    needs_person: needed,
    ...(reason === undefined ? {} : { reason: bounded(reason, MAX_REASON) }),
  };
}

function consideredIn({ confidence, evidence, undo, rejected }: Diagnosis): Considered {
  return { confidence, evidence, undo, rejected };
}

/** Whether what was planned waits for an answer, which the claim remembers. */
function isProposed({ claim, diagnosis, dry_run }: WorkloadRun): boolean {
  const { remedy } = diagnosis ?? {};
  const isOpen = remedy?.action === "none" && remedy.refusal !== "Declined";
  return isOpen && claim?.status === "claimed" && !dry_run;
}

function endingOf(run: WorkloadRun, lasting: boolean): Ending {
  const { claim, diagnosis, remedy, error } = run;
  const last = lastTry(run);
  if (last !== undefined && remedy?.status !== "applied") return afterTries(run, last);
  if (claim === undefined) return unresolved(`Could not be claimed. ${inWords(error)}`, error?.Error);
  if (claim.status === "refused") return unclaimed(run, claim);
  if (remedy === undefined && run.redriven === undefined && isNotThere(error?.Error))
    return { outcome: "Skipped", summary: goneWords(run), needsPerson: false, reason: error?.Error };
  if (diagnosis === undefined) return unresolved(`Could not be diagnosed. ${inWords(error)}`, error?.Error);
  if (diagnosis.remedy.action === "none") return withoutRemedy(run, diagnosis.summary, diagnosis.remedy, lasting);
  if (remedy?.status !== "applied") return notCarriedOut(run, diagnosis.summary, claim, lasting);
  return run.verification?.verdict === "not_recovered"
    ? ofNoHelp(run, { diagnosis, remedy, verification: run.verification })
    : asSeen(run, `${diagnosis.summary} ${remedy.message}`, claim);
}

function unresolved(summary: string, reason?: string): Ending {
  return { outcome: "Unresolved", summary, needsPerson: true, reason };
}

/** Remedies were carried out in vain, and no further one was. */
function afterTries(run: WorkloadRun, last: Try): Ending {
  const { claim, diagnosis, remedy_error, error, tries = [] } = run;
  const inOtherHands = claim?.status === "refused" ? [claim.message ?? ""] : [];
  const next =
    diagnosis?.remedy.action === "none"
      ? notAgain(diagnosis.remedy)
      : [notApplied(run) ?? inWords(error), ...inOtherHands].filter(Boolean).join(" ");
  const reason = (remedy_error ?? error)?.Error ?? claim?.refusal;
  const ending = unresolved(`${tries.map(inVain).join(" ")} ${next}`, reason);
  return { ...ending, action: last.diagnosis.remedy.action };
}

/** Others have the workload, or had it while the execution was stopped. */
function unclaimed(run: WorkloadRun, { resume, message = "", needs_person: needed = true, refusal }: Claim): Ending {
  return resume === "end"
    ? unresolved(`${run.diagnosis?.summary ?? ""} ${leftBehind(run)} ${message}`, refusal)
    : { outcome: "Skipped", summary: message, needsPerson: needed, reason: refusal };
}

function withoutRemedy(run: WorkloadRun, found: string, { refusal, message }: NoRemedy, lasting: boolean): Ending {
  return {
    outcome: run.dry_run && refusal !== "NotFailingAnymore" ? "DryRun" : "Skipped",
    summary: `${found} ${message}`,
    needsPerson: needsPerson(run, refusal, lasting),
    reason: refusal,
  };
}

/** A remedy was chosen, and not carried out; or nobody knows whether it was. */
function notCarriedOut(run: WorkloadRun, found: string, claim: Claim, lasting: boolean): Ending {
  const { remedy, remedy_error, error, redriven } = run;
  const name = (remedy_error ?? error ?? redriven)?.Error ?? (claim.resume === undefined ? "" : REDRIVEN);
  if (remedy === undefined) return unresolved(`${found} ${notApplied(run) ?? ""}`, name);
  if (remedy.status === "failed") {
    const outcome = run.dry_run ? "DryRun" : REFUSING_ERRORS.includes(name) ? "Skipped" : "Unresolved";
    const summary = `${found} ${notApplied(run) ?? ""}`;
    return { outcome, summary, needsPerson: needsPerson(run, name, lasting), reason: name };
  }
  const summary = `${found} ${remedy.message}`;
  if (remedy.status === "planned") return { outcome: "DryRun", summary, needsPerson: false };
  const refusal = remedy.refusal ?? "NoSafeRemedy";
  const needed = remedy.needs_person === true || needsPerson(run, refusal, lasting);
  return { outcome: "Skipped", summary, needsPerson: needed, reason: refusal };
}

/**
 * A remedy was carried out, and it helped, or whether it did cannot be told.
 *
 * @param done what was found, and done
 */
function asSeen(run: WorkloadRun, done: string, claim: Claim): Ending {
  const { verification, error } = run;
  const reasons = verification?.reasons ?? [];
  const why = reasons.join("; ");
  switch (verification?.verdict) {
    case "recovered":
      return { outcome: "Recovered", summary: done, needsPerson: false };
    case "taken_back": {
      const unseen = reasons.map((reason) => ` But ${reason}.`).join("");
      return { outcome: "Undone", summary: `${done}${unseen}`, needsPerson: unseen !== "" };
    }
    case "overtaken":
      return unresolved(`${done} Somebody else changed it since, and their change stands: ${why}.`, "ObjectChanged");
    case "interrupted":
      return unresolved(
        `${done} Whether it helped cannot be told: ${why}. Nothing more is done.`,
        "ObjectChanged" satisfies Refusal,
      );
    case "cut_short": {
      const rest = `What was done has taken effect: ${why}. The next scan looks at the rest anew.`;
      const needed = stoppedBy(run) !== undefined || claim.lapsed === true;
      return { outcome: "Unresolved", summary: `${done} ${rest}`, needsPerson: needed, reason: PARTLY_DONE };
    }
    case "nothing_runs":
      return unresolved(`${done} Whether that helps cannot be told: ${why}.`, "ScaledToZero" satisfies Refusal);
    default:
      return unresolved(`${done} Whether it helped could not be verified. ${inWords(error)}`, error?.Error);
  }
}

/** A remedy was carried out and did not help; what was to be undone is undone, or is not. */
function ofNoHelp(run: WorkloadRun, last: Try): Ending {
  const { undo, undo_error, error } = run;
  const undone = undoVerification(run);
  const applied = inVain(last);
  const undoing = undo_error === undefined ? undo?.message : `The undo ended with ${inWords(undo_error)}`;
  if (undone?.verdict === "undone") {
    const all = undo?.message ?? `${undoing ?? ""} It is as it was before all the same.`;
    return { outcome: "RolledBack", summary: `${applied} ${all}`, needsPerson: true };
  }
  if (undo?.status === "overtaken") return unresolved(`${applied} ${undo.message}`, "ObjectChanged" satisfies Refusal);
  if (undoing === undefined && error === undefined) {
    const { action } = last.diagnosis.remedy;
    const isFinal = last.remedy.undo === "cannot be undone";
    return unresolved(`${applied} ${isFinal ? `${withArticle(action, "A")} cannot be undone.` : "It was not undone."}`);
  }
  const unverified =
    undone === undefined ? inWords(error) : `The undo could not be verified: ${undone.reasons.join("; ")}.`;
  const reason = undo?.status === "left" ? REDRIVEN : (undo_error ?? error)?.Error;
  return unresolved([applied, undoing, unverified].filter(Boolean).join(" "), reason);
}

/** Whether the run goes into the workload's history, and with that into its cool-down. */
export function isRemembered(run: WorkloadRun, report: Report): boolean {
  const { outcome, reason = "", needs_person } = report;
  const calls = needs_person && !isAnswered(run.incident);
  const isAwaited = tellsThatItWorks(run) && reason === ("NotFailingAnymore" satisfies Refusal);
  const isPassing = outcome === "Skipped" && passes(reason) && !calls && !isAwaited;
  return run.claim?.status === "claimed" && !run.dry_run && !isPassing;
}

/**
 * Whether subscribers are told. A runbook always gets its answer. A scan that finds somebody else at work, or a workload
 * that cools down, repeats itself every minute: about those they were told when the claim was taken. Where no claim can be
 * taken, or it was lost, nothing is remembered, and each run tells that it could not do its work. What they were told before,
 * they are not told again.
 */
export function isWorthTelling(run: WorkloadRun, report: Report): boolean {
  if (report.told_before !== undefined || run.incident.only_diagnosed === true) return false;
  const isUnclaimed = report.outcome === "Unresolved" && run.claim?.status !== "claimed";
  return isAnswered(run.incident) || run.dry_run || isUnclaimed || isRemembered(run, report);
}
