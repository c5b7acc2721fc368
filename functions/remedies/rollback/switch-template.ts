import type { Cluster } from "../../shared/cluster/cluster.ts";
import type { RevisionRef, WorkloadRef } from "../../run/contracts.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { Workload } from "../../shared/kubernetes/types.ts";
import type { Kind } from "../../kinds/kind.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { assertNoOptOutOn } from "../../facts/opt-out.ts";
import { describeWorkload, readWorkload, workloadPath } from "../../kinds/workloads.ts";
import { readEarlierTemplate } from "./earlier-template.ts";

/** The status of a workload that rolls out changes often; each change of it makes the precondition fail. */
const ATTEMPTS = 6;

/** Which template is to be replaced by which. */
export interface TemplateSwitch {
  workload: WorkloadRef;
  /** The template that must be in place. */
  from: RevisionRef;
  /** The template to put in place, read from its ReplicaSet or ControllerRevision. */
  to: RevisionRef;
  dryRun: boolean;
}

/**
 * Puts the pod template of another revision into a Deployment, StatefulSet or DaemonSet, as `kubectl rollout undo` does,
 * but only while the template is still the one that was diagnosed. Replicas and everything else stay as they are.
 *
 * Doing it again changes nothing: a workload that has the wanted template already is left alone.
 *
 * @returns whether it was switched now; false when the wanted template was there already
 * @throws RemediationError `ObjectChanged` when somebody else changed the template, paused the rollout, chose an update
 *   strategy that replaces no pods, or deleted the revision since; `OptedOut`; `WorkloadNotFound`; `WriteRefused` when admission
 *   refuses the template; `InvalidStepInput` for another kind
 */
export async function switchTemplate(cluster: Cluster, change: TemplateSwitch): Promise<boolean> {
  const { workload: ref, from, to, dryRun } = change;
  for (let attempt = 1; ; attempt++) {
    const { kind, path, workload, present } = await readTemplate(cluster, ref);
    if (present === to.template) return false;
    assertNoOptOutOn(ref, workload);
    assertUnchanged(ref, kind, workload, present, from);
    const patch = kind.templatePatch(workload, await readEarlierTemplate(cluster, ref, to));
    try {
      await cluster.patch(path, patch, { dryRun: true });
      if (!dryRun) await cluster.patch(path, patch);
      return true;
    } catch (error) {
      // Most often only the status moved on: look again, and decide again.
      if (!isRemediationError(error, "ObjectChanged") || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** The workload as it is, and the hash of its template. */
export async function readTemplate(
  cluster: Cluster,
  ref: WorkloadRef,
): Promise<{ kind: RolledBack; path: string; workload: Workload; present: string }> {
  const path = workloadPath(ref);
  const kind = kindOf(ref.kind);
  const workload = await readWorkload(cluster, ref);
  if (path === undefined || workload === undefined || !isRolledBack(kind)) {
    throw new RemediationError("InvalidStepInput", `${describeWorkload(ref)} has no revisions to roll back to.`);
  }
  return { kind, path, workload, present: presentTemplate(workload) ?? "" };
}

/** A kind whose templates are put back. */
type RolledBack = Kind & Required<Pick<Kind, "templatePatch">>;

function isRolledBack(kind: Kind | undefined): kind is RolledBack {
  return kind?.templatePatch !== undefined;
}

function assertUnchanged(ref: WorkloadRef, kind: Kind, workload: Workload, present: string, from: RevisionRef): void {
  const refuse = (why: string) =>
    new RemediationError("ObjectChanged", `${describeWorkload(ref)} was left as it is: ${why}.`);
  if (workload.metadata?.deletionTimestamp !== undefined) throw refuse("it is being deleted");
  if (present !== from.template) throw refuse("somebody else changed its pod template meanwhile");
  if (kind.isPaused(workload)) throw refuse("its rollout was paused meanwhile");
  if (!kind.rollsOutByItself(workload)) throw refuse("its update strategy leaves its pods to be replaced by hand");
}
