import type { Case } from "../../facts/case.ts";
import { objectOf } from "../../facts/evidence.ts";
import { reconcilerRef, type FluxObject } from "../../facts/flux.ts";
import type { NoRemedy } from "../remedy.ts";
import { rolledForward } from "../rollback/plan.ts";
import type { FluxRollbackChange, FluxRollbackPlan } from "./contract.ts";
import { beyondReach, heldBySource } from "../../facts/flux-reach.ts";

/**
 * What was suspended is resumed, while it is as the remedy left it. A Kustomization puts in place by itself what its source says,
 * which may be mended by now; a HelmRelease leaves the template alone until there is a newer chart, so that it is put back before.
 */
export function takenBack(change: FluxRollbackChange, facts: Case): FluxRollbackPlan | NoRemedy {
  const { kind: action, put: wasPut, ...parts } = change;
  const { reconciler } = change;
  const object = objectOf(reconcilerRef(reconciler), facts.evidence) as FluxObject | undefined;
  const why = object === undefined ? undefined : beyondReach(reconciler, object, facts);
  if (why !== undefined) return { action: "none", ...why };
  const held = object === undefined ? undefined : heldBySource(reconciler, object, facts.evidence);
  const put = wasPut && reconciler.kind === "HelmRelease" && held?.isAttempted !== false;
  const template = put ? rolledForward(change, facts) : undefined;
  if (template?.action === "none") return template;
  const source = held?.isAttempted === true ? reconciler.revision : held?.revision;
  return { action, ...parts, back: { put, ...(source === undefined ? {} : { source }) } };
}
