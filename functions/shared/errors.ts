import { bounded } from "./text.ts";

/**
 * Every error that a step of the workflow can end with.
 *
 * The name is the contract: Lambda reports `error.name` as the error's type, and the state machine's `ErrorEquals`
 * matches that string. It is therefore a literal, never derived from the class name, which minifying changes.
 */
export const ERROR_NAMES = [
  "InvalidRequest",
  "InvalidPolicy",
  "InvalidStepInput",
  "InvalidStepOutput",
  "StepFailed",
  "InvalidKubeconfig",
  "ContextNotFound",
  "ClusterNotFound",
  "ClusterNotPermitted",
  "FleetUnreadable",
  "ClusterUnreachable",
  "ClusterUnavailable",
  "ClusterThrottled",
  "TooMuchToRead",
  "Unauthorized",
  "Forbidden",
  "NamespaceNotFound",
  "PodNotFound",
  "WorkloadNotFound",
  "NotFound",
  "ObjectChanged",
  "OptedOut",
  "WriteRefused",
  "EvidenceNotKept",
  "HelmMissing",
  "HelmFailed",
  "DisruptionBudgetExhausted",
  "ClaimNamespaceMissing",
  "ClaimExpired",
  "ExecutionRedriven",
  "NotificationFailed",
  "WorkloadWithoutOutcome",
  "ExecutionUnreadable",
  "WorkflowNotStarted",
  "DeliveryFailed",
  "DeliveryRefused",
] as const;

export type ErrorName = (typeof ERROR_NAMES)[number];

/** Errors that say that what was named, or what failed, is not there. */
export const NOT_THERE = ["NamespaceNotFound", "PodNotFound", "WorkloadNotFound"] as const satisfies ErrorName[];

/** Whether an error, or the reason of an outcome, says that what it is about is not there. */
export function isNotThere(name: string | undefined): boolean {
  return NOT_THERE.some((each) => each === name);
}

/** Names and answers of others are in it, so it is bounded like all that comes from them. */
const MAX_MESSAGE = 1_500;

/** An error that the state machine knows by name, with a sentence that says what to do about it. */
export class RemediationError extends Error {
  override readonly name: ErrorName;

  /**
   * @param name the literal that `ErrorEquals` matches
   * @param message what went wrong, where, and what to do, as a person should read it; made one line
   */
  constructor(name: ErrorName, message: string, options?: ErrorOptions) {
    super(bounded(message, MAX_MESSAGE), options);
    this.name = name;
  }
}

/** What whatever was thrown is called, where no more of it may be told: short, and one line. */
export function nameOfError(error: unknown): string {
  return bounded(error instanceof Error ? error.name : String(error), 100);
}

/** Whether `error` is one of the workflow's own errors, optionally one of the given names. */
export function isRemediationError(error: unknown, ...names: ErrorName[]): error is RemediationError {
  return error instanceof RemediationError && (names.length === 0 || names.includes(error.name));
}
