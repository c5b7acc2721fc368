import { isDeepStrictEqual } from "node:util";
import { nameOf } from "../../facts/owner-words.ts";
import { ownerOf } from "../../facts/owners.ts";
import type { ObjectMeta } from "../../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { bounded } from "../../shared/text.ts";
import {
  PAUSED_ANNOTATION,
  entryFor,
  syncedBy,
  type Application,
  type AppProject,
} from "../../facts/argo-cd-application.ts";

/** The parts of Argo CD that write Applications themselves, which keeps nothing of their specs. */
const OWN_WRITERS = /^argocd-(application-controller|server|notifications-controller)$/;

/** The field managers that tell nothing of who keeps an object apart. */
export function withoutOwnWriters(metadata: ObjectMeta): ObjectMeta {
  return {
    ...metadata,
    managedFields: (metadata.managedFields ?? []).filter(({ manager = "" }) => !OWN_WRITERS.test(manager)),
  };
}

/**
 * Why an Application is left to people, in sentences that say what to do; undefined where the workflow may have it synced to
 * an earlier deployment, as far as its history allows that.
 * @param project its AppProject; undefined where that was not found
 */
export function whyLeftToPeople(
  application: Application,
  project: AppProject | undefined,
  workload: WorkloadRef,
): string | undefined {
  const { metadata = {}, spec, operation, status } = application;
  const { namespace } = workload;
  const name = metadata.name ?? "";
  if (metadata.deletionTimestamp !== undefined) return "It is being deleted.";
  const parent = parentOf(metadata);
  if (parent !== undefined) return parent;
  if (spec?.sourceHydrator !== undefined) {
    return "A source hydrator makes what it deploys (spec.sourceHydrator): revert the change in Git.";
  }
  const policy = automatedSync(application);
  if (typeof policy === "string") return policy;
  if (operation !== undefined || isRunning(status?.operationState?.phase)) {
    return `An operation of it is under way. Look at it (\`argocd app get ${name}\`); one that cannot end, as it waits for what fails, is ended by \`argocd app terminate-op ${name}\`.`;
  }
  if (project === undefined) return "Its project was not found, so that whether sync windows hold it is not known.";
  if ((project.spec?.syncWindows ?? []).some(({ manualSync }) => manualSync !== true)) {
    return "Its project has sync windows that may hold back a sync by hand (manualSync): the sync might begin much later. Roll it back by hand when they let you.";
  }
  if (entryFor(application, workload) === undefined) return "It does not list it among what it syncs.";
  const elsewhere = syncedBy(application).filter((resource) => (resource.namespace ?? "") !== namespace);
  const [other] = elsewhere;
  if (other !== undefined) {
    const where = other.namespace === undefined ? "in no namespace" : `in namespace ${bounded(other.namespace, 63)}`;
    return `It goes back as a whole, and ${elsewhere.length} of its ${syncedBy(application).length} objects are not in namespace ${namespace} (${bounded(other.kind ?? "", 63)} ${bounded(other.name ?? "", 253)} is ${where}): one namespace is no reason to change others.`;
  }
  const hooks =
    (status?.operationState?.syncResult?.resources ?? []).some(({ hookType = "" }) => hookType !== "") ||
    (status?.resources ?? []).some((resource) => resource.hook === true && resource.namespace === namespace);
  if (hooks) {
    return "Its syncs run hooks, whose work (a migration, for example) a sync back would not take back: whether the earlier version can do with it is for a person to say.";
  }
  const job = syncedBy(application).find(({ group, kind }) => group === "batch" && kind === "Job");
  if (job !== undefined) {
    return `It syncs Job ${bounded(job.name ?? "", 253)}, whose work a sync back would not take back, and which it may run again: whether the earlier version can do with that is for a person to say.`;
  }
  return undefined;
}

/**
 * That a sync does not change an object, but deletes it and makes it anew, which ends all of its pods at once.
 * Source: argo-cd docs/user-guide/sync-options.md, "Force Sync"
 */
