import { isAskedFor } from "../run/asked-for.ts";
import type { Remedy } from "../run/contracts.ts";
import type { Refusal } from "../run/refusals.ts";
import { isFailing } from "../kinds/failing/pod-failures.ts";
import { matches } from "../shared/kubernetes/label-selector.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import { isStaticPod } from "../shared/kubernetes/pods.ts";
import { kindOf } from "../kinds/kinds.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import type { Policy } from "../shared/policy.ts";
import { outOfScope } from "../shared/scope.ts";
import { ENABLED_ANNOTATION, enabledBy, optOutText } from "../facts/opt-out.ts";
import type { Case } from "../facts/case.ts";
import { objectOf, ownObject, type Evidence } from "../facts/evidence.ts";
import { passedOverSince } from "../facts/passed-over.ts";
import { patienceWith } from "../facts/patience.ts";
import type { Action, Plan } from "../remedies/remedy.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import { planOf, remedyFor, rollsOut } from "../remedies/remedies.ts";
import type { StatefulSet } from "../shared/kubernetes/types.ts";
import { objectAt, pathOf, type ObjectRef } from "../shared/object-ref.ts";
import type { RevisionRef, WorkloadRef } from "../shared/refs.ts";
import { whyNoneComesBack } from "./comes-back/comes-back.ts";
import { whyNothingIsWritten } from "./never-written.ts";
import { refuseOwned } from "./owner-guard.ts";
import { noFurtherPod } from "./quota-room.ts";
import { scaledByOthers } from "./rival-hpas.ts";
import { whyNotBack } from "./safe-return.ts";
import { moment, withArticle } from "../shared/text.ts";

/** A guard's refusal, with the sentence that the operator reads. */
export interface GuardRefusal {
  refusal: Refusal;
  message: string;
  /** The plan that somebody is asked about, or has declined. */
  plan?: string;
}

/** A rule that may refuse any action on a workload, whatever its cause. */
type Guard = (evidence: Evidence, policy: Policy) => GuardRefusal | undefined;

/** A rule that may refuse one remedy. */
type RemedyGuard = (facts: Case, intent: Intent) => GuardRefusal | undefined;

/** The first guard that refuses to touch the workload at all. */
export function refuseWorkload(evidence: Evidence, policy: Policy): GuardRefusal | undefined {
  return firstRefusal([...KEEPING_AWAY, ...OF_ITS_OWN].map((guard) => guard(evidence, policy)));
}

/** The first guard that would refuse to touch the workload even if nobody kept it away. */
export function refuseOfItsOwn(evidence: Evidence, policy: Policy): GuardRefusal | undefined {
  return firstRefusal(OF_ITS_OWN.map((guard) => guard(evidence, policy)));
}

/** The first guard that refuses this remedy. */
export function refuseRemedy(facts: Case, remedy: Remedy): GuardRefusal | undefined {
  const plan = planOf(remedy);
  if (plan === undefined) return undefined;
  const intent = intentOf(plan, facts.evidence.incident.workload);
  return firstRefusal(REMEDY_GUARDS.map((guard) => guard(facts, intent)));
}

function firstRefusal(refusals: (GuardRefusal | undefined)[]): GuardRefusal | undefined {
  return refusals.find((refusal) => refusal !== undefined);
}

const namespaceGuard: Guard = ({ incident }, policy) => {
  const reason = outOfScope(incident.workload.namespace, policy);
  return reason === undefined ? undefined : { refusal: "NamespaceNotAllowed", message: `Not touched: ${reason}.` };
};

const optOutGuard: Guard = (evidence, policy) => {
  const { incident, namespace } = evidence;
  const object = ownObject(evidence);
  const enabled = enabledBy(object, namespace);
  const where =
    enabledBy(object, undefined) === undefined
      ? `namespace ${incident.workload.namespace}`
      : describeWorkload(incident.workload);
  if (enabled === "false") {
    return { refusal: "OptedOut", message: `Not touched: ${where} carries ${optOutText(object, namespace)}.` };
  }
  if (policy.opt_in && enabled !== "true") {
    const who =
      object === undefined ? "its namespace does not carry" : "neither the workload nor its namespace carries";
    return {
      refusal: "NotOptedIn",
      message: `Not touched: the policy asks for opt-in, and ${who} ${ENABLED_ANNOTATION}: "true".`,
    };
  }
  return undefined;
};

const deletionGuard: Guard = (evidence) => {
  const { incident, namespace, isGone, pods } = evidence;
  // Where nothing but its HPA is left, that is what it is about.
  if (isGone === true && pods.length > 0) {
    const message = `Not touched: ${describeWorkload(incident.workload)} does not exist any more.`;
    return { refusal: "BeingDeleted", message };
  }
  const deleting = [ownObject(evidence)?.metadata, namespace.metadata].some(
    (metadata) => metadata?.deletionTimestamp !== undefined,
  );
  return deleting
    ? { refusal: "BeingDeleted", message: `Not touched: ${describeWorkload(incident.workload)} is being deleted.` }
    : undefined;
};

