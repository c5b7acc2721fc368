import * as z from "zod";
import type { RemedyEntry } from "../entry.ts";
import { Reconciler } from "../../shared/refs.ts";

export const FLUX_RECONCILE = {
  action: "flux-reconcile",
  description:
    "Asks the Kustomization or HelmRelease of Flux that keeps a workload to put in place what its source holds by now.",
  mode: "automatic",
  event: "RemediationFluxReconciled",
  apply: {
    name: "Have Flux reconcile",
    comment: "Asks Flux for what its source has held for a while, and what it has not put in place by itself.",
  },
  undo: "cannot be undone",
} as const satisfies RemedyEntry;

const fields = {
  reconciler: Reconciler.omit({ objects: true }).extend({ uid: z.string() }),
  /** What its source holds, and since when, as the source says it: that moment is what the request is known by. */
  source: z.strictObject({
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    revision: z.string(),
    since: z.iso.datetime(),
  }),
};

/** The reconciler that is to be asked, and what for. */
export const FluxReconcilePlan = z.strictObject({ action: z.literal("flux-reconcile"), ...fields });
export type FluxReconcilePlan = z.output<typeof FluxReconcilePlan>;

/** The reconciler that was asked, and what for. */
export const FluxReconcileChange = z.strictObject({ kind: z.literal("flux-reconcile"), ...fields });
export type FluxReconcileChange = z.output<typeof FluxReconcileChange>;
