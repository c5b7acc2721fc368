import type { Cluster, JsonPatchOperation } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { RevisionRef, WorkloadRef } from "../shared/contracts.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { templateForDeployment, templateHash } from "../shared/kubernetes/template.ts";
import type { Deployment, PodTemplate, ReplicaSet } from "../shared/kubernetes/types.ts";
import { describeWorkload, readWorkload } from "../shared/kubernetes/workloads.ts";

/** Shown by `kubectl rollout history`; it belongs to the template. */
const CHANGE_CAUSE = "kubernetes.io/change-cause";
/** The status of a Deployment that rolls out changes often; each change of it makes the precondition fail. */
const ATTEMPTS = 6;

/** Which template is to be replaced by which. */
export interface TemplateSwitch {
  workload: WorkloadRef;
  /** The template that must be in place. */
  from: RevisionRef;
  /** The template to put in place, read from its ReplicaSet. */
  to: RevisionRef;
  dryRun: boolean;
}

/**
 * Puts the pod template of another revision into a Deployment, as `kubectl rollout undo` does, but only while the
 * template is still the one that was diagnosed. Replicas and everything else stay as they are.
 *
 * Doing it again changes nothing: a Deployment that has the wanted template already is left alone.
 *
 * @throws RemediationError `ObjectChanged` when somebody else changed the template, paused the rollout or deleted the
 *   revision since; `WorkloadNotFound`; `WriteRefused` when admission refuses the template
 */
export async function switchTemplate(cluster: Cluster, change: TemplateSwitch): Promise<void> {
  const { workload, from, to, dryRun } = change;
  const path = paths.deployment(workload.namespace, workload.name);
  for (let attempt = 1; ; attempt++) {
    const deployment = (await readWorkload(cluster, workload)) as Deployment;
    const present = deployment.spec === undefined ? "" : templateHash(deployment.spec.template);
    if (present === to.template) return;
    assertUnchanged(workload, deployment, present, from);
    const patch = templatePatch(deployment, await readTemplate(cluster, workload, to));
    try {
      await cluster.patch(path, patch, { dryRun: true });
      if (!dryRun) await cluster.patch(path, patch);
      return;
    } catch (error) {
      // Most often only the status moved on: look again, and decide again.
      if (!isRemediationError(error, "ObjectChanged") || attempt >= ATTEMPTS) throw error;
    }
  }
}

function assertUnchanged(workload: WorkloadRef, deployment: Deployment, present: string, from: RevisionRef): void {
  const name = describeWorkload(workload);
  const refuse = (why: string) => new RemediationError("ObjectChanged", `${name} was left as it is: ${why}.`);
  if (deployment.metadata?.deletionTimestamp !== undefined) throw refuse("it is being deleted");
  if (present !== from.template) throw refuse("somebody else changed its pod template meanwhile");
  if (deployment.spec?.paused === true) throw refuse("its rollout was paused meanwhile");
}

async function readTemplate(
  cluster: Cluster,
  workload: WorkloadRef,
  { revision, name, template }: RevisionRef,
): Promise<{ template: PodTemplate; changeCause: string | undefined }> {
  const gone = (cause?: unknown) =>
    new RemediationError(
      "ObjectChanged",
      `${describeWorkload(workload)}: revision ${revision} is gone from its history.`,
      {
        cause,
      },
    );
  try {
    const replicaSet = await cluster.get<ReplicaSet>(paths.replicaSet(workload.namespace, name));
    const found = replicaSet.spec?.template;
    if (found === undefined || templateHash(found) !== template) throw gone();
    return { template: templateForDeployment(found), changeCause: replicaSet.metadata?.annotations?.[CHANGE_CAUSE] };
  } catch (error) {
    if (isRemediationError(error, "NotFound")) throw gone(error);
    throw error;
  }
}

function templatePatch(
  deployment: Deployment,
  { template, changeCause }: { template: PodTemplate; changeCause: string | undefined },
): JsonPatchOperation[] {
  const path = `/metadata/annotations/${CHANGE_CAUSE.replace("/", "~1")}`;
  const present = deployment.metadata?.annotations?.[CHANGE_CAUSE];
  const annotate: JsonPatchOperation[] =
    changeCause !== undefined
      ? [{ op: "add", path, value: changeCause }]
      : present !== undefined
        ? [{ op: "remove", path }]
        : [];
  return [
    { op: "test", path: "/metadata/resourceVersion", value: deployment.metadata?.resourceVersion },
    { op: "replace", path: "/spec/template", value: template },
    ...annotate,
  ];
}
