import type { WorkloadRef } from "../../shared/refs.ts";
import { bounded, count } from "../../shared/text.ts";
import type { Words } from "../remedy.ts";
import { words as rollback } from "../rollback/words.ts";
import type { RollbackChange } from "../rollback/contract.ts";
import type { FluxRollbackChange, FluxRollbackPlan } from "./contract.ts";
import { describeReconciler, fluxCommand } from "../../facts/flux.ts";
import { heldWords } from "../../facts/flux-suspension.ts";

/** What people are told of a rollback through Flux. */
export const words: Words<FluxRollbackPlan, FluxRollbackChange> = {
  verb: "suspend Flux and roll back",
  did: (change, workload, dryRun) => done(change, workload, dryRun),
  would: (plan, workload) => done(plan, workload, true),
  byHand: ({ reconciler, back }) => (back?.put === false ? { words: fluxCommand("resume", reconciler) } : undefined),
  found: (change) =>
    change.back !== undefined
      ? `${describeReconciler(change.reconciler)} is not suspended any more.`
      : `${describeReconciler(change.reconciler)} is suspended. ${change.put ? rollback.found(plain(change)) : "The template was not replaced."}`,
  changed: (change, workload) =>
    change.back !== undefined
      ? [
          ...(change.put ? rollback.changed(reversed(change), workload) : []),
          `${describeReconciler(change.reconciler)}: resumed`,
        ]
      : [
          `${describeReconciler(change.reconciler)}: suspended`,
          ...(change.put ? rollback.changed(plain(change), workload) : []),
        ],
  wayBack: ({ before, reconciler, back }) =>
    back !== undefined
      ? `It is not taken back in turn: what ${describeReconciler(reconciler)} puts in place is for its source again.`
      : `Put the template of revision ${before.revision} back, and resume ${describeReconciler(reconciler)}.`,
  undone: ({ before, reconciler, put }) =>
    `The rollback through Flux was undone: ${put ? `the template of revision ${before.revision} is back, and ` : ""}${describeReconciler(reconciler)} is resumed.`,
  bringsBack: true,
  // A HelmRelease that is resumed puts nothing back while neither its chart nor its values change.
  undoCommand: ({ reconciler, back }) =>
    reconciler.kind === "Kustomization" && back === undefined
      ? { words: fluxCommand("resume", reconciler) }
      : undefined,
  afterwards: ({ reconciler, back }, wasAsked) => ({
    next:
      back !== undefined
        ? `Look at what Flux brings by it: \`${fluxCommand("get", reconciler).join(" ")}\`.`
        : `${describeReconciler(reconciler)} is suspended: nothing that is pushed reaches ${heldWords(reconciler.objects)} until it is resumed, and what depends on it may wait as long. Mend the cause in its source first, then run \`${fluxCommand("resume", reconciler).join(" ")}\`.`,
    ...(wasAsked && reconciler.kind === "Kustomization" ? { takesBack: true } : {}),
  }),
};

type Parts = Omit<FluxRollbackPlan, "action">;

function done(parts: Parts, workload: WorkloadRef, dryRun: boolean): string {
  return parts.back === undefined ? suspended(parts, workload, dryRun) : resumed(parts, parts.back, dryRun);
}

/** That Flux keeps the workload again, and what comes of that. */
function resumed({ before, reconciler }: Parts, { put, source }: NonNullable<Parts["back"]>, dryRun: boolean): string {
  const name = describeReconciler(reconciler);
  const [putBack, resume, puts] = dryRun ? ["Would put", "resume", "would then put"] : ["Put", "resumed", "then puts"];
  if (put) {
    return `${putBack} the template of revision ${before.revision} back, which was rolled back and is rolled out again, and ${resume} ${name} of Flux.`;
  }
  const attempted = bounded(reconciler.revision);
  const held =
    source === undefined
      ? `unless it was mended there, that is ${attempted}, which was rolled back: it is rolled out again`
      : source === reconciler.revision
        ? `${attempted}, which is the version that was rolled back: it is rolled out again`
        : `${bounded(source)}, and not ${attempted}, which was rolled back`;
  return `${dryRun ? "Would resume" : "Resumed"} ${name} of Flux. Flux ${puts} in place what its source holds: ${held}.`;
}

function suspended({ before, after, unblocked, reconciler }: Parts, workload: WorkloadRef, dryRun: boolean): string {
  const held = reconciler.objects === undefined ? "" : `, which keeps ${count(reconciler.objects, "object")}`;
  const first = `${dryRun ? "Would suspend" : "Suspended"} ${describeReconciler(reconciler)} of Flux${held}.`;
  return `${first} ${rollback.did({ kind: "rollback", before, after, unblocked }, workload, dryRun)}`;
}

function reversed({ before, after }: FluxRollbackChange): RollbackChange {
  return { kind: "rollback", before: after, after: before, unblocked: [] };
}

function plain({ before, after, unblocked }: FluxRollbackChange): RollbackChange {
  return { kind: "rollback", before, after, unblocked };
}
