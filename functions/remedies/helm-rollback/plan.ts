import type { Case } from "../../facts/case.ts";
import { objectOf } from "../../facts/evidence.ts";
import { coveredRef } from "../../facts/helm-objects.ts";
import type { HelmObject, HelmRelease, HelmRevision } from "../../facts/helm-release.ts";
import { hashOf, helmRollback, keyOf, revisionWith } from "../../facts/helm-rollback.ts";
import { enabledBy } from "../../facts/opt-out.ts";
import { inBackticks } from "../../facts/owner-words.ts";
import { fieldWriters, setBelow } from "../../shared/kubernetes/managed-fields.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { ObjectMeta } from "../../shared/kubernetes/types.ts";
import type { ObjectRef } from "../../shared/object-ref.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { bounded, some } from "../../shared/text.ts";
import type { NoRemedy, Plan } from "../remedy.ts";
import { rolledForward } from "../rollback/plan.ts";
import type { RollbackPlan } from "../rollback/contract.ts";
import type { HelmRollbackChange, HelmRollbackPlan } from "./contract.ts";
import { differences } from "./differences.ts";
import { releaseSecretRef } from "./release-secret.ts";

type ReadRelease = Extract<HelmRelease, { state: "read" }>;

/** How many objects a release may hold that is rolled back. */
const MAX_OBJECTS = 40;
/** How many names a reason holds. */
const MAX_NAMED = 3;
/** The statuses of a revision after which nothing is under way any more, and that is in place. */
const ENDED: readonly string[] = ["deployed", "failed"];
/** The name under which Helm itself writes, whatever it was called as. Other tools that use its code have names of their own. */
const HELM = /^helm$/i;

/**
 * What Helm has to do in the place of a rollback, or why that is left to people, with the command where one goes back. Undefined
 * where the release is not known: what is said without it stands then.
 */
export function throughHelm(plan: Plan, facts: Case): HelmRollbackPlan | NoRemedy | undefined {
  const { helm: release, incident } = facts.evidence;
  if (plan.action !== "rollback" || release?.state !== "read") return undefined;
  const { workload } = incident;
  const { template } = plan.after;
  const told = helmRollback(release, workload, template);
  const target = revisionWith(release, workload, template);
  if (told === undefined || target === undefined) return undefined;
  return planBetween(release, target, plan, facts, told);
}

/**
 * The release taken back to the revision that it was at before a rollback, while its newest is the one that came of that: one more
 * rollback, on which nothing else may change either.
 */
export function takenBack(change: HelmRollbackChange, facts: Case): HelmRollbackPlan | NoRemedy {
  const { helm: release } = facts.evidence;
  const {
    from,
    release: { namespace, name },
  } = change;
  const told = `By hand: ${inBackticks("helm", "rollback", name, `${from.revision}`, "-n", namespace, "--no-hooks")}.`;
  const target =
    release?.state === "read" ? release.earlier.find(({ revision }) => revision === from.revision) : undefined;
  if (release?.state !== "read" || target === undefined) {
    return none(
      `Not undone: revision ${from.revision} of Helm release ${namespace}/${name} could not be read. ${told}`,
    );
  }
  const back = rolledForward(change, facts);
  return back.action === "none" ? back : planBetween(release, target, back, facts, told);
}

/** The rollback of a release to one of its revisions, or why it is left as it is. */
function planBetween(
  release: ReadRelease,
  target: HelmRevision,
  plan: RollbackPlan,
  facts: Case,
  told: string,
): HelmRollbackPlan | NoRemedy {
  const { present, name, namespace } = release;
  const reason = whyNotReleased(release, facts) ?? whyNotUndone(plan.unblocked.length, [present, target]);
  const between = differences(present, target, facts.evidence.incident.workload);
  const objects = refsOf([present, target]);
  const why = reason ?? (typeof objects === "string" ? objects : between.why);
  if (why !== undefined || typeof objects === "string") return left(release, why ?? "", told);
  const refusal = refuseObjects(release, target, objects, facts);
  if (refusal !== undefined) return { ...refusal, message: messageOf(release, refusal.message, told) };
  return {
    action: "helm-rollback",
    before: plan.before,
    after: plan.after,
    release: { namespace, name },
    from: { revision: present.revision, status: present.status },
    to: target.revision,
    objects,
    config_maps: between.configMaps,
  };
}

/** Why the release itself is left as it is. */
function whyNotReleased({ present }: ReadRelease, { evidence: { incident, workload } }: Case): string | undefined {
  const { revision, status, writers } = present;
  if (!ENDED.includes(status)) {
    return `Revision ${revision} of it is ${bounded(status, 30)}, so that something may be under way.`;
  }
  const other = writers.find((writer) => !HELM.test(writer));
  if (other !== undefined || writers.length === 0) {
    return other === undefined
      ? `Who wrote its revision ${revision} is not known.`
      : `Its revision ${revision} was written by ${bounded(other, 60)}, which may release it again.`;
  }
  const held = hashOf(present.objects.get(keyOf(incident.workload)));
  if (workload === undefined || held !== presentTemplate(workload)) {
    return `The pod template is not the one of its revision ${revision}, as far as that can be told.`;
  }
  return undefined;
}

