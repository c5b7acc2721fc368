import { isAnswered } from "./asked-for.ts";
import type {
  CaughtError,
  Considered,
  Diagnosis,
  Outcome,
  Report,
  Try,
  UndoVerification,
  WorkloadRun,
} from "./contracts.ts";
import { HELD_BACK, type Refusal } from "./refusals.ts";
import { PARTLY_DONE } from "./history.ts";
import { stoppedBy } from "./redrive.ts";
import { lastTry } from "./tries.ts";
import { tellsThatItWorks } from "./works-again.ts";
import type { ErrorName } from "../shared/errors.ts";
import { isOlderThan } from "../shared/kubernetes/failures.ts";
import type { Policy } from "../shared/policy.ts";
import { bounded, withArticle } from "../shared/text.ts";
import { errorText } from "../shared/caught-error.ts";

/** How long a summary may become: some sentences. */
const MAX_SUMMARY = 900;

/** How long the name of a refusal or an error may be. */
const MAX_REASON = 100;

/** The reason of an outcome that came about because the execution was stopped. */
const REDRIVEN: ErrorName = "ExecutionRedriven";

/** Refusals after which nothing is left to do, or somebody is on it already. */
const SETTLED: readonly string[] = [
  "AlreadyClaimed",
  "AlreadyAsRequested",
  "Declined",
  "NotFailingAnymore",
  "BeingDeleted",
  "MayPass",
  "WaitsForAnother",
  "InStorm",
] satisfies Refusal[];

/** Refusals that pass by themselves: the next scan looks again, and nobody is told meanwhile. */
const PASSING: readonly string[] = [
  "RolloutInProgress",
  "DisruptionBudgetExhausted",
  "NotFailingAnymore",
  "ObjectChanged",
  "BeingDeleted",
  "MayPass",
  "WaitsForAnother",
  "InStorm",
  "NoLongerAllowed",
  ...HELD_BACK,
] satisfies Refusal[];

/** Passing refusals that people are told when they last: what holds the workload up may need somebody after all. */
const LASTING: readonly string[] = ["DisruptionBudgetExhausted", "MayPass", ...HELD_BACK] satisfies Refusal[];

/** Errors that a remedy's step ends with when a guard refused at the last moment. */
const REFUSING_ERRORS: readonly string[] = [
  "DisruptionBudgetExhausted",
  "ObjectChanged",
  "OptedOut",
] satisfies Refusal[];

/** Errors that mean that what was failing does not exist any more. */
const GONE: readonly string[] = ["WorkloadNotFound", "NamespaceNotFound", "PodNotFound"] satisfies ErrorName[];

