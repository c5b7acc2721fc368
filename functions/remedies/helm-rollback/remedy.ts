import { HELM_OBJECTS_WRITTEN } from "../../facts/helm-objects.ts";
import type { Remedy } from "../remedy.ts";
import { back, carryOut } from "./carry-out.ts";
import { HELM_ROLLBACK, type HelmRollbackChange, type HelmRollbackPlan } from "./contract.ts";
import { takenBack, throughHelm } from "./plan.ts";
import { ownRevision, releaseSecretRef } from "./release-secret.ts";
import { gaps, overtaken, remains, seen } from "./seen.ts";
import { words } from "./words.ts";

/** Has Helm roll the release back that owns a workload. */
export const helmRollback: Remedy<HelmRollbackPlan, HelmRollbackChange, never> = {
  action: "helm-rollback",
  entry: HELM_ROLLBACK,
  writes: ({ objects, release, from }) => [...objects, releaseSecretRef(release, from.revision)],
  shows: (plan) => [releaseSecretRef(plan.release, ownRevision(plan))],
  replacesPods: () => true,
  through: {
    tool: "helm_rollback",
    owner: "Helm",
    plan: throughHelm,
    // What Helm keeps of a release is Helm's own as well.
    spares: () => true,
  },
  carryOut,
  undo: { back, asPlan: takenBack, remains },
  seen,
  overtaken,
  gaps,
  words,
  permissions: HELM_OBJECTS_WRITTEN,
};
