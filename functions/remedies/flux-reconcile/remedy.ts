import { RECONCILERS, reconcilerRef } from "../../facts/flux.ts";
import { KINDS } from "../../kinds/kinds.ts";
import { rulesFor } from "../../kinds/rules.ts";
import type { Remedy } from "../remedy.ts";
import { carryOut } from "./carry-out.ts";
import { FLUX_RECONCILE, type FluxReconcileChange, type FluxReconcilePlan } from "./contract.ts";
import { askFlux } from "./plan.ts";
import { gaps, overtaken, seen } from "./seen.ts";
import { words } from "./words.ts";

/** Asks what keeps a workload of Flux for what its source holds by now. What is read for that, a rollback through Flux reads. */
export const fluxReconcile: Remedy<FluxReconcilePlan, FluxReconcileChange, never> = {
  action: "flux-reconcile",
  entry: FLUX_RECONCILE,
  writes: ({ reconciler }) => [reconcilerRef(reconciler)],
  replacesPods: () => true,
  through: {
    tool: "flux",
    owner: "Flux",
    plan: () => undefined,
    ahead: askFlux,
    // A Kustomization or HelmRelease that keeps it says nothing of the annotation, and leaves it there.
    spares: () => true,
  },
  carryOut,
  undo: "cannot be undone",
  seen,
  overtaken,
  gaps,
  words,
  permissions: rulesFor([
    // Whether somebody has opted the workload out since.
    ...KINDS.map((kind) => ({ ...kind, verbs: ["get"] })),
    ...Object.values(RECONCILERS).map(({ group, version, plural }) => ({
      apiVersion: `${group}/${version}`,
      plural,
      verbs: ["get", "patch"],
    })),
  ]),
};
