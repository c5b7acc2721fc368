import type { WorkloadRef } from "../../shared/refs.ts";
import { count } from "../../shared/text.ts";
import type { Words } from "../remedy.ts";
import { words as rollback } from "../rollback/words.ts";
import type { RollbackChange } from "../rollback/contract.ts";
import type { FluxRollbackChange, FluxRollbackPlan, Reconciler } from "./contract.ts";
import { describeReconciler, fluxCommand } from "../../facts/flux.ts";

/** What people are told of a rollback through Flux. */
export const words: Words<FluxRollbackPlan, FluxRollbackChange> = {
  verb: "suspend Flux and roll back",
  did: (change, workload, dryRun) => suspended(change, workload, dryRun),
  would: (plan, workload) => suspended(plan, workload, true),
  found: (change) =>
    `${describeReconciler(change.reconciler)} is suspended. ${change.put ? rollback.found(plain(change)) : "The template was not replaced."}`,
  changed: (change, workload) => [
    `${describeReconciler(change.reconciler)}: suspended`,
    ...(change.put ? rollback.changed(plain(change), workload) : []),
  ],
  wayBack: ({ before, reconciler }) =>
    `Put the template of revision ${before.revision} back, and resume ${describeReconciler(reconciler)}.`,
  undone: ({ before, reconciler, put }) =>
    `The rollback through Flux was undone: ${put ? `the template of revision ${before.revision} is back, and ` : ""}${describeReconciler(reconciler)} is resumed.`,
  bringsBack: true,
  // A HelmRelease that is resumed puts nothing back while neither its chart nor its values change.
  undoCommand: ({ reconciler }) =>
    reconciler.kind === "Kustomization" ? { words: fluxCommand("resume", reconciler) } : undefined,
  afterwards: ({ reconciler }, wasAsked) => ({
    next: `${describeReconciler(reconciler)} is suspended: nothing that is pushed reaches ${held(reconciler)} until it is resumed. Mend the cause in its source first, then run \`${fluxCommand("resume", reconciler).join(" ")}\`.`,
    ...(wasAsked && reconciler.kind === "Kustomization" ? { takesBack: true } : {}),
  }),
};

function suspended(
  { before, after, unblocked, reconciler }: Omit<FluxRollbackPlan, "action">,
  workload: WorkloadRef,
  dryRun: boolean,
): string {
  const held = reconciler.objects === undefined ? "" : `, which keeps ${count(reconciler.objects, "object")}`;
  const first = `${dryRun ? "Would suspend" : "Suspended"} ${describeReconciler(reconciler)} of Flux${held}.`;
  return `${first} ${rollback.did({ kind: "rollback", before, after, unblocked }, workload, dryRun)}`;
}

/** What is held by a suspension. */
function held({ objects }: Reconciler): string {
  return objects === undefined ? "what it keeps" : `any of the ${count(objects, "object")} that it keeps`;
}

function plain({ before, after, unblocked }: FluxRollbackChange): RollbackChange {
  return { kind: "rollback", before, after, unblocked };
}
