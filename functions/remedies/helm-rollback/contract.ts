import * as z from "zod";
import { RevisionRef } from "../../shared/refs.ts";
import type { RemedyEntry } from "../entry.ts";

export const HELM_ROLLBACK = {
  action: "helm-rollback",
  insteadOf: "rollback",
  description: "Rolls the Helm release that a workload is of back to the revision in which the workload was well.",
  mode: "automatic",
  event: "RemediationHelmRolledBack",
  apply: {
    name: "Roll back with Helm",
    comment: "Has Helm roll the release back, while its newest revision is the one that was diagnosed.",
  },
  undo: {
    name: "Undo Helm rollback",
    comment: "Only while the newest revision is the one that the remedy made: what somebody has released since stands.",
  },
} as const satisfies RemedyEntry;

/** An object that the release holds. */
const Held = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  plural: z.string(),
  namespace: z.string(),
  name: z.string(),
});

const fields = {
  /** The workload's revision that goes. */
  before: RevisionRef,
  /** The workload's revision that comes back. */
  after: RevisionRef,
  release: z.strictObject({ namespace: z.string(), name: z.string() }),
  /** The newest revision of the release, and its status as Helm has it. The next one is the remedy's. */
  from: z.strictObject({ revision: z.int(), status: z.string() }),
  /** The revision of the release that it is rolled back to. */
  to: z.int(),
  /** All that the release holds, which Helm goes over. */
  objects: z.array(Held),
  /** The ConfigMaps that it changes beside the workload. */
  config_maps: z.array(z.string()),
};

/** The revision that a release is to be rolled back to. */
export const HelmRollbackPlan = z.strictObject({ action: z.literal("helm-rollback"), ...fields });
export type HelmRollbackPlan = z.output<typeof HelmRollbackPlan>;

/** The revision that a release was rolled back to. */
export const HelmRollbackChange = z.strictObject({ kind: z.literal("helm-rollback"), ...fields });
export type HelmRollbackChange = z.output<typeof HelmRollbackChange>;
