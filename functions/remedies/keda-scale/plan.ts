import type { Case } from "../../facts/case.ts";
import {
  conditionOf,
  countsOf,
  hasTakenOver,
  hpaBoundsFor,
  pausedBy,
  scaledObjectAbove,
  scaledObjectAmong,
  scalesIt,
  type Counts,
  type ScaledObject,
} from "../../facts/scaled-object.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import type { Refusal } from "../../run/refusals.ts";
import { boundsOf, describeSize } from "../../shared/kubernetes/hpa.ts";
import type { HpaBounds } from "../../shared/refs.ts";
import type { NoRemedy, Plan } from "../remedy.ts";
import { limitReached } from "../scale/plan.ts";
import { reversed } from "./carry-out.ts";
import type { KedaScaleChange, KedaScalePlan } from "./contract.ts";

/** Whether KEDA scales the workload, though it has made no HPA that would tell, as while it is paused. */
export function scalesWithoutHpa(plan: Plan, { evidence: { incident, hpa, others } }: Case): boolean {
  if (plan.action !== "scale" || hpa !== undefined) return false;
  return scaledObjectAmong(others, incident.workload, hpa) !== undefined;
}

/**
 * What becomes of the ScaledObject in the place of its HPA. Nothing where the ScaledObject was not read: the HPA is KEDA's then,
 * and left to it.
 */
export function throughScaledObject(plan: Plan, facts: Case): KedaScalePlan | NoRemedy | undefined {
  const { incident, hpa, others } = facts.evidence;
  const object = scaledObjectAmong(others, incident.workload, hpa);
  if (plan.action !== "scale" || object === undefined) return undefined;
  const refusal = refuse(object, facts);
  if (refusal !== undefined) return refusal;
  const { scale } = plan;
  const { name = "", uid } = object.metadata ?? {};
  if (hpa === undefined || scale.target !== "hpa" || uid === undefined) {
    return none("NoSafeRemedy", `Not scaled: ScaledObject ${name} scales it, and KEDA has made no HPA for it.`);
  }
  const from = countsOf(object);
  if (!hasTakenOver(hpa, from)) {
    const [present, wanted] = [boundsOf(hpa), hpaBoundsFor(from)].map(describeSize);
    const differ = `HPA ${scale.name} has bounds of ${present ?? ""}, and ScaledObject ${name} asks for ${wanted ?? ""}`;
    return none("NoSafeRemedy", `Not scaled: ${differ}, which KEDA has not taken over.`);
  }
  const to = movedTo(scale.to, scale.from, from);
  const idle = object.spec?.idleReplicaCount;
  if (idle !== undefined && idle >= hpaBoundsFor(to).min) {
    const least = `its idleReplicaCount is ${idle}, and its minReplicaCount has to be more`;
    return none("NoSafeRemedy", `Not scaled: ScaledObject ${name} cannot go down to ${scale.to.min}, since ${least}.`);
  }
  return { action: "keda-scale", scale, scaled_object: { name, uid, from, to } };
}

/** The move taken back, within the same bound as any that is asked for. */
export function movedBack(change: KedaScaleChange, facts: Case): KedaScalePlan | NoRemedy {
  const { incident, hpa, others } = facts.evidence;
  const object = scaledObjectAmong(others, incident.workload, hpa);
  const refusal = object === undefined ? undefined : refuse(object, facts);
  if (refusal !== undefined) return refusal;
  const back = reversed(change);
  const { max } = back.scale.to;
  if (max > facts.policy.scale.max_replicas) return limitReached(facts.policy, `it had ${max} replicas before`);
  return { action: "keda-scale", ...back };
}

/** Why the ScaledObject is left as it is, by what it says of itself. */
function refuse(object: ScaledObject, { evidence }: Case): NoRemedy | undefined {
  const { incident, hpa } = evidence;
  const { workload } = incident;
  const { name = "", uid, deletionTimestamp } = object.metadata ?? {};
  const what = `ScaledObject ${name}`;
  const named = scaledObjectAbove(hpa?.metadata);
  if (named !== undefined && named.uid !== uid) {
    return none("NoSafeRemedy", `Not scaled: ${what} is another one than that which HPA ${nameOf(hpa)} was made for.`);
  }
  if (!scalesIt(object, workload)) {
    return none("NoSafeRemedy", `Not scaled: ${what} does not say that it scales ${describeWorkload(workload)}.`);
  }
  if (deletionTimestamp !== undefined) return none("BeingDeleted", `Not scaled: ${what} is being deleted.`);
  const paused = pausedBy(object);
  if (paused !== undefined) {
    const message = `Not scaled: somebody has paused ${what} (${paused}). Take the annotation away to have KEDA scale it again.`;
    return none("ScalingPaused", message);
  }
  const ready = conditionOf(object, "Ready");
  if (ready?.status !== "True") {
    const why = [ready?.reason, ready?.message].filter((text) => text !== undefined && text !== "").join(": ");
    const state = `${what} is not ready${why === "" ? "" : ` (${why})`}`;
    return none("NoSafeRemedy", `Not scaled: ${state}, and KEDA takes no change of it over before it is.`);
  }
  if (conditionOf(object, "Fallback")?.status === "True" && incident.requested === undefined) {
    const message = `Not scaled: a trigger of ${what} cannot be read, and KEDA asks for the replicas of its fallback; how many the load needs is not known.`;
    return none("NoSafeRemedy", message);
  }
  return undefined;
}

/** The counts for other bounds: one whose bound stays is not touched. */
function movedTo(to: HpaBounds, from: HpaBounds, counts: Counts): Counts {
  return {
    min: to.min === from.min ? counts.min : to.min,
    max: to.max === from.max ? counts.max : to.max,
  };
}

function nameOf(hpa: Case["evidence"]["hpa"]): string {
  return hpa?.metadata?.name ?? "";
}

function none(refusal: Refusal, message: string): NoRemedy {
  return { action: "none", refusal, message };
}
