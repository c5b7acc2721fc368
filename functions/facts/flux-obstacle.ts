import type { Refusal } from "../run/refusals.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { lastWriter } from "../shared/kubernetes/managed-fields.ts";
import { bounded, count, moment } from "../shared/text.ts";
import { ENABLED_ANNOTATION, enabledBy } from "./opt-out.ts";
import { conditionOf, describeReconciler, fluxCommand, momentOf, whyNotReady, type FluxObject } from "./flux.ts";
import type { Named } from "./flux-reconciler.ts";
import { isSuspended, markOn } from "./flux-suspension.ts";

/** For how long something may be about to happen by itself before people are told that it does not. */
const MOVES_ON_WITHIN_MS = 600_000;

/** Why a reconciler is neither suspended nor asked for anything. */
export interface Obstacle {
  refusal: Refusal;
  message: string;
}

/** An object as an inventory names it. Source: fluxcd/cli-utils pkg/object, ObjMetadata.String */
interface Entry {
  /** Empty for what is in no namespace. */
  namespace: string;
  name: string;
  group: string;
  kind: string;
}

/** What is to be done to a reconciler for a workload. */
interface Purpose {
  toBe: keyof typeof REACHES;
  workload: WorkloadRef;
  group: string;
  now: Date;
}

/** What becomes of the other objects that it keeps. */
const REACHES = {
  suspended: "a suspension would hold these, too",
  asked: "a request would have these put in place, too",
} as const;

/**
 * Why nothing is done to a reconciler for a workload, by what it says itself; undefined where nothing speaks against it. Asked
 * when the plan is made, and again of what is there right before the write.
 */
export function obstacle(
  named: Named,
  object: FluxObject,
  { toBe, workload, group, now }: Purpose,
): Obstacle | undefined {
  return (
    notItsOwn(named, object, workload, group) ??
    inOthersHands(named, object) ??
    reachesOthers(named, object, workload, toBe) ??
    atWork(named, object, now) ??
    remediatesItself(named, object)
  );
}

/** How many objects it keeps; undefined where it does not list them. */
export function keptObjects({ status }: FluxObject): number | undefined {
  return status?.inventory?.entries?.length;
}

/**
 * That it does not keep the workload, whatever the workload's labels say: these may be set by whoever may write it. A HelmRelease
 * without an inventory is believed within its own namespace.
 */
function notItsOwn(named: Named, object: FluxObject, workload: WorkloadRef, group: string): Obstacle | undefined {
  const name = describeReconciler(named);
  const refuse = (why: string): Obstacle => ({
    refusal: "ManagedByAnotherTool",
    message: `Its labels say that ${name} of Flux keeps it, and ${why}. Nothing is written past Flux: find out what keeps it.`,
  });
  if (object.spec?.kubeConfig !== undefined) return refuse("that keeps objects of another cluster");
  const entries = inventoryOf(object);
  if (entries === undefined) {
    if (named.kind === "HelmRelease" && named.namespace === workload.namespace) return undefined;
    return refuse("that does not list what it keeps");
  }
  const isListed = entries.some(
    (entry) =>
      entry.namespace === workload.namespace &&
      entry.name === workload.name &&
      entry.kind === workload.kind &&
      entry.group === group,
  );
  return isListed ? undefined : refuse("that does not list it among its objects");
}

/** That somebody else has it in hand. */
function inOthersHands(named: Named, object: FluxObject): Obstacle | undefined {
  const name = describeReconciler(named);
  if (object.metadata?.deletionTimestamp !== undefined) {
    return { refusal: "BeingDeleted", message: `Not touched: ${name}, which keeps it, is being deleted.` };
  }
  if (!isSuspended(object)) return undefined;
  const mark = markOn(object);
  const by = mark === undefined ? "somebody is at work on it" : `an earlier remedy suspended it (${bounded(mark)})`;
  return {
    refusal: "ManagedByAnotherTool",
    message: `${name}, which keeps it, is suspended already: ${by}. What is put back by hand stays until that is resumed.`,
  };
}

/** That it would be done to others than those of the workload's namespace as well, who have not agreed. */
function reachesOthers(
  named: Named,
  object: FluxObject,
  { namespace }: WorkloadRef,
  toBe: Purpose["toBe"],
): Obstacle | undefined {
  if (enabledBy(object, undefined) === "true") return undefined;
  const entries = inventoryOf(object) ?? [];
  const others = entries.filter((entry) => !isOf(namespace, entry));
  if (others.length === 0) return undefined;
  return {
    refusal: "ManagedByAnotherTool",
    message:
      `${describeReconciler(named)}, which keeps it, also keeps ${count(others.length, "object")} outside of namespace ${namespace}, and ${REACHES[toBe]}. ` +
      `It is ${toBe} only where it carries ${ENABLED_ANNOTATION}: "true" itself.`,
  };
}

function isOf(namespace: string, entry: Entry): boolean {
  if (entry.namespace !== "") return entry.namespace === namespace;
  return entry.kind === "Namespace" && entry.group === "" && entry.name === namespace;
}

