import * as z from "zod";

/** Why a guard refused to act. A closed set: operators filter and alarm on it. */
export const REFUSALS = [
  "Stopped",
  "NoLongerAllowed",
  "NamespaceNotAllowed",
  "ActionOff",
  "DiagnoseOnly",
  "ApprovalNeeded",
  "ApprovalExpired",
  "PlanChanged",
  "Declined",
  "OptedOut",
  "NotOptedIn",
  "AlreadyClaimed",
  "CoolingDown",
  "TriedTooOften",
  "KeepsRecurring",
  "PutBack",
  "BeingDeleted",
  "RolloutPaused",
  "RolloutInProgress",
  "ManagedByAnotherTool",
  "NothingRecreatesIt",
  "DisruptionBudgetExhausted",
  "TooFewReady",
  "NoHealthyRevision",
  "AlreadyAsRequested",
  "LimitReached",
  "ScaledToZero",
  "ScalingPaused",
  "NoSafeRemedy",
  "MayPass",
  "WaitsForAnother",
  "InStorm",
  "NotFailingAnymore",
  "ObjectChanged",
  "TooManyAtOnce",
  "TooManyThisHour",
  "CanaryFirst",
  "BreakerOpen",
  "FleetStorm",
] as const;
export const Refusal = z.enum(REFUSALS);
export type Refusal = z.output<typeof Refusal>;

/** Why the limits on remedies, those of a fleet among them, hold one back: a state of all that is under way, and nothing that was tried. */
export const HELD_BACK = [
  "TooManyAtOnce",
  "TooManyThisHour",
  "CanaryFirst",
  "BreakerOpen",
  "FleetStorm",
] as const satisfies Refusal[];

/** Why a remedy was chosen and not tried, so that its workload is looked at again soon. */
export const NOT_TRIED = [...HELD_BACK, "Stopped", "NoLongerAllowed"] as const satisfies Refusal[];
