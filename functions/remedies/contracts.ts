import type * as z from "zod";
import type { Asked } from "./asked.ts";
import { RequestedRestart, restartAsked, RestartChange, RestartPlan, RestartPodRequest } from "./restart/contract.ts";
import {
  RequestedRollback,
  RollbackChange,
  RollbackDeploymentRequest,
  RollbackPlan,
  rollbackAsked,
} from "./rollback/contract.ts";
import { RequestedScale, ScaleChange, ScaleDeploymentRequest, ScalePlan, scaleAsked } from "./scale/contract.ts";

/** The remedies' parts of the contracts. Only schemas, so that contracts and policy may be made of them. */

export const REMEDY_PLANS = [RestartPlan, RollbackPlan, ScalePlan] as const;

export const REMEDY_CHANGES = [RestartChange, RollbackChange, ScaleChange] as const;

/** What runbooks may ask for, as the steps hand it on. */
export const REQUESTED_REMEDIES = [RequestedRestart, RequestedRollback, RequestedScale] as const;

/** What runbooks may ask for, as they send it. */
export const RUNBOOK_REQUESTS = [RestartPodRequest, RollbackDeploymentRequest, ScaleDeploymentRequest] as const;

type RunbookRequest = z.output<(typeof RUNBOOK_REQUESTS)[number]>;

/** What a runbook asks for. */
export function askedBy(request: RunbookRequest): Asked<z.output<(typeof REQUESTED_REMEDIES)[number]>> {
  switch (request.action) {
    case "restart_pod":
      return restartAsked(request);
    case "rollback_deployment":
      return rollbackAsked(request);
    case "scale_deployment":
      return scaleAsked(request);
  }
}
