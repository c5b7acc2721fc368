import * as z from "zod";
import { PodTarget } from "../../shared/refs.ts";
import { RevisionRef } from "../../shared/refs.ts";
import type { Asked } from "../asked.ts";
import type { RemedyEntry } from "../entry.ts";
import { namespaceField, objectNameField, REQUEST_FIELDS } from "../../shared/request-fields.ts";

export const ROLLBACK = {
  action: "rollback",
  description:
    "Puts the template of an earlier revision back, and deletes the pods that an ordered StatefulSet waits for in vain.",
  mode: "automatic",
  event: "RemediationRolledBack",
  apply: { name: "Roll back", comment: "Puts the pod template of a healthy revision back." },
  undo: {
    name: "Undo rollback",
    comment: "Only while the object is as the remedy left it: a change by somebody else stands.",
  },
} as const satisfies RemedyEntry;

const fields = {
  /** The revision whose template goes. */
  before: RevisionRef,
  /** The revision whose template comes in its place. */
  after: RevisionRef,
  /** Pods that an ordered StatefulSet waits for in vain: they are deleted once, so that the earlier template gets its turn. */
  unblocked: z.array(PodTarget),
};

/** The pod template of an earlier revision that is to be put back. */
export const RollbackPlan = z.strictObject({ action: z.literal("rollback"), ...fields });
export type RollbackPlan = z.output<typeof RollbackPlan>;

/** The pod template that was put back, and the pods that gave way to it. */
export const RollbackChange = z.strictObject({ kind: z.literal("rollback"), ...fields });
export type RollbackChange = z.output<typeof RollbackChange>;

/** A rollback that a runbook asks for. */
export const RequestedRollback = z.strictObject({ action: z.literal("rollback"), revision: z.int().optional() });
export type RequestedRollback = z.output<typeof RequestedRollback>;

export const RollbackDeploymentRequest = z.strictObject({
  action: z.literal("rollback_deployment"),
  ...REQUEST_FIELDS,
  namespace: namespaceField,
  deployment_name: objectNameField("Deployment"),
  /** Roll back to exactly this revision instead of the newest healthy one. */
  revision: z.int("must be a whole number").min(1, "must be 1 or more").optional(),
});
export type RollbackDeploymentRequest = z.output<typeof RollbackDeploymentRequest>;

/** Rolls the Deployment back that a runbook names. */
export function rollbackAsked({
  deployment_name: name,
  revision,
}: RollbackDeploymentRequest): Asked<RequestedRollback> {
  const requested = { action: "rollback" as const, ...(revision === undefined ? {} : { revision }) };
  return { workload: { kind: "Deployment", name }, requested };
}