export function whyMadeAnew(application: Application, workload: ObjectMeta | undefined): string | undefined {
  const own = (workload?.annotations?.["argocd.argoproj.io/sync-options"] ?? "").split(",").map((each) => each.trim());
  const options = [...(application.spec?.syncPolicy?.syncOptions ?? []), ...own];
  if (!options.includes("Force=true")) return undefined;
  return "Its syncs delete the workload and make it anew (sync option Force=true), which would end all of its pods at once: revert the change in Git at a time that suits.";
}

/** The automated sync of an Application, or why it cannot be paused. */
export function automatedSync({ metadata, spec }: Application): Record<string, boolean> | string {
  const name = metadata?.name ?? "";
  const automated = spec?.syncPolicy?.automated;
  if (metadata?.annotations?.[PAUSED_ANNOTATION] !== undefined) {
    return `Its automated sync is paused since an earlier rollback (annotation ${PAUSED_ANNOTATION}): have the change reverted in Git, and resume it.`;
  }
  if (typeof automated !== "object" || automated === null || ("enabled" in automated && automated.enabled !== true)) {
    return `Its automated sync is off, so that whoever syncs it decides: \`argocd app history ${name}\`, and \`argocd app rollback ${name} ID\`.`;
  }
  const parts = Object.entries(automated) as [string, unknown][];
  const known = parts.flatMap(([part, value]) => (typeof value === "boolean" ? [[part, value] as const] : []));
  if (known.length < parts.length) return "Its automated sync has parts that are not known here.";
  return Object.fromEntries(known);
}

/** Whether an Application's automated sync is on, and that one: the controller takes away what is false. */
export function hasAutomatedSync(application: Application, automated: Readonly<Record<string, boolean>>): boolean {
  const present = automatedSync(application);
  const isOn = (policy: Readonly<Record<string, boolean>>) =>
    Object.keys(policy)
      .filter((part) => policy[part])
      .sort();
  return typeof present !== "string" && isDeepStrictEqual(isOn(present), isOn(automated));
}

/** Whether an operation of that phase is under way. Source: gitops-engine pkg/sync/common, OperationPhase */
export function isRunning(phase: string | undefined): boolean {
  return phase === "Running" || phase === "Terminating";
}

/** Who keeps an Application, and would put its sync policy back, with what to do; undefined where nobody is known to. */
export function parentOf(metadata: ObjectMeta): string | undefined {
  const { ownerReferences = [], labels = {}, annotations = {} } = metadata;
  const [reference] = ownerReferences;
  if (reference?.kind === "ApplicationSet") {
    return `ApplicationSet ${bounded(reference.name, 253)} makes it, and would put its automated sync back. Revert the change in Git; or have the ApplicationSet leave their sync policies alone (spec.ignoreApplicationDifferences with /spec/syncPolicy), and pause and roll back the Application then.`;
  }
  if (reference !== undefined) {
    return `${bounded(reference.kind, 63)} ${bounded(reference.name, 253)} owns it, and may put its automated sync back. Change it there, or revert the change in Git.`;
  }
  const owner = ownerOf(withoutOwnWriters(metadata), [["spec"]]);
  const app = nameOf(
    annotations["argocd.argoproj.io/tracking-id"]?.split(":")[0]?.split("_").at(-1) ??
      labels["argocd.argoproj.io/instance"] ??
      labels["app.kubernetes.io/instance"],
  );
  if (owner === undefined && labels["app.kubernetes.io/instance"] === undefined) return undefined;
  if (owner === undefined || owner.tool?.name === "Argo CD") {
    return `Another Application${app === undefined ? "" : ` (${app})`} keeps it, as an app of apps does, and would put its automated sync back. Revert the change in Git; or pause that one first, then this one, and roll this one back.`;
  }
  return `${owner.name} keeps it, and would put its automated sync back. Revert the change in Git, or change it there.`;
}