const recreationGuard: Guard = (evidence) => {
  const { incident, pods } = evidence;
  if (!pods.some(isStaticPod) && kindOf(incident.workload) !== undefined) return undefined;
  return { refusal: "NothingRecreatesIt", message: whyNothingIsWritten(evidence) };
};

/** What belongs to a workload is looked after with that one. */
const partGuard: Guard = ({ incident, workload }) => {
  const whole = controllerOf(workload?.metadata);
  if (whole === undefined || kindOf(whole) === undefined) return undefined;
  const { namespace } = incident.workload;
  const message = `Not touched: ${describeWorkload(incident.workload)} belongs to ${describeWorkload({ ...whole, namespace })}. Ask for that one.`;
  return { refusal: "ManagedByAnotherTool", message };
};

/** What keeps a workload away that could be looked after otherwise. */
const KEEPING_AWAY: readonly Guard[] = [namespaceGuard, optOutGuard];

/** What speaks against any change of the workload itself, whoever would let it be touched. */
const OF_ITS_OWN: readonly Guard[] = [deletionGuard, recreationGuard, partGuard];

/** What a remedy would do, as the guards ask for it. */
interface Intent {
  plan: Plan;
  action: Action;
  /** Every object that it writes to. */
  writes: ObjectRef[];
  replacesPods: boolean;
  /** Whether it changes what pods are made from. */
  rollsOut: boolean;
}

function intentOf(plan: Plan, workload: WorkloadRef): Intent {
  const remedy = remedyFor(plan.action);
  return {
    plan,
    action: plan.action,
    writes: remedy.writes(plan, workload),
    replacesPods: remedy.replacesPods(plan),
    rollsOut: rollsOut(plan, workload),
  };
}

const pausedGuard: RemedyGuard = ({ evidence: { incident, workload } }, { rollsOut }) => {
  const kind = kindOf(incident.workload);
  if (!rollsOut || workload === undefined || kind?.isPaused(workload) !== true) return undefined;
  const { namespace, name } = incident.workload;
  const resume = kind.commands.resume?.(namespace, name).join(" ");
  const goesOn =
    resume === undefined
      ? ""
      : ` \`${resume}\` goes on with the present template: mend that first, where it is what fails.`;
  return {
    refusal: "RolloutPaused",
    message: `Its rollout is paused; somebody is at work on it.${goesOn}`,
  };
};

const rolloutGuard: RemedyGuard = (facts, { replacesPods, rollsOut }) => {
  if (!replacesPods) return undefined;
  const { incident, pods } = facts.evidence;
  const hasDeadline = kindOf(incident.workload)?.deadline !== undefined;
  // Whoever asks for a rollback of a rollout that visibly fails need not wait for its deadline, nor for that of the policy.
  if (isAskedFor(incident) && (!hasDeadline || (rollsOut && pods.some(isFailing)))) return undefined;
  const message = patienceWith(facts);
  return message === undefined ? undefined : { refusal: "RolloutInProgress", message };
};

/** What the status says is of an earlier spec: somebody has changed the workload just now, or its controller does not run. */
const unseenSpecGuard: RemedyGuard = ({ evidence: { incident, workload, now } }, { replacesPods }) => {
  if (!replacesPods || workload === undefined) return undefined;
  const kind = kindOf(incident.workload);
  if (kind?.hasSeenSpec(workload) !== false) return undefined;
  const since = passedOverSince(kind, workload, now);
  if (since !== undefined) {
    return {
      refusal: "NoSafeRemedy",
      message: `Its spec was written last at ${moment(since)}, and its controller has not seen that: look whether it runs, and is well. Nothing would come of another change before.`,
    };
  }
  return {
    refusal: "RolloutInProgress",
    message: "Somebody has just changed its spec, and its controller has not seen that yet; it may be a rollout.",
  };
};

/** What somebody else keeps as it is, is left to them. */
const ownerGuard: RemedyGuard = (facts, { plan, writes }) =>
  firstRefusal(writes.map((ref) => refuseOwned(facts, plan, ref, objectOf(ref, facts.evidence)?.metadata)));

/** An object beside the workload that is on its way out is not written to. */
const othersGuard: RemedyGuard = ({ evidence: { others } }, { writes }) => {
  const deleted = writes.find((ref) => objectAt(ref, others)?.metadata?.deletionTimestamp !== undefined);
  if (deleted === undefined) return undefined;
  return { refusal: "BeingDeleted", message: `Not touched: ${describeObject(deleted)} is being deleted.` };
};

/** Nothing is written to what was not looked at, nor to what asks to be left alone. */
const targetGuard: RemedyGuard = ({ evidence }, { action, writes }) => {
  for (const ref of writes) {
    const object = objectOf(ref, evidence);
    const name = describeObject(ref);
    if (object === undefined) {
      return {
        refusal: "NoSafeRemedy",
        message: `Not touched: ${withArticle(action)} would change ${name}, which was not read.`,
      };
    }
    if (enabledBy(object, undefined) === "false") {
      return { refusal: "OptedOut", message: `Not touched: ${name} carries ${optOutText(object)}.` };
    }
  }
  return undefined;
};

