import * as z from "zod";
import { RevisionRef } from "../../shared/refs.ts";
import type { RemedyEntry } from "../entry.ts";

export const ARGO_CD_ROLLBACK = {
  action: "argo-cd-rollback",
  description: "Pauses the automated sync of an Argo CD Application, and has it synced to what it had deployed before.",
  insteadOf: "rollback",
  mode: "automatic",
  event: "RemediationSyncedBack",
  apply: {
    name: "Roll back through Argo CD",
    comment: "Pauses the Application's automated sync, and starts a sync to its deployment before.",
  },
  undo: {
    name: "Resume Argo CD",
    comment: "Only while the Application is as the remedy left it: what somebody has synced or set since stands.",
  },
} as const satisfies RemedyEntry;

/** A deployment in an Application's history: its id there, and the revision of each of its sources. */
const Deployment = z.strictObject({ id: z.int(), revisions: z.array(z.string()).min(1) });
export type Deployment = z.output<typeof Deployment>;

const fields = {
  /** The workload's revision that goes. */
  before: RevisionRef,
  /** The workload's revision that comes back. */
  after: RevisionRef,
  /** The Application that deploys the workload. */
  application: z.strictObject({ namespace: z.string(), name: z.string(), uid: z.string() }),
  /** Its automated sync as it is without the remedy, exactly. */
  automated: z.record(z.string(), z.boolean()),
  /** What is deployed at present ... */
  from: Deployment,
  /** ... and what it is to be synced to. */
  to: Deployment,
  /** How many objects it syncs: all of them go back. */
  resources: z.int(),
  /** Present where all of this is taken back, since somebody asks for that: its automated sync is resumed. */
  back: z
    .strictObject({
      /** The revision that each of its sources held when Argo CD looked last; empty where it does not tell. */
      source: z.array(z.string()),
    })
    .optional(),
};

/** The deployment of an Application that is to be brought back. */
export const ArgoCdRollbackPlan = z.strictObject({ action: z.literal("argo-cd-rollback"), ...fields });
export type ArgoCdRollbackPlan = z.output<typeof ArgoCdRollbackPlan>;

/** The deployment of an Application that was brought back, and the automated sync that is paused for it. */
export const ArgoCdRollbackChange = z.strictObject({ kind: z.literal("argo-cd-rollback"), ...fields });
export type ArgoCdRollbackChange = z.output<typeof ArgoCdRollbackChange>;

/** What the policy may say of Argo CD. */
export const ARGO_CD_SETTINGS = {
  /** The namespace that Argo CD runs in. Applications in other namespaces are not looked at: whoever may make one there could name objects of others. */
  namespace: z
    .string()
    .max(63)
    .regex(/^[^\s*?/]+$/, "must be the name of a namespace: patterns are not known")
    .default("argocd"),
};
