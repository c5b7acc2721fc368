import type { Case } from "../facts/case.ts";
import { describeOutOfBand, outOfBand } from "../facts/out-of-band.ts";
import { ownerOf, TEMPLATE } from "../facts/owners.ts";
import type { Declined, Plan } from "../remedies/remedy.ts";
import { planOf } from "../remedies/remedies.ts";
import { writtenFields } from "../remedies/written-fields.ts";
import type { Remedy } from "../run/contracts.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import type { ObjectRef } from "../shared/object-ref.ts";

/**
 * Refuses to write to what somebody else keeps as it is. A pod is only ever replaced: what it is made from stays as its owner
 * has it. What was changed past a tool may be taken back, as long as nothing that the tool wrote is.
 */
export function refuseOwned(
  facts: Case,
  plan: Plan,
  ref: ObjectRef,
  metadata: ObjectMeta | undefined,
): Declined | undefined {
  if (ref.kind === "Pod" || metadata === undefined) return undefined;
  const { workload } = facts.evidence.incident;
  const fields = writtenFields(plan, workload, ref);
  const owner = ownerOf(metadata, fields);
  if (owner === undefined || (fields === TEMPLATE && changedPast(facts, plan) !== undefined)) return undefined;
  const wanted = fields === TEMPLATE ? "going back" : "a change";
  const advice = owner.advice({ namespace: ref.namespace, metadata, wanted });
  return {
    refusal: "ManagedByAnotherTool",
    message: `${ref.kind} ${ref.namespace}/${ref.name} belongs to ${owner.name}, which ${owner.consequence}. ${advice}`,
  };
}

/** The tool past which was changed what a remedy takes back, and what shows that; undefined where nobody owns the workload. */
export function takenBack(facts: Case, remedy: Remedy): { owner: string; evidence: string } | undefined {
  const plan = planOf(remedy);
  return plan === undefined ? undefined : changedPast(facts, plan);
}

function changedPast(facts: Case, plan: Plan): { owner: string; evidence: string } | undefined {
  if (plan.action !== "rollback") return undefined;
  const tool = ownerOf(facts.evidence.workload?.metadata, TEMPLATE)?.tool;
  const past = tool === undefined ? undefined : outOfBand(tool, facts, plan.after);
  if (tool === undefined || past === undefined) return undefined;
  return { owner: tool.name, evidence: describeOutOfBand(tool, past, plan.after) };
}
