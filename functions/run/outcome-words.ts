import type { CaughtError, Diagnosis, Try, WorkloadRun } from "./contracts.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { errorText } from "../shared/caught-error.ts";
import { moment } from "../shared/text.ts";

export type NoRemedy = Extract<Diagnosis["remedy"], { action: "none" }>;

/** What an execution had done when it was stopped, and others have had the workload since. */
export function leftBehind(run: WorkloadRun): string {
  const { diagnosis, remedy, verification } = run;
  if (diagnosis === undefined || remedy?.status !== "applied") return notApplied(run) ?? "";
  if (verification?.verdict !== "not_recovered") return `${remedy.message} Whether it helped was not verified.`;
  const undo =
    remedy.undo === "cannot be undone" ? [] : ["Whether it was undone before the execution was stopped is not known."];
  return [`${remedy.message} It did not help: ${verification.reasons.join("; ")}.`, ...undo].join(" ");
}

/** What is said of a remedy that did not help. */
export function inVain({ diagnosis, remedy, verification }: Try): string {
  return `${diagnosis.summary} ${remedy.message} It did not help: ${verification.reasons.join("; ")}.`;
}

/** Why nothing more is done after a remedy that did not help. */
export function notAgain({ refusal, message }: NoRemedy): string {
  return refusal === "NotFailingAnymore"
    ? "Since then nothing fails any more, but whether it stays so was not watched."
    : message;
}

/** What became of a remedy whose step ended with an error, when it was not applied or nobody knows. */
export function notApplied({ diagnosis, remedy, remedy_error, redriven, error }: WorkloadRun): string | undefined {
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
export function inWords(error: CaughtError | undefined): string {
  return error === undefined ? "" : `${error.Error}: ${errorText(error)}`;
}

/** What is said of what does not exist any more. */
export function goneWords({ incident, error }: Pick<WorkloadRun, "incident" | "error">): string {
  const { workload, works_again: told } = incident;
  if (told === undefined) return inWords(error);
  const people = `People were told at ${moment(new Date(told.told_at))} that it fails (${told.cause}).`;
  return `It is gone: ${describeWorkload(workload)} does not exist any more. ${people}`;
}
