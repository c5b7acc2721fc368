import { describeReconciler, fluxCommand } from "../../facts/flux.ts";
import { bounded, moment } from "../../shared/text.ts";
import type { Words } from "../remedy.ts";
import type { FluxReconcileChange, FluxReconcilePlan } from "./contract.ts";
import { REQUESTED_ANNOTATION } from "./request.ts";

/** What people are told of a reconciliation that Flux is asked for. */
export const words: Words<FluxReconcilePlan, FluxReconcileChange> = {
  verb: "have Flux reconcile",
  did: (change, _workload, dryRun) => asked(change, dryRun),
  would: (plan) => asked(plan, true),
  byHand: ({ reconciler }) => ({ words: fluxCommand("reconcile", reconciler) }),
  found: ({ reconciler }) => `${describeReconciler(reconciler)} of Flux was asked to reconcile.`,
  changed: ({ reconciler, source }) => [
    `${describeReconciler(reconciler)}: asked to reconcile (annotation ${REQUESTED_ANNOTATION}: ${source.since})`,
  ],
  wayBack: ({ reconciler }) =>
    `There is nothing to undo: ${describeReconciler(reconciler)} puts in place what its source says, as it would by itself. What that is, only a change in the source changes.`,
  afterwards: ({ reconciler }) => ({
    next: `Flux had not done that by itself: find out why, with \`${fluxCommand("get", reconciler).join(" ")}\` and in the log of its controller, or the next change waits as long.`,
  }),
};

function asked({ reconciler, source }: Omit<FluxReconcilePlan, "action">, dryRun: boolean): string {
  const { kind, namespace, name, revision, since } = source;
  const what = `${kind} ${namespace}/${name} holds ${bounded(revision)} since ${moment(new Date(since))}, which may be the fix, and ${bounded(reconciler.revision)} was what Flux had attempted last`;
  return `${dryRun ? "Would ask" : "Asked"} ${describeReconciler(reconciler)} of Flux to reconcile: ${what}.`;
}