/** The revision that a plan goes back to, by itself or through a tool. */
function returnsTo(plan: Plan): RevisionRef | undefined {
  switch (plan.action) {
    case "rollback":
    case "argo-cd-rollback":
    case "flux-rollback":
    case "helm-rollback":
    case "rollout-abort":
      return plan.after;
    default:
      return undefined;
  }
}

/** What makes a way back one that a person has to choose, or that leads nowhere. */
const wayBackGuard: RemedyGuard = (facts, { plan, writes }) => {
  const to = returnsTo(plan);
  if (to === undefined) return undefined;
  const own = pathOf(workloadObject(facts.evidence.incident.workload));
  // What its owner puts back, it puts back with the Services and the ConfigMaps beside it.
  const isAlone = writes.some((ref) => pathOf(ref) === own);
  const message = whyNotBack(facts, to, isAlone);
  return message === undefined ? undefined : { refusal: "NoSafeRemedy", message };
};

/** What nobody has asked for is not put into a template with which its controller would not go all the way back. */
const heldBackGuard: RemedyGuard = ({ evidence: { incident, workload } }, { plan }) => {
  if (plan.action !== "rollback" || workload === undefined || isAskedFor(incident)) return undefined;
  const message = kindOf(incident.workload)?.heldBack?.(workload, plan.after);
  return message === undefined ? undefined : { refusal: "NoSafeRemedy", message };
};

/**
 * A pod that two budgets hold is never evicted, unless it has yet to start: no budget holds that.
 * Source: kubernetes pkg/registry/core/pod/storage/eviction.go, canIgnorePDB
 */
const budgetsGuard: RemedyGuard = ({ evidence: { pods, surroundings } }, { plan }) => {
  if (plan.action !== "restart") return undefined;
  const targets = new Set(plan.pods.map(({ name }) => name));
  const holding = pods
    .filter(({ metadata, status }) => targets.has(metadata?.name ?? "") && status?.phase !== "Pending")
    .map((pod) => surroundings.budgets.filter(({ spec }) => matches(spec?.selector, pod.metadata?.labels)))
    .find((budgets) => budgets.length > 1);
  if (holding === undefined) return undefined;
  const names = holding.map(({ metadata }) => metadata?.name ?? "").join(" and ");
  const message = `Not restarted: PodDisruptionBudgets ${names} hold the same pods, which the API server refuses to evict as long as there is more than one. Leave one of them.`;
  return { refusal: "NoSafeRemedy", message };
};

/** A pod goes only where another can take its place, whoever asks for it. */
const returnGuard: RemedyGuard = (facts, { plan }) => {
  if (plan.action !== "restart" || plan.mode !== "evict") return undefined;
  const message = whyNoneComesBack(facts, plan.pods);
  return message === undefined ? undefined : { refusal: "NoSafeRemedy", message };
};

/** Where several HPAs scale the same, none of them is moved, save back to where it was. */
const rivalsGuard: RemedyGuard = ({ evidence }, { plan }) => {
  if (!("scale" in plan) || plan.scale.target !== "hpa" || evidence.incident.requested?.action === "undo") return;
  const message = scaledByOthers(evidence);
  return message === undefined ? undefined : { refusal: "NoSafeRemedy", message };
};

/** No further pod can be made where a quota has no room for one. */
const quotaGuard: RemedyGuard = ({ evidence }, { plan }) => {
  if (!("scale" in plan) || plan.scale.target !== "hpa" || isAskedFor(evidence.incident)) return undefined;
  const full = noFurtherPod(evidence);
  if (full === undefined) return undefined;
  const message = `Not scaled: ${full}, so that no further pod can be made whatever the maximum is. Raise the quota, or find what else uses it.`;
  return { refusal: "NoSafeRemedy", message };
};

/** A StatefulSet may have the claims of pods deleted that it is scaled down by: nothing takes that back. */
const scaledClaimsGuard: RemedyGuard = ({ evidence: { incident, workload } }, { plan }) => {
  if (!("scale" in plan) || plan.scale.target !== "hpa" || workload === undefined) return undefined;
  if (plan.scale.to.max >= (kindOf(incident.workload)?.wanted(workload) ?? 0)) return undefined;
  const { persistentVolumeClaimRetentionPolicy: retention } = (workload as StatefulSet).spec ?? {};
  if (retention?.whenScaled !== "Delete") return undefined;
  const message = `Not scaled: with fewer replicas, the claims of the pods that go are deleted with what is on their volumes (persistentVolumeClaimRetentionPolicy.whenScaled: Delete), and nothing brings that back. Lower the bounds of HPA ${plan.scale.name} by hand if that is meant.`;
  return { refusal: "NoSafeRemedy", message };
};

function describeObject({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace}/${name}`;
}

const REMEDY_GUARDS: readonly RemedyGuard[] = [
  pausedGuard,
  unseenSpecGuard,
  rolloutGuard,
  othersGuard,
  ownerGuard,
  heldBackGuard,
  wayBackGuard,
  budgetsGuard,
  returnGuard,
  rivalsGuard,
  quotaGuard,
  scaledClaimsGuard,
  targetGuard,
];
