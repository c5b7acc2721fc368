import { isRollback } from "../remedies/contracts.ts";
import { HELD_BACK, NOT_TRIED, type Refusal } from "./refusals.ts";
import type { ErrorName } from "../shared/errors.ts";
import type { HistoryEntry, Outcome, WorkloadRun } from "./contracts.ts";

/** Stands in a history for the outcome of a remedy that was begun; it stays where its execution dies before the end. */
export const UNFINISHED = "Unfinished";

/** The cause of a remedy that somebody asked for, where nothing is known to fail. */
export const REQUESTED = "Requested";

/** The reason of an outcome whose remedy has taken effect as far as it got, and got no further in that execution. */
export const PARTLY_DONE = "PartlyDone";

/** Outcomes of a remedy that did not help, or of which nobody knows whether it did. */
const INEFFECTIVE: readonly string[] = ["RolledBack", "Unresolved", UNFINISHED] satisfies (
  Outcome | typeof UNFINISHED
)[];

/**
 * What is remembered of a run.
 * @param ended what its end, or its remedy's beginning, comes to
 */
export function entryOf(
  { execution, incident, diagnosis, tries = [] }: WorkloadRun,
  ended: Pick<
    HistoryEntry,
    "at" | "cause" | "action" | "outcome" | "reason" | "applied" | "told" | "calls" | "valid_until"
  >,
): HistoryEntry {
  const plans = [diagnosis?.remedy, ...tries.map((earlier) => earlier.diagnosis.remedy).reverse()];
  const plan = plans.find((remedy) => remedy?.action === ended.action);
  const { reason, applied, told, calls, valid_until, ...always } = ended;
  return {
    ...always,
    execution: execution.name,
    ...(plan !== undefined && "mode" in plan ? { mode: plan.mode } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(applied === undefined ? {} : { applied }),
    ...(told === undefined ? {} : { told }),
    ...(calls === undefined ? {} : { calls }),
    ...(plan !== undefined && "scale" in plan ? { scale: plan.scale } : {}),
    ...(diagnosis?.template === undefined ? {} : { template: diagnosis.template }),
    ...(diagnosis?.plan === undefined ? {} : { plan: diagnosis.plan }),
    ...(valid_until === undefined ? {} : { valid_until }),
    ...(diagnosis?.plan === undefined ? {} : askedFor(incident)),
  };
}

/**
 * What is remembered of a run when its remedy begins, until it has ended.
 * @param applied whether it is begun; undefined where nobody knows
 */
export function unfinishedEntry(run: WorkloadRun, now: Date, applied: true | undefined): HistoryEntry {
  const { cause = "", remedy } = run.diagnosis ?? {};
  const action = remedy?.action ?? "none";
  return entryOf(run, { at: now.toISOString(), cause, action, outcome: UNFINISHED, applied });
}

/** What was asked for and by whom, for whoever decides about it. */
function askedFor({ requested, origin }: WorkloadRun["incident"]): Pick<HistoryEntry, "requested" | "origin"> {
  if (requested === undefined) return {};
  return { requested, ...(origin === undefined ? {} : { origin }) };
}

/**
 * The entries of a history (newest first) that tell of the present pod template, since the last remedy that helped. A new
 * template is a new situation: what did not help before may help now.
 *
 * @param template hash of the workload's present pod template; undefined for workloads that have none
 */
export function sinceLastSuccess(history: readonly HistoryEntry[], template: string | undefined): HistoryEntry[] {
  const same = history.filter((entry) => entry.template === template);
  const success = same.findIndex(isSuccess);
  return success === -1 ? same : same.slice(0, success);
}

/** The reason of an outcome whose remedy wrote nothing, or nothing more, since what goes with a pod could not be kept. */
const NOT_KEPT: ErrorName = "EvidenceNotKept";

/**
 * Whether a remedy was chosen and is not known to have helped. One that was not begun, since what it was to destroy could not
 * be kept, says nothing of whether it helps.
 */
export function isIneffective({
  action,
  applied,
  outcome,
  reason,
}: Pick<HistoryEntry, "action" | "applied" | "outcome" | "reason">): boolean {
  if (reason === NOT_KEPT && applied !== true) return false;
  return action !== "none" && INEFFECTIVE.includes(outcome) && reason !== PARTLY_DONE;
}

/**
 * What another execution had begun, or may have, and not ended when its claim did, where nobody was told anything of the
 * workload since.
 */
export function leftUnfinished({ claim, execution }: WorkloadRun): HistoryEntry | undefined {
  const latest = claim?.history?.[0];
  return latest?.outcome === UNFINISHED && latest.execution !== execution.name ? latest : undefined;
}

/** Whether the limits held the remedy back, so that it was not tried. */
export function isHeldBack({
  applied,
  reason = "",
}: {
  applied?: true | undefined;
  reason?: string | undefined;
}): boolean {
  return applied !== true && (HELD_BACK as readonly string[]).includes(reason);
}

/** Whether a remedy was chosen and not tried, for a reason that says nothing of the workload. */
export function wasNotTried({ applied, reason = "" }: Pick<HistoryEntry, "applied" | "reason">): boolean {
  return applied !== true && (NOT_TRIED as readonly string[]).includes(reason);
}

/** Whether a remedy was carried out, and has helped as far as it got. */
export function hasHelped(entry: HistoryEntry): boolean {
  return isSuccess(entry) || entry.reason === PARTLY_DONE;
}

/** Whether people were told that it works again, which they had been told of as failing. */
export function isWellAgain({ outcome, reason }: Pick<HistoryEntry, "outcome" | "reason">): boolean {
  return outcome === ("Skipped" satisfies Outcome) && reason === ("NotFailingAnymore" satisfies Refusal);
}

/** The entries of a history (newest first) since people were told last that it works again: what fails after that is new to them. */
export function sinceWellAgain(history: readonly HistoryEntry[]): HistoryEntry[] {
  const well = history.findIndex(isWellAgain);
  return well === -1 ? [...history] : history.slice(0, well);
}

/** Whether a remedy was carried out and has helped. */
export function isSuccess({ outcome }: HistoryEntry): boolean {
  return outcome === ("Recovered" satisfies Outcome);
}

/**
 * What is left of a remedy on the cluster, as far as its execution knew at its end: it was left as the remedy put it, or as
 * somebody had changed it by then; it was taken back by the workflow; nobody knows; or there was none.
 */
export type Effect = "left" | "taken back" | "not known" | "none";

/** Why an execution left a remedy in place without having seen it help. */
const LEFT: readonly string[] = ["ObjectChanged", "ScaledToZero"] satisfies Refusal[];

/** What the remedy of an entry has left on the cluster. */
export function effectOf({ applied, outcome, reason = "" }: HistoryEntry): Effect {
  if (applied !== true) return "none";
  if (outcome === "Recovered" || (outcome === "Unresolved" && LEFT.includes(reason))) return "left";
  return outcome === "RolledBack" ? "taken back" : "not known";
}

/** Whether an earlier version was put in place since the later one failed, so that taking that back may bring the failure back. */
export function bringsFailureBack({ action, cause }: Pick<HistoryEntry, "action" | "cause">): boolean {
  return isRollback(action) && cause !== REQUESTED;
}

/** Whether it tells of a change that others may take back, which is theirs then: of a rollback or a scaling. */
export function mayBePutBack(entry: HistoryEntry): boolean {
  const effect = effectOf(entry);
  if (effect === "none") return false;
  return entry.scale !== undefined || (isRollback(entry.action) && effect !== "taken back");
}
