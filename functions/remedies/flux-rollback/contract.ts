import * as z from "zod";
import { Reconciler } from "../../shared/refs.ts";
import type { RemedyEntry } from "../entry.ts";
import { RollbackPlan } from "../rollback/contract.ts";

export const FLUX_ROLLBACK = {
  action: "flux-rollback",
  insteadOf: "rollback",
  description:
    "Suspends the Kustomization or HelmRelease of Flux that keeps a workload, and puts the template of an earlier revision back.",
  mode: "automatic",
  event: "RemediationFluxRolledBack",
  apply: {
    name: "Suspend Flux and roll back",
    comment: "Has Flux keep off what it would put back, then puts the pod template of a healthy revision back.",
  },
  undo: {
    name: "Undo Flux rollback",
    comment: "Only while both objects are as the remedy left them: what somebody has resumed or changed stands.",
  },
} as const satisfies RemedyEntry;

const { before, after, unblocked } = RollbackPlan.shape;
const fields = {
  before,
  after,
  unblocked,
  reconciler: Reconciler,
  /** Present where all of this is taken back, since somebody asks for that: the reconciler is resumed. */
  back: z
    .strictObject({
      /** Whether the template that gave way is put back before, as Flux does not do it by itself. */
      put: z.boolean(),
      /** What the reconciler's source holds; absent where that was not read. */
      source: z.string().optional(),
    })
    .optional(),
};

/** The reconciler that is to be suspended, and the pod template that is to be put back then. */
export const FluxRollbackPlan = z.strictObject({ action: z.literal("flux-rollback"), ...fields });
export type FluxRollbackPlan = z.output<typeof FluxRollbackPlan>;

/** The reconciler that was suspended, and the pod template that was put back. */
export const FluxRollbackChange = z.strictObject({
  kind: z.literal("flux-rollback"),
  ...fields,
  /** Whether the earlier template was put in place: a step may end between its two writes. */
  put: z.boolean(),
});
export type FluxRollbackChange = z.output<typeof FluxRollbackChange>;
