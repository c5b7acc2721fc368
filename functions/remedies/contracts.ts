import * as z from "zod";
import type { Asked } from "./asked.ts";
import * as restart from "./restart/contract.ts";
import * as rollback from "./rollback/contract.ts";
import * as scale from "./scale/contract.ts";

/** The remedies' parts of the contracts and the policy. Only schemas and words, so that everything else may be made of them. */

/** The remedies, in the order in which the workflow names them. */
export const REMEDIES = [restart.RESTART, rollback.ROLLBACK, scale.SCALE] as const;

/** What a remedy is to do. */
export const REMEDY_PLANS = [restart.RestartPlan, rollback.RollbackPlan, scale.ScalePlan] as const;

/** What a remedy did. */
export const REMEDY_CHANGES = [restart.RestartChange, rollback.RollbackChange, scale.ScaleChange] as const;

/** What runbooks may ask for, as the steps hand it on. */
export const REQUESTED_REMEDIES = [restart.RequestedRestart, rollback.RequestedRollback, scale.RequestedScale] as const;

/** What runbooks may ask for, as they send it. */
export const RUNBOOK_REQUESTS = [
  restart.RestartPodRequest,
  rollback.RollbackDeploymentRequest,
  scale.ScaleDeploymentRequest,
] as const;

/** The remedies' own fields of the policy. */
export const REMEDY_SETTINGS = {
  scale: z.strictObject(scale.SCALE_SETTINGS).prefault({}),
  restart: z.strictObject(restart.RESTART_SETTINGS).prefault({}),
};

type RunbookRequest = z.output<(typeof RUNBOOK_REQUESTS)[number]>;

/** What a runbook asks for. */
export function askedBy(request: RunbookRequest): Asked<z.output<(typeof REQUESTED_REMEDIES)[number]>> {
  switch (request.action) {
    case "restart_pod":
      return restart.restartAsked(request);
    case "rollback_deployment":
      return rollback.rollbackAsked(request);
    case "scale_deployment":
      return scale.scaleAsked(request);
  }
}
