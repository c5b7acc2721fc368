import { rulesFor } from "../../kinds/rules.ts";
import { workloadObject } from "../../kinds/object-ref.ts";
import { podRef } from "../../shared/object-ref.ts";
import type { Remedy } from "../remedy.ts";
import { rollback } from "../rollback/remedy.ts";
import { back, carryOut } from "./carry-out.ts";
import { FLUX_ROLLBACK, type FluxRollbackChange, type FluxRollbackPlan } from "./contract.ts";
import { readReconciler } from "../../facts/flux-reconciler.ts";
import { RECONCILERS, reconcilerRef, SOURCE_GROUP, SOURCES } from "../../facts/flux.ts";
import { throughFlux } from "./plan.ts";
import { gaps, overtaken, remains, seen } from "./seen.ts";
import { leavesSuspension } from "./spared.ts";
import { fluxLines } from "./lines.ts";
import { takenBack } from "./taken-back.ts";
import { words } from "./words.ts";

const RESOURCES = Object.values(RECONCILERS).map(({ group, version, plural }) => ({
  apiVersion: `${group}/${version}`,
  plural,
}));

/** Suspends what keeps a workload of Flux, and puts the pod template of an earlier revision back. */
export const fluxRollback: Remedy<FluxRollbackPlan, FluxRollbackChange, never> = {
  action: "flux-rollback",
  entry: FLUX_ROLLBACK,
  writes: ({ unblocked, reconciler }, workload) => [
    reconcilerRef(reconciler),
    workloadObject(workload),
    ...unblocked.map(({ name }) => podRef(workload.namespace, name)),
  ],
  replacesPods: () => true,
  reads: {
    others: readReconciler,
    lines: fluxLines,
    permissions: [
      ...rulesFor(RESOURCES.map((resource) => ({ ...resource, verbs: ["get"] }))),
      { apiGroups: [SOURCE_GROUP], resources: Object.values(SOURCES), verbs: ["get"] },
    ],
  },
  through: {
    tool: "flux",
    owner: "Flux",
    plan: throughFlux,
    spares: leavesSuspension,
  },
  carryOut,
  undo: { back, asPlan: takenBack, remains },
  seen,
  overtaken,
  gaps,
  words,
  permissions: [
    ...rollback.permissions,
    ...rulesFor(RESOURCES.map((resource) => ({ ...resource, verbs: ["get", "patch"] }))),
  ],
};
