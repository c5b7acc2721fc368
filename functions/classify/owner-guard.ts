import type { Case } from "../facts/case.ts";
import { describeOutOfBand, outOfBand } from "../facts/out-of-band.ts";
import { helmRollback } from "../facts/helm-rollback.ts";
import { objectOf } from "../facts/evidence.ts";
import { ownerOf, TEMPLATE, type Owner } from "../facts/owners.ts";
import { kindOf } from "../kinds/kinds.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import type { Declined, Plan } from "../remedies/remedy.ts";
import { aheadOf, planOf, remediesThrough, remedyFor, remedyThrough } from "../remedies/remedies.ts";
import { isRollback } from "../remedies/contracts.ts";
import { writtenFields } from "../remedies/written-fields.ts";
import type { Remedy } from "../run/contracts.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { pathOf, type ObjectRef } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";

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
  const owner = ownerOf(metadata, fields, ref);
  if (
    owner === undefined ||
    isThrough(plan, owner, { ref, metadata }, workload) ||
    (fields === TEMPLATE && changedPast(facts, plan) !== undefined)
  )
    return undefined;
  const wanted = fields === TEMPLATE ? "going back" : "a change";
  const advice = exactAdvice(facts, plan, owner) ?? owner.advice({ namespace: ref.namespace, metadata, wanted });
  return {
    refusal: "ManagedByAnotherTool",
    message: `${ref.kind} ${ref.namespace}/${ref.name} belongs to ${owner.name}, which ${owner.consequence}. ${advice}${withoutOwner(facts, plan)}`,
  };
}

/** How a person has it go back before its owner does, where that changes nothing that an owner keeps. */
function withoutOwner(facts: Case, plan: Plan): string {
  const { incident, workload } = facts.evidence;
  if (plan.action !== "rollback" || workload === undefined) return "";
  const command = kindOf(incident.workload)?.goesBack?.(workload, plan.after, facts);
  if (command === undefined) return "";
  return ` Until then, \`${command.join(" ")}\` has its controller bring revision ${plan.after.revision} back, and leaves its spec as it is.`;
}

/** What to do there instead as exactly as the owner's own history tells it. */
function exactAdvice({ evidence: { helm, incident } }: Case, plan: Plan, { tool }: Owner): string | undefined {
  if (plan.action !== "rollback" || tool?.name !== "Helm" || helm === undefined) return undefined;
  return helmRollback(helm, incident.workload, plan.after.template);
}

/**
 * Whether the owner of the workload, or of its HPA, is the one that the remedy acts through. Its own objects may be another's, or
 * its own in turn, where it has to leave alone what is written.
 */
function isThrough(
  { action }: Plan,
  { tool }: Owner,
  { ref, metadata }: { ref: ObjectRef; metadata: ObjectMeta },
  workload: WorkloadRef,
): boolean {
  const { through } = remedyFor(action);
  if (tool === undefined || through?.owner !== tool.name) return false;
  const isOfWorkload = pathOf(ref) === pathOf(workloadObject(workload)) || ref.kind === "HorizontalPodAutoscaler";
  return isOfWorkload || through.spares?.(metadata) === true;
}

/**
 * What is done through the owner of what a plain remedy would write, where the policy has switched that on; the plain remedy
 * where nobody owns it, or nothing is done through its owner. What its owner has to put in place itself comes before an earlier version,
 * unless somebody asks for that.
 */
export function throughOwner(remedy: Remedy, facts: Case): Remedy {
  const plan = planOf(remedy);
  if (remedy.action === "none") return remedy.refusal === "NoHealthyRevision" ? (ahead(facts) ?? remedy) : remedy;
  if (plan === undefined || remedyFor(plan.action).through !== undefined) return remedy;
  const { evidence } = facts;
  const keeper = remediesThrough(plan.action).find(({ through }) => through?.keeps?.(plan, facts) === true);
  const kept = keeper?.through?.plan(plan, facts);
  if (kept !== undefined) return kept;
  for (const ref of remedyFor(plan.action).writes(plan, evidence.incident.workload)) {
    const metadata = objectOf(ref, evidence)?.metadata;
    if (refuseOwned(facts, plan, ref, metadata) === undefined) continue;
    const asked = isRollback(plan.action) ? ahead(facts) : undefined;
    if (asked !== undefined) return asked;
    const owner = ownerOf(metadata, writtenFields(plan, evidence.incident.workload, ref), ref)?.tool?.name;
    const other = owner === undefined ? undefined : remedyThrough(owner, plan.action);
    if (other?.through !== undefined) return other.through.plan(plan, facts) ?? remedy;
  }
  return remedy;
}

/** What the owner of the workload's template is asked for in the place of an earlier version, which nobody has asked for. */
function ahead(facts: Case): Plan | undefined {
  const { incident, workload } = facts.evidence;
  const owner = ownerOf(workload?.metadata, TEMPLATE)?.tool?.name;
  return owner === undefined || incident.requested !== undefined ? undefined : aheadOf(owner, facts);
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
