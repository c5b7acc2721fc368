import { isDeepStrictEqual } from "node:util";
import type { WorkloadState } from "../../facts/state.ts";
import { lastWriter } from "../../shared/kubernetes/managed-fields.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import { objectAt } from "../../shared/object-ref.ts";
import { bounded } from "../../shared/text.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import {
  applicationRef,
  entryFor,
  INITIATOR,
  PAUSED_ANNOTATION,
  revisionsOf,
  type Application,
} from "../../facts/argo-cd-application.ts";
import type { ArgoCdRollbackChange, ArgoCdRollbackPlan } from "./contract.ts";
import { hasAutomatedSync, isRunning, withoutOwnWriters } from "./left-to-people.ts";

/** What the annotation says of an automated sync that is paused. */
export function keptPolicy(automated: ArgoCdRollbackPlan["automated"]): string {
  return JSON.stringify({ automated });
}

/** Whether the automated sync is paused, as the remedy does it. */
export function isAsLeft(change: Pick<ArgoCdRollbackChange, "automated">, { metadata, spec }: Application): boolean {
  return (
    metadata?.annotations?.[PAUSED_ANNOTATION] === keptPolicy(change.automated) &&
    // The controller takes a sync policy away in which nothing is left.
    (spec?.syncPolicy?.automated ?? undefined) === undefined
  );
}

/**
 * Who has written the sync policy since it was paused, as far as the managed fields tell: a field that is taken away leaves none
 * there, and Argo CD's own parts write all of an Application whatever they change.
 */
export function policyWriterSince({ metadata }: Application): string | undefined {
  const paused = lastWriter(metadata, ["metadata", "annotations", PAUSED_ANNOTATION])?.at;
  const writer = lastWriter(withoutOwnWriters(metadata ?? {}), ["spec", "syncPolicy"]);
  return paused !== undefined && writer !== undefined && writer.at > paused ? writer.manager : undefined;
}

/** How far the remedy's own operation is: not begun, under way, or at its end; or the latest is another. */
export type OwnOperation = "waiting" | "running" | "ended" | "another's";

/** Looks for the remedy's own operation. The controller takes `operation` away when it is at its end. */
export function operationOf({ to }: ArgoCdRollbackChange, { operation, status }: Application): OwnOperation {
  const { operation: latest, phase } = status?.operationState ?? {};
  const isOwn = (some: Application["operation"]) =>
    some?.initiatedBy?.username === INITIATOR && isDeepStrictEqual(revisionsOf(some.sync ?? {}), to.revisions);
  if (operation !== undefined && !isOwn(operation)) return "another's";
  if (isOwn(latest) && isRunning(phase)) return "running";
  if (operation !== undefined) return "waiting";
  return isOwn(latest) ? "ended" : "another's";
}

/** The automated sync that is paused, where it is; where it was to be resumed, that it is. */
export function seen(plan: ArgoCdRollbackPlan, state: WorkloadState): ArgoCdRollbackChange | undefined {
  const { action: kind, ...parts } = plan;
  const change = { kind, ...parts };
  if (plan.back !== undefined) return remains(change, state).length === 0 ? change : undefined;
  const application = applicationIn(change, state);
  return application !== undefined && isAsLeft(change, application) ? change : undefined;
}

/** What somebody has done to the Application since, or to the template that it has brought back. */
export function overtaken(change: ArgoCdRollbackChange, state: WorkloadState): string | undefined {
  const application = applicationIn(change, state);
  const { name } = change.application;
  if (change.back !== undefined) return remains(change, state)[0];
  if (application === undefined) return notToBeSeen(name);
  if (!isAsLeft(change, application)) return `the automated sync of Application ${name} was set since`;
  const setter = policyWriterSince(application);
  if (setter !== undefined) return `${setter} has written the sync policy of Application ${name} since`;
  const own = operationOf(change, application);
  if (own === "another's") return `the latest sync of Application ${name} is another than the remedy's`;
  const writer = lastWriter(state.workload.metadata, ["spec", "template"]);
  if (own !== "ended" || isBack(change, state) || writer === undefined) return undefined;
  return writer.manager.startsWith("argocd-") ? undefined : `${writer.manager} has changed its pod template since`;
}

/** What is missing until the Application is synced, the workload has its earlier template, and Argo CD calls it healthy. */
export function gaps(change: ArgoCdRollbackChange, state: WorkloadState): string[] {
  const application = applicationIn(change, state);
  if (application === undefined) return [];
  const { name } = change.application;
  const own = operationOf(change, application);
  if (own !== "ended") return [`the sync of Application ${name} is not at its end`];
  const { phase = "", message = "" } = application.status?.operationState ?? {};
  if (phase !== "Succeeded")
    return [`the sync of Application ${name} ended as ${bounded(phase, 20)}: ${bounded(message, 200)}`];
  if (!isBack(change, state)) return [`its pod template is not that of revision ${change.after.revision}`];
  const health = entryFor(application, refOf(state))?.health?.status;
  return health === undefined || health === "Healthy" ? [] : [`Argo CD calls it ${bounded(health, 20)}`];
}

/** What is missing until the automated sync is as it was. */
export function remains(change: ArgoCdRollbackChange, state: WorkloadState): string[] {
  const application = applicationIn(change, state);
  const { name } = change.application;
  if (application === undefined) return [notToBeSeen(name)];
  return hasAutomatedSync(application, change.automated)
    ? []
    : [`the automated sync of Application ${name} is not as it was`];
}

/** It may also not have been read, or not sync the workload any more. */
function notToBeSeen(name: string): string {
  return `Application ${name} is not to be seen, or is another one by now`;
}

function isBack({ after }: ArgoCdRollbackChange, { workload }: WorkloadState): boolean {
  return presentTemplate(workload) === after.template;
}

function refOf({ kind, workload: { metadata } }: WorkloadState): WorkloadRef {
  const [group = "", version] = kind.apiVersion.split("/");
  return {
    kind: kind.kind,
    ...(version === undefined || group === "apps" ? {} : { group }),
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
  };
}

/** The Application that was diagnosed; undefined where it is gone, or another has its name. */
function applicationIn({ application }: ArgoCdRollbackChange, { others }: WorkloadState): Application | undefined {
  const found = objectAt<Application>(applicationRef(application), others);
  return found?.metadata?.uid === application.uid ? found : undefined;
}
