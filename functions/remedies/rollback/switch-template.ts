import { workloadObject } from "../../kinds/object-ref.ts";
import type { Kind } from "../../kinds/kind.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { asStored, describeWorkload, workloadNotFound } from "../../kinds/workloads.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { Workload } from "../../shared/kubernetes/types.ts";
import type { RevisionRef, WorkloadRef } from "../../shared/refs.ts";
import type { Writer } from "../writer.ts";
import { readEarlierTemplate } from "./earlier-template.ts";

/** Which template is to be replaced by which. */
export interface TemplateSwitch {
  /** The template that must be in place. */
  from: RevisionRef;
  /** The template to put in place, read from its ReplicaSet or ControllerRevision. */
  to: RevisionRef;
  /** Whether it is left alone once it has been scaled to zero: whoever did that wants nothing of it to run. */
  unlessSwitchedOff?: boolean;
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
 *   refuses the template, or makes another one of it; `InvalidStepInput` for another kind; those of the writer
 */
export async function switchTemplate(
  writer: Writer,
  { from, to, unlessSwitchedOff = false }: TemplateSwitch,
): Promise<boolean> {
  const { workload: ref, reader } = writer;
  const kind = rolledBackKind(ref);
  const decide = async (read: Workload) => {
    const workload = asStored(ref, read);
    const present = presentTemplate(workload) ?? "";
    if (present === to.template) return "already so";
    assertUnchanged(ref, kind, workload, present, from);
    // What is taken back need not be rolled out to be there again.
    const held = unlessSwitchedOff ? undefined : kind.heldBack?.(workload, to);
    if (held !== undefined) throw leftAlone(ref, "its controller would not go all the way back by itself any more");
    if (unlessSwitchedOff && kind.wanted(workload) === 0) throw leftAlone(ref, "it has been scaled to zero since");
    return kind.templatePatch(workload, await readEarlierTemplate(reader, ref, to));
  };
  // What is taken back is better than nothing, whatever becomes of it.
  const expect = unlessSwitchedOff
    ? {}
    : {
        expect: (tried: Workload) => {
          assertKept(ref, to, tried);
        },
      };
  try {
    return await writer.patch<Workload>(workloadObject(ref), decide, { tryFirst: true, ...expect });
  } catch (error) {
    throw isRemediationError(error, "NotFound") ? workloadNotFound(reader, ref, error) : error;
  }
}

/** A kind whose templates are put back. */
type RolledBack = Kind & Required<Pick<Kind, "templatePatch">>;

/** @throws RemediationError `InvalidStepInput` for a kind without revisions to roll back to */
export function rolledBackKind(ref: WorkloadRef): RolledBack {
  const kind = kindOf(ref);
  if (isRolledBack(kind)) return kind;
  throw new RemediationError("InvalidStepInput", `${describeWorkload(ref)} has no revisions to roll back to.`);
}

function isRolledBack(kind: Kind | undefined): kind is RolledBack {
  return kind?.templatePatch !== undefined;
}

function assertUnchanged(ref: WorkloadRef, kind: Kind, workload: Workload, present: string, from: RevisionRef): void {
  const refuse = (why: string) => leftAlone(ref, why);
  if (workload.metadata?.deletionTimestamp !== undefined) throw refuse("it is being deleted");
  if (present !== from.template) throw refuse("somebody else changed its pod template meanwhile");
  if (kind.isPaused(workload)) throw refuse("its rollout was paused meanwhile");
  if (!kind.rollsOutByItself(workload)) throw refuse("its update strategy leaves its pods to be replaced by hand");
}

/**
 * Something at admission may change what is written: no pod of that template was ever seen to be well.
 * @throws RemediationError `WriteRefused`
 */
function assertKept(ref: WorkloadRef, to: RevisionRef, tried: Workload): void {
  const template = presentTemplate(asStored(ref, tried));
  if (template === undefined || template === to.template) return;
  throw new RemediationError(
    "WriteRefused",
    `${describeWorkload(ref)} was left as it is: something changes its pod template whenever that is written (a mutating webhook, a policy), so that it would not be that of revision ${to.revision}, and nothing shows that its pods would be well. Look at what that adds: kubectl get mutatingwebhookconfigurations.`,
  );
}

function leftAlone(ref: WorkloadRef, why: string): RemediationError {
  return new RemediationError("ObjectChanged", `${describeWorkload(ref)} was left as it is: ${why}.`);
}
