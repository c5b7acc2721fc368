import { rollsOutByItself } from "../../kinds/update-strategy.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import { workloadObject } from "../../kinds/object-ref.ts";
import type { JsonPatchOperation, Reader } from "../../shared/cluster/cluster.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { Deployment, Workload } from "../../shared/kubernetes/types.ts";
import { pathOf } from "../../shared/object-ref.ts";
import type { RevisionRef, WorkloadRef } from "../../shared/refs.ts";
import type { Writer } from "../writer.ts";
import { CHANGE_CAUSE, readEarlierTemplate, type EarlierTemplate } from "./earlier-template.ts";

/** Which template is to be replaced by which. */
export interface TemplateSwitch {
  /** The template that must be in place. */
  from: RevisionRef;
  /** The template to put in place, read from its ReplicaSet or ControllerRevision. */
  to: RevisionRef;
}

/**
 * Puts the pod template of another revision into a Deployment, StatefulSet or DaemonSet, as `kubectl rollout undo` does,
 * but only while the template is still the one that was diagnosed. Replicas and everything else stay as they are.
 *
 * Doing it again changes nothing: a workload that has the wanted template already is left alone.
 *
 * @returns whether it was switched now; false when the wanted template was there already
 * @throws RemediationError `ObjectChanged` when somebody else changed the template, paused the rollout, chose an update
 *   strategy that replaces no pods, or deleted the revision since; `WorkloadNotFound`; `WriteRefused` when admission
 *   refuses the template; `InvalidStepInput` for another kind; those of the writer
 */
export async function switchTemplate(writer: Writer, { from, to }: TemplateSwitch): Promise<boolean> {
  const { workload: ref, reader } = writer;
  assertHasRevisions(ref);
  const decide = async (workload: Workload) => {
    const present = presentTemplate(workload) ?? "";
    if (present === to.template) return "already so";
    assertUnchanged(ref, workload, present, from);
    return templatePatch(ref, workload, await readEarlierTemplate(reader, ref, to));
  };
  try {
    return await writer.patch<Workload>(workloadObject(ref), decide, { tryFirst: true });
  } catch (error) {
    throw asWorkloadNotFound(error, reader, ref);
  }
}

/** The workload as it is. @throws RemediationError `WorkloadNotFound`; `InvalidStepInput` for a kind without revisions */
export async function readWithTemplate(reader: Reader, ref: WorkloadRef): Promise<Workload> {
  assertHasRevisions(ref);
  try {
    return await reader.get<Workload>(pathOf(workloadObject(ref)));
  } catch (error) {
    throw asWorkloadNotFound(error, reader, ref);
  }
}

function assertHasRevisions(ref: WorkloadRef): void {
  if (ref.kind === "Deployment" || ref.kind === "StatefulSet" || ref.kind === "DaemonSet") return;
  throw new RemediationError("InvalidStepInput", `${describeWorkload(ref)} has no revisions to roll back to.`);
}

function asWorkloadNotFound(error: unknown, { name }: Reader, ref: WorkloadRef): unknown {
  if (!isRemediationError(error, "NotFound")) return error;
  return new RemediationError(
    "WorkloadNotFound",
    `${describeWorkload(ref)} does not exist on ${name}. Check the name and the namespace.`,
    { cause: error },
  );
}

function assertUnchanged(ref: WorkloadRef, workload: Workload, present: string, from: RevisionRef): void {
  const refuse = (why: string) =>
    new RemediationError("ObjectChanged", `${describeWorkload(ref)} was left as it is: ${why}.`);
  if (workload.metadata?.deletionTimestamp !== undefined) throw refuse("it is being deleted");
  if (present !== from.template) throw refuse("somebody else changed its pod template meanwhile");
  if ((workload as Deployment).spec?.paused === true) throw refuse("its rollout was paused meanwhile");
  if (!rollsOutByItself(ref.kind, workload)) throw refuse("its update strategy leaves its pods to be replaced by hand");
}

function templatePatch(
  { kind }: WorkloadRef,
  { metadata }: Workload,
  { template, changeCause }: EarlierTemplate,
): JsonPatchOperation[] {
  return [
    { op: "replace", path: "/spec/template", value: template },
    ...(kind === "Deployment" ? annotate(metadata?.annotations?.[CHANGE_CAUSE], changeCause) : []),
  ];
}

function annotate(present: string | undefined, wanted: string | undefined): JsonPatchOperation[] {
  const path = `/metadata/annotations/${CHANGE_CAUSE.replace("/", "~1")}`;
  if (wanted !== undefined) return [{ op: "add", path, value: wanted }];
  return present === undefined ? [] : [{ op: "remove", path }];
}
