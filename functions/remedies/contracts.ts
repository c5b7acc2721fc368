import * as z from "zod";
import type { Asked } from "./asked.ts";
import * as argoCd from "./argo-cd-rollback/contract.ts";
import type { RemedyEntry } from "./entry.ts";
import * as fluxReconcile from "./flux-reconcile/contract.ts";
import * as flux from "./flux-rollback/contract.ts";
import * as helm from "./helm-rollback/contract.ts";
import * as kedaScale from "./keda-scale/contract.ts";
import * as restart from "./restart/contract.ts";
import * as rollback from "./rollback/contract.ts";
import * as abort from "./rollout-abort/contract.ts";
import * as scale from "./scale/contract.ts";

/** The remedies' parts of the contracts and the policy. Only schemas and words, so that everything else may be made of them. */

/** The remedies, in the order in which the workflow names them. */
export const REMEDIES = [
  restart.RESTART,
  rollback.ROLLBACK,
  scale.SCALE,
  argoCd.ARGO_CD_ROLLBACK,
  flux.FLUX_ROLLBACK,
  fluxReconcile.FLUX_RECONCILE,
  kedaScale.KEDA_SCALE,
  helm.HELM_ROLLBACK,
  abort.ROLLOUT_ABORT,
] as const;

/** Whether an action is a rollback, by the workflow itself or through the tool that owns the workload. */
export function isRollback(action: string): boolean {
  return plainAction(action) === rollback.ROLLBACK.action;
}

/** The plain remedy in whose place one is carried out; a plain one is its own. */
export function plainAction<Name extends string>(action: Name): Name {
  const entry: RemedyEntry | undefined = REMEDIES.find((remedy) => remedy.action === action);
  return (entry?.insteadOf ?? action) as Name;
}

/** What a remedy is to do. */
export const REMEDY_PLANS = [
  restart.RestartPlan,
  rollback.RollbackPlan,
  scale.ScalePlan,
  argoCd.ArgoCdRollbackPlan,
  flux.FluxRollbackPlan,
  fluxReconcile.FluxReconcilePlan,
  kedaScale.KedaScalePlan,
  helm.HelmRollbackPlan,
  abort.RolloutAbortPlan,
] as const;

/** What a remedy did. */
export const REMEDY_CHANGES = [
  restart.RestartChange,
  rollback.RollbackChange,
  scale.ScaleChange,
  argoCd.ArgoCdRollbackChange,
  flux.FluxRollbackChange,
  fluxReconcile.FluxReconcileChange,
  kedaScale.KedaScaleChange,
  helm.HelmRollbackChange,
  abort.RolloutAbortChange,
] as const;

/** What runbooks may ask for, as the steps hand it on. */
export const REQUESTED_REMEDIES = [restart.RequestedRestart, rollback.RequestedRollback, scale.RequestedScale] as const;

/** What a remedy did that is to be taken back, and which execution did it. */
export const RequestedUndo = z.strictObject({
  action: z.literal("undo"),
  execution: z.string(),
  change: z.discriminatedUnion("kind", REMEDY_CHANGES),
  /** UID of the workload that it was done to: one that is made anew under its name is another. */
  uid: z.string().optional(),
});
export type RequestedUndo = z.output<typeof RequestedUndo>;

/** What runbooks may ask for, as they send it. */
export const RUNBOOK_REQUESTS = [
  restart.RestartPodRequest,
  rollback.RollbackDeploymentRequest,
  scale.ScaleDeploymentRequest,
] as const;

const seconds = z.int().min(0).max(86_400);

/** What the policy says of all remedies together. */
const LIMITS = {
  /** Never more remedies under way at a time than this, from their beginning until their outcome is told; those of all executions together ... */
  concurrent: z.int().min(1).max(100).default(5),
  /** ... never more than this in one namespace ... */
  per_namespace: z.int().min(1).max(100).default(3),
  /** ... and never more in an hour; one namespace may use half of that. */
  per_hour: z.int().min(1).max(1_000).default(30),
  /** Whether of several workloads that fail for one cause only one is remedied, until that has recovered. */
  canary: z.boolean().default(true),
  /** When the workflow begins nothing by itself any more, in a namespace or in the cluster, because remedies do not help. */
  breaker: z
    .strictObject({
      /** When so many of the last remedies did not help, or were needed again within an hour ... */
      failures: z.int().min(1).max(20).default(3),
      /** ... of so many, on as many workloads of a namespace, or in as many namespaces ... */
      of: z.int().min(1).max(20).default(5),
      /** ... within this time. */
      within_seconds: seconds.default(21_600),
      /** How long nothing is remedied then, before one remedy is tried. */
      pause_seconds: seconds.default(3_600),
    })
    .refine(({ failures, of }) => failures <= of, "failures must not be more than of")
    .prefault({}),
};

/** The remedies' fields of the policy. */
export const REMEDY_SETTINGS = {
  limits: z.strictObject(LIMITS).prefault({}),
  scale: z.strictObject(scale.SCALE_SETTINGS).prefault({}),
  restart: z.strictObject(restart.RESTART_SETTINGS).prefault({}),
  argo_cd: z.strictObject(argoCd.ARGO_CD_SETTINGS).prefault({}),
  approval: z
    .strictObject({
      /** How long a proposal may be approved: what is approved later is proposed anew. */
      valid_seconds: seconds.min(1).default(86_400),
    })
    .prefault({}),
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