/** Why the way there and the way back are not both clear: each runs the hooks of the revision that it leads to. */
function whyNotUndone(unblocked: number, revisions: readonly HelmRevision[]): string | undefined {
  for (const { revision, hooks } of revisions) {
    if (hooks.length === 0) continue;
    return `Its revision ${revision} has hooks that run with a rollback (${some(hooks, MAX_NAMED)}), whose work is not taken back.`;
  }
  if (unblocked === 0) return undefined;
  return `Going back takes the deletion of ${unblocked} of its pods as well, which Helm does not do.`;
}

/** All that the two revisions hold, each once; or what of it Helm is not let go over. */
function refsOf(revisions: readonly HelmRevision[]): ObjectRef[] | string {
  const objects = new Map(revisions.flatMap(({ objects: held }) => [...held]));
  const refs = [...objects.values()].flatMap((object) => coveredRef(object) ?? []);
  if (refs.length < objects.size) {
    const others = [...objects.values()].filter((object) => coveredRef(object) === undefined);
    const kinds = [...new Set(others.map(({ apiVersion, kind }) => bounded(`${kind} (${apiVersion})`, 60)))];
    return `It holds kinds that are not touched: ${some(kinds, MAX_NAMED)}.`;
  }
  if (refs.length > MAX_OBJECTS)
    return `It holds ${refs.length} objects, and is rolled back with at most ${MAX_OBJECTS}.`;
  return refs;
}

/** Helm goes over each object, and puts right what somebody has changed, made or deleted by hand. */
function refuseObjects(
  { name, namespace, present }: ReadRelease,
  target: HelmRevision,
  refs: readonly ObjectRef[],
  { evidence, policy }: Case,
): NoRemedy | undefined {
  const away = refs.find((ref) => ref.namespace !== namespace);
  if (away !== undefined) return none(`${named(away)} of it is in another namespace.`);
  for (const ref of [...refs, releaseSecretRef({ name, namespace }, present.revision)]) {
    const object = objectOf(ref, evidence);
    if (object?.metadata === undefined) return none(`${named(ref)} of it was not found, or may not be read.`);
    if (policy.opt_in && enabledBy(object, evidence.namespace) !== "true" && !isOwn(ref, evidence.incident.workload)) {
      const message = `The policy asks for opt-in, and ${named(ref)} of it has not opted in.`;
      return { action: "none", refusal: "NotOptedIn", message };
    }
    const changed = whoChanged(object.metadata);
    if (changed !== undefined) return none(`${named(ref)} of it was written by ${bounded(changed, 60)} as well.`);
  }
  for (const object of target.objects.values()) {
    const live = refs.find(({ kind, name: called }) => kind === object.kind && called === object.name);
    const spec = live === undefined ? undefined : (objectOf(live, evidence) as { spec?: { replicas?: number } }).spec;
    if (object.replicas === undefined || spec?.replicas === object.replicas) continue;
    return none(`Helm would set the replicas of ${named(object)} to ${object.replicas}, and they are others by now.`);
  }
  return undefined;
}

/** Who beside Helm wrote what a manifest may say; the control plane apart, which fills in and scales. */
function whoChanged(metadata: ObjectMeta): string | undefined {
  return fieldWriters(metadata).find(
    ({ manager, fields }) =>
      !HELM.test(manager) &&
      !CONTROL_PLANE.test(manager) &&
      CONTENT.some((path) => setBelow(fields, path) !== undefined),
  )?.manager;
}

const CONTROL_PLANE = /^kube-(controller-manager|scheduler|apiserver)$/;
/** Where objects keep what they are for. */
const CONTENT = [["spec"], ["data"], ["binaryData"], ["stringData"]];

function isOwn({ kind, name }: ObjectRef, workload: WorkloadRef): boolean {
  return kind === workload.kind && name === workload.name;
}

function named({ kind, name }: Pick<HelmObject, "kind" | "name">): string {
  return bounded(`${kind} ${name}`, 120);
}

function none(message: string): NoRemedy {
  return { action: "none", refusal: "ManagedByAnotherTool", message };
}

function left(release: ReadRelease, why: string, told: string): NoRemedy {
  return none(messageOf(release, why, told));
}

function messageOf({ name, namespace }: ReadRelease, why: string, told: string): string {
  return `Helm release ${namespace}/${name} keeps it, and was left as it is. ${why} ${told}`;
}