/** That it is about to put something in place by itself. */
function atWork(named: Named, object: FluxObject, now: Date): Obstacle | undefined {
  const { metadata, status } = object;
  const name = `${describeReconciler(named)}, which keeps it,`;
  if (isApplying(object)) {
    const since = momentOf(conditionOf(object, "Reconciling")?.lastTransitionTime);
    // A Kustomization puts the same in place again each time: its end is waited for once it is suspended.
    if (named.kind === "HelmRelease" || !isWaitedFor(object, since, now))
      return isToMoveOn(named, object, `${name} is reconciling`, since, now);
  }
  const seen = conditionOf(object, "Ready")?.observedGeneration ?? status?.observedGeneration;
  if (seen !== undefined && seen !== metadata?.generation) {
    const changed = lastWriter(metadata, ["spec"])?.at;
    return isToMoveOn(
      named,
      object,
      `${name} has been changed, and its controller has not seen that yet`,
      changed,
      now,
    );
  }
  if (status?.lastAttemptedRevision !== undefined) return undefined;
  return isToMoveOn(named, object, `${name} has put nothing in place yet`, momentOf(metadata?.creationTimestamp), now);
}

/**
 * That something is about to change by itself: it is waited for. Where it has been about to for long, or nobody knows since when, or
 * something else has long been in its way, people are told.
 */
export function isToMoveOn(
  named: Named,
  object: FluxObject,
  what: string,
  since: Date | undefined,
  now: Date,
): Obstacle {
  if (isWaitedFor(object, since, now)) {
    return { refusal: "RolloutInProgress", message: `${what}: that is waited for.` };
  }
  const time = since === undefined ? "" : `, since ${moment(since)}`;
  return { refusal: "ManagedByAnotherTool", message: `${what}${time}. ${howItMovesOn(named, object)}` };
}

/** How a person has it move on, by what it says of what is in its way. */
function howItMovesOn(named: Named, object: FluxObject): string {
  const command = fluxCommand("reconcile", named).join(" ");
  const checking = isCheckingHealth(object) ? conditionOf(object, "Reconciling")?.message : undefined;
  // A request is handled no sooner.
  if (checking !== undefined)
    return `It waits for the health of what it has put in place (${bounded(checking)}), and moves on once that is well, has failed or has timed out.`;
  const why = whyNotReady(object);
  const first = why === undefined ? "Look whether its controller is well" : `It is not ready (${why}): mend that`;
  return `${first}, and run \`${command}\`.`;
}

/** Whether what a reconciler has been about to do since then may still come by itself. */
export function isWaitedFor(object: FluxObject, since: Date | undefined, now: Date): boolean {
  return isWithin(since, now) && !isHeldUp(object, now);
}

/**
 * Whether it has long waited for something else to be mended, so that it comes to nothing, however new that is: a source that many
 * push to always holds something new.
 */
function isHeldUp(object: FluxObject, now: Date): boolean {
  const [ready, stalled] = [conditionOf(object, "Ready"), conditionOf(object, "Stalled")];
  const waits = ready?.status === "False" && ready.reason === "DependencyNotReady" ? ready : undefined;
  const since = momentOf((stalled?.status === "True" ? stalled : waits)?.lastTransitionTime);
  return since !== undefined && !isWithin(since, now);
}

function isWithin(since: Date | undefined, now: Date): boolean {
  return since !== undefined && now.getTime() - since.getTime() < MOVES_ON_WITHIN_MS;
}

/** That a HelmRelease goes back by itself. */
function remediatesItself(named: Named, object: FluxObject): Obstacle | undefined {
  const isWell = conditionOf(object, "Ready")?.status === "True";
  if (named.kind !== "HelmRelease" || isWell || !mayRemediate(object)) return undefined;
  return {
    refusal: "ManagedByAnotherTool",
    message: `${describeReconciler(named)}, which keeps it, remediates its failed upgrade by itself (spec.upgrade.remediation), and has retries left: that is left to it.`,
  };
}

/**
 * Whether it is putting something in place. A Kustomization that waits for the health of what it has applied is not, and has only
 * the health of that left to tell.
 * Source: kustomize-controller, KustomizationReconciler.checkHealth and finalizeStatus
 */
export function isApplying(object: FluxObject): boolean {
  return isReconciling(object) && !isCheckingHealth(object);
}

/** Whether it has put in place what it has to, and waits for the health of that. */
function isCheckingHealth(object: FluxObject): boolean {
  const said = conditionOf(object, "Reconciling")?.message ?? "";
  return isReconciling(object) && said.startsWith("Running health checks");
}

function isReconciling(object: FluxObject): boolean {
  const { status, reason } = conditionOf(object, "Reconciling") ?? {};
  return status === "True" && reason !== "ProgressingWithRetry";
}

/**
 * Whether a HelmRelease whose upgrade has failed goes back by itself.
 * Source: helm-controller api/v2, UpgradeRemediation.RetriesExhausted and MustRemediateLastFailure
 */
function mayRemediate({ spec, status }: FluxObject): boolean {
  const { retries = 0, remediateLastFailure = retries > 0 } = spec?.upgrade?.remediation ?? {};
  const isExhausted = retries >= 0 && (status?.upgradeFailures ?? 0) > retries;
  return (retries !== 0 || remediateLastFailure) && !isExhausted;
}

function inventoryOf({ status }: FluxObject): Entry[] | undefined {
  return status?.inventory?.entries?.flatMap(({ id }) => entryOf(id ?? ""));
}

/** `shop_web_apps_Deployment`. A colon in a name is written as two underscores, which no namespace, group or kind has. */
function entryOf(id: string): Entry[] {
  const parts = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id);
  const [, namespace, name, group, kind] = parts ?? [];
  if (namespace === undefined || name === undefined || group === undefined || kind === undefined) {
    // What cannot be read may be anything: it is in no namespace that is known.
    return [{ namespace: id, name: id, group: "", kind: "" }];
  }
  return [{ namespace, name, group, kind }];
}