/** Whether a workload has been failing for longer than the policy lets what may pass by itself go untold. */
export function isLasting({ incident }: WorkloadRun, policy: Policy, now: Date): boolean {
  return incident.failures.some(({ since }) => isOlderThan(since, policy.report_after_seconds, now));
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

type NoRemedy = Extract<Diagnosis["remedy"], { action: "none" }>;

/**
 * How the remediation of one workload ended. Pure, and complete: every state that a run can stop in has an outcome.
 *
 * @param lasting whether it has been failing for long, as `isLasting` tells
 */
export function outcomeOf(run: WorkloadRun, lasting: boolean): Report {
  const { by, reason: why } = run.incident.asked ?? {};
  const plan = isProposed(run) ? run.diagnosis?.plan : undefined;
  const base = {
    workload: run.incident.workload,
    cause: run.diagnosis?.cause ?? "Unknown",
    action: run.diagnosis?.remedy.action ?? "none",
    ...(plan === undefined ? {} : { plan }),
    ...(by === undefined ? {} : { requested_by: by }),
    ...(why === undefined ? {} : { request_reason: why }),
    ...(run.incident.only_diagnosed === true && run.diagnosis !== undefined
      ? { diagnosis: consideredIn(run.diagnosis) }
      : {}),
  };
  const ended = (outcome: Outcome, summary: string, needsPerson: boolean, reason?: string): Report => ({
    ...base,
    outcome,
    summary: bounded(summary, MAX_SUMMARY),
    needs_person: needsPerson,
    ...(reason === undefined ? {} : { reason: bounded(reason, MAX_REASON) }),
  });

  // Whoever asked for a remedy has to ask again; a scan comes back by itself.
  const scanned = run.incident.requested === undefined && !isAnswered(run.incident);
  const needsPerson = (reason: string) => {
    // What it waits for is looked after by nobody here.
    if (reason === "WaitsForAnother" && run.incident.waits_for?.elsewhere === true) return true;
    if (scanned && lasting && LASTING.includes(reason)) return true;
    return !SETTLED.includes(reason) && !(scanned && PASSING.includes(reason));
  };

  const { error, claim, diagnosis, remedy, remedy_error, verification, tries = [] } = run;
  const last = lastTry(run);
  const { undo, undo_error, redriven } = run;
  const undone = undoVerification(run);
  const failedWith = inWords(error);

  if (last !== undefined && remedy?.status !== "applied") {
    const tried = tries.map(inVain).join(" ");
    const inOtherHands = claim?.status === "refused" ? [claim.message ?? ""] : [];
    const next =
      diagnosis?.remedy.action === "none"
        ? notAgain(diagnosis.remedy)
        : [notApplied(run) ?? failedWith, ...inOtherHands].filter(Boolean).join(" ");
    const reason = (remedy_error ?? error)?.Error ?? claim?.refusal;
    return { ...ended("Unresolved", `${tried} ${next}`, true, reason), action: last.diagnosis.remedy.action };
  }
  if (claim === undefined) return ended("Unresolved", `Could not be claimed. ${failedWith}`, true, error?.Error);
  if (claim.status === "refused" && claim.resume === "end") {
    return ended(
      "Unresolved",
      `${diagnosis?.summary ?? ""} ${leftBehind(run)} ${claim.message ?? ""}`,
      true,
      claim.refusal,
    );
  }
  if (claim.status === "refused") {
    return ended("Skipped", claim.message ?? "", claim.needs_person ?? true, claim.refusal);
  }
  if (remedy === undefined && redriven === undefined && GONE.includes(error?.Error ?? ""))
    return ended("Skipped", failedWith, false, error?.Error);
  if (diagnosis === undefined) return ended("Unresolved", `Could not be diagnosed. ${failedWith}`, true, error?.Error);
  if (diagnosis.remedy.action === "none") {
    const { refusal, message } = diagnosis.remedy;
    const outcome = run.dry_run && refusal !== "NotFailingAnymore" ? "DryRun" : "Skipped";
    return ended(outcome, `${diagnosis.summary} ${message}`, needsPerson(refusal), refusal);
  }
  const name = (remedy_error ?? error ?? redriven)?.Error ?? (claim.resume === undefined ? "" : REDRIVEN);
  if (remedy === undefined) return ended("Unresolved", `${diagnosis.summary} ${notApplied(run) ?? ""}`, true, name);
  if (remedy.status === "failed") {
    const outcome = run.dry_run ? "DryRun" : REFUSING_ERRORS.includes(name) ? "Skipped" : "Unresolved";
    return ended(outcome, `${diagnosis.summary} ${notApplied(run) ?? ""}`, needsPerson(name), name);
  }
  if (remedy.status === "planned") return ended("DryRun", `${diagnosis.summary} ${remedy.message}`, false);
  if (remedy.status === "refused") {
    const refusal = remedy.refusal ?? "NoSafeRemedy";
    const needed = remedy.needs_person === true || needsPerson(refusal);
    return ended("Skipped", `${diagnosis.summary} ${remedy.message}`, needed, refusal);
  }
  if (verification?.verdict === "recovered") return ended("Recovered", `${diagnosis.summary} ${remedy.message}`, false);

  if (verification?.verdict === "taken_back") {
    const unseen = verification.reasons.map((reason) => ` But ${reason}.`).join("");
    return ended("Undone", `${diagnosis.summary} ${remedy.message}${unseen}`, unseen !== "");
  }
  if (verification?.verdict === "overtaken") {
    const since = `Somebody else changed it since, and their change stands: ${verification.reasons.join("; ")}.`;
    return ended("Unresolved", `${diagnosis.summary} ${remedy.message} ${since}`, true, "ObjectChanged");
  }
  if (verification?.verdict === "interrupted") {
    const since = `Whether it helped cannot be told: ${verification.reasons.join("; ")}. Nothing more is done.`;
    return ended("Unresolved", `${diagnosis.summary} ${remedy.message} ${since}`, true, "ObjectChanged");
  }
  if (verification?.verdict === "cut_short") {
    const rest = `What was done has taken effect: ${verification.reasons.join("; ")}. The next scan looks at the rest anew.`;
    return ended(
      "Unresolved",
      `${diagnosis.summary} ${remedy.message} ${rest}`,
      stoppedBy(run) !== undefined || claim.lapsed === true,
      PARTLY_DONE,
    );
  }
  if (verification?.verdict === "nothing_runs") {
    const unknown = `Whether that helps cannot be told: ${verification.reasons.join("; ")}.`;
    return ended(
      "Unresolved",
      `${diagnosis.summary} ${remedy.message} ${unknown}`,
      true,
      "ScaledToZero" satisfies Refusal,
    );
  }
  if (verification?.verdict !== "not_recovered") {
    return ended(
      "Unresolved",
      `${diagnosis.summary} ${remedy.message} Whether it helped could not be verified. ${failedWith}`,
      true,
      error?.Error,
    );
  }
  const applied = inVain({ diagnosis, remedy, verification });
  const undoing = undo_error === undefined ? undo?.message : `The undo ended with ${inWords(undo_error)}`;
  if (undone?.verdict === "undone") {
    const all = undo?.message ?? `${undoing ?? ""} It is as it was before all the same.`;
    return ended("RolledBack", `${applied} ${all}`, true);
  }
  if (undo?.status === "overtaken") return ended("Unresolved", `${applied} ${undo.message}`, true, "ObjectChanged");
  const reason = undo?.status === "left" ? REDRIVEN : (undo_error ?? error)?.Error;
  if (undoing === undefined && error === undefined) {
    const why =
      remedy.undo === "cannot be undone" ? `${withArticle(base.action, "A")} cannot be undone.` : "It was not undone.";
    return ended("Unresolved", `${applied} ${why}`, true);
  }
  const unverified =
    undone === undefined ? failedWith : `The undo could not be verified: ${undone.reasons.join("; ")}.`;
  return ended("Unresolved", [applied, undoing, unverified].filter(Boolean).join(" "), true, reason);
}

/**
 * Whether somebody else has put something in the place of what the remedy set, or may have. What cannot be undone stays as it is.
 */
export function isReplaced({ claim, remedy, verification }: WorkloadRun): boolean {
  const isTheirs = verification?.verdict === "overtaken" || claim?.resume === "end";
  return isTheirs && remedy?.undo !== "cannot be undone";
}

/** What a look at an undo said; nothing where it had not begun, so that the remedy was looked at once more. */
export function undoVerification({ undo_verification: undone }: WorkloadRun): UndoVerification | undefined {
  return undone?.verdict === "not_begun" ? undefined : undone;
}

/** Whether somebody has taken the workload in hand since the remedy: what stands there by now is theirs. */
export function isInOtherHands(run: WorkloadRun): boolean {
  return isReplaced(run) || run.verification?.verdict === "interrupted";
}

/** What an execution had done when it was stopped, and others have had the workload since. */
function leftBehind(run: WorkloadRun): string {
  const { diagnosis, remedy, verification } = run;
  if (diagnosis === undefined || remedy?.status !== "applied") return notApplied(run) ?? "";
  if (verification?.verdict !== "not_recovered") return `${remedy.message} Whether it helped was not verified.`;
  const undo =
    remedy.undo === "cannot be undone" ? [] : ["Whether it was undone before the execution was stopped is not known."];
  return [`${remedy.message} It did not help: ${verification.reasons.join("; ")}.`, ...undo].join(" ");
}

/** What is said of a remedy that did not help. */
function inVain({ diagnosis, remedy, verification }: Try): string {
  return `${diagnosis.summary} ${remedy.message} It did not help: ${verification.reasons.join("; ")}.`;
}

/** Why nothing more is done after a remedy that did not help. */
function notAgain({ refusal, message }: NoRemedy): string {
  return refusal === "NotFailingAnymore"
    ? "Since then nothing fails any more, but whether it stays so was not watched."
    : message;
}

/** What became of a remedy whose step ended with an error, when it was not applied or nobody knows. */
function notApplied({ diagnosis, remedy, remedy_error, redriven, error }: WorkloadRun): string | undefined {
  const action = diagnosis?.remedy.action ?? "none";
  if (remedy === undefined && redriven !== undefined) {
    const looking = error === undefined ? "" : ` Looking ended with ${inWords(error)}`;
    return `Whether the remedy (${action}) was applied is not known: the execution was stopped at its step.${looking}`;
  }
  if (remedy_error === undefined) return remedy?.message;
  return remedy === undefined
    ? `Whether the remedy (${action}) was applied is not known: its step ended with ${inWords(remedy_error)} Looking ended with ${inWords(error)}`
    : `The remedy (${action}) was not applied. ${inWords(remedy_error)}`;
}

/** `Forbidden: …`; nothing when there was no error. */
function inWords(error: CaughtError | undefined): string {
  return error === undefined ? "" : `${error.Error}: ${errorText(error)}`;
}

/** Whether the run goes into the workload's history, and with that into its cool-down. */
export function isRemembered(run: WorkloadRun, report: Report): boolean {
  const { outcome, reason = "", needs_person } = report;
  const calls = needs_person && !isAnswered(run.incident);
  const isAwaited = tellsThatItWorks(run) && reason === ("NotFailingAnymore" satisfies Refusal);
  const passes = outcome === "Skipped" && PASSING.includes(reason) && !calls && !isAwaited;
  return run.claim?.status === "claimed" && !run.dry_run && !passes;
}

/**
 * Whether subscribers are told. A runbook always gets its answer. A scan that finds somebody else at work, or a workload
 * that cools down, repeats itself every minute: about those they were told when the claim was taken. Where no claim can be
 * taken, or it was lost, nothing is remembered, and each run tells that it could not do its work. What they were told before,
 * they are not told again.
 */
export function isWorthTelling(run: WorkloadRun, report: Report): boolean {
  if (report.told_before !== undefined || run.incident.only_diagnosed === true) return false;
  const unclaimed = report.outcome === "Unresolved" && run.claim?.status !== "claimed";
  return isAnswered(run.incident) || run.dry_run || unclaimed || isRemembered(run, report);
}
