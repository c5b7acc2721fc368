import type { Case } from "../facts/case.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import { isSwitchedOn } from "../kinds/switched.ts";
import type { Change, Remedy as RemedyPlan, RequestedRemedy } from "../run/contracts.ts";
import { isRollback, plainAction } from "./contracts.ts";
import { RemediationError } from "../shared/errors.ts";
import { pathOf } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Action, Plan, Remedy } from "./remedy.ts";
import { argoCdRollback } from "./argo-cd-rollback/remedy.ts";
import { helmRollback } from "./helm-rollback/remedy.ts";
import { fluxReconcile } from "./flux-reconcile/remedy.ts";
import { fluxRollback } from "./flux-rollback/remedy.ts";
import { kedaScale } from "./keda-scale/remedy.ts";
import { restart } from "./restart/remedy.ts";
import { rollback } from "./rollback/remedy.ts";
import { rolloutAbort } from "./rollout-abort/remedy.ts";
import { scale } from "./scale/remedy.ts";

/** Every remedy, by its action: one that is in the contracts and not here does not compile. */
const REMEDIES: {
  readonly [Name in Action]: Remedy<
    Extract<Plan, { action: Name }>,
    Extract<Change, { kind: Name }>,
    Extract<RequestedRemedy, { action: Name }>
  >;
} = {
  restart,
  rollback,
  scale,
  "argo-cd-rollback": argoCdRollback,
  "flux-rollback": fluxRollback,
  "flux-reconcile": fluxReconcile,
  "keda-scale": kedaScale,
  "helm-rollback": helmRollback,
  "rollout-abort": rolloutAbort,
};

/** All remedies. */
export const ALL_REMEDIES: readonly Remedy[] = Object.values(REMEDIES);

/** The remedy of that action. */
export function remedyFor(action: Action): Remedy {
  return REMEDIES[action];
}

/** The remedy that acts in the place of a plain one through an owner of that name; undefined where none is switched on. */
export function remedyThrough(owner: string, insteadOf: Action): Remedy | undefined {
  return remediesThrough(insteadOf).find(({ through }) => through?.owner === owner);
}

/** The remedies that act in the place of a plain one through tools that are switched on. */
export function remediesThrough(insteadOf: Action): Remedy[] {
  return ALL_REMEDIES.filter(
    (remedy) => remedy.through !== undefined && plainAction(remedy.action) === insteadOf && isKnown(remedy),
  );
}

/** What an owner of that name is asked for before anything is done through it, or past it; undefined where that is nothing. */
export function aheadOf(owner: string, facts: Case): Plan | undefined {
  const own = ALL_REMEDIES.filter((remedy) => remedy.through?.owner === owner && isKnown(remedy));
  return own.map(({ through }) => through?.ahead?.(facts)).find((plan) => plan !== undefined);
}

/** Whether it is a plain remedy, or one through a tool that is switched on. */
export function isKnown({ through }: Remedy): boolean {
  return through === undefined || isSwitchedOn(through.tool);
}

/** The plan of a remedy, unless there is none. */
export function planOf(remedy: RemedyPlan | undefined): Plan | undefined {
  return remedy?.action === "none" ? undefined : remedy;
}

/** Whether a remedy changes what the workload's pods are made from, by itself or by what it asks a tool for. */
export function rollsOut(plan: Plan, workload: WorkloadRef): boolean {
  const remedy = remedyFor(plan.action);
  const own = pathOf(workloadObject(workload));
  if (remedy.through !== undefined && answersRollout(remedy.action)) return true;
  return remedy.replacesPods(plan) && remedy.writes(plan, workload).some((ref) => pathOf(ref) === own);
}

/**
 * Whether an action is chosen for what the rollout of the workload itself shows: a rollback, by the workflow or through a tool, or what
 * a tool is asked for ahead of one.
 */
export function answersRollout(action: Action | "none"): boolean {
  return action !== "none" && (isRollback(action) || remedyFor(action).through?.ahead !== undefined);
}

/** The remedy of that name. @throws RemediationError `InvalidStepInput` when there is none */
export function remedyNamed(name: string | undefined): Remedy {
  const remedy = ALL_REMEDIES.find(({ action }) => action === name);
  if (remedy !== undefined) return remedy;
  throw new RemediationError("InvalidStepInput", `There is no remedy ${name ?? "without a name"}.`);
}
