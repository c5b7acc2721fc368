import { leadsBack } from "../../kinds/argo-rollout/abort.ts";
import { ROLLOUT } from "../../kinds/argo-rollout/kind.ts";
import { isAborted, type Rollout } from "../../kinds/argo-rollout/rollout.ts";
import { workloadObject } from "../../kinds/object-ref.ts";
import { asStored, describeWorkload, workloadNotFound } from "../../kinds/workloads.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import type { JsonPatchOperation } from "../../shared/cluster/cluster.ts";
import { moment } from "../../shared/text.ts";
import { alreadySo } from "../already-so.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { RolloutAbortChange, RolloutAbortPlan } from "./contract.ts";
import { abortedAnew, movedOn } from "./seen.ts";

/**
 * Aborts a rollout, as `kubectl argo rollouts abort` does, and says when, which its controller leaves as it is. Done again, it
 * changes nothing. Where an abort is to be taken back, does that.
 * @throws RemediationError `ObjectChanged` when the Rollout is another than was diagnosed by now; those of the writer
 */
export async function carryOut(
  writer: Writer,
  plan: RolloutAbortPlan,
  { mayBeOwn }: Occasion,
): Promise<Done<RolloutAbortChange> | Declined> {
  const { before, after } = plan;
  if (plan.back !== undefined) {
    const change = { kind: "rollout-abort", before, after, ...plan.back } as const;
    const isBack = await takeBack(writer, change);
    return isBack || (await mayBeOwn()) ? { change: { ...change, back: true } } : alreadySo("have it tried again");
  }
  // As its controller writes moments: without parts of a second.
  let abortedAt = moment(new Date());
  const isDone = await patchStatus(writer, (rollout) => {
    if (isAborted(rollout)) {
      abortedAt = rollout.status?.abortedAt ?? "";
      return "already so";
    }
    assertAsDiagnosed(writer, plan, rollout);
    return [added("abort", true), added("abortedAt", abortedAt)];
  });
  if (!isDone && !(await mayBeOwn())) return alreadySo("abort its rollout");
  return { change: { kind: "rollout-abort", before, after, aborted_at: abortedAt } };
}

/** Takes the abort back, as `kubectl argo rollouts retry rollout` does, while it is the very one that was made. */
export async function back(writer: Writer, change: RolloutAbortChange): Promise<void> {
  await takeBack(writer, change);
}

/** @returns whether it was taken back now */
async function takeBack(writer: Writer, change: Omit<RolloutAbortChange, "back">): Promise<boolean> {
  return await patchStatus(writer, (rollout) => {
    const theirs = movedOn(change, rollout) ?? abortedAnew(change, rollout);
    if (theirs !== undefined) throw leftAlone(writer, theirs);
    if (!isAborted(rollout)) return "already so";
    if (ROLLOUT.wanted(rollout) === 0) throw leftAlone(writer, "it has been scaled to zero since");
    return [added("abort", false)];
  });
}

/** @throws RemediationError `ObjectChanged` */
function assertAsDiagnosed(writer: Writer, plan: RolloutAbortPlan, rollout: Rollout): void {
  if (rollout.metadata?.deletionTimestamp !== undefined) throw leftAlone(writer, "it is being deleted");
  if (ROLLOUT.isPaused(rollout)) throw leftAlone(writer, "its rollout was paused meanwhile");
  const theirs = movedOn(plan, rollout);
  if (theirs !== undefined) throw leftAlone(writer, theirs);
  if (!leadsBack(rollout, plan.after)) throw leftAlone(writer, "an abort would not lead back by now");
}

async function patchStatus(
  writer: Writer,
  decide: (rollout: Rollout) => JsonPatchOperation[] | "already so",
): Promise<boolean> {
  const { workload: ref, reader } = writer;
  try {
    return await writer.patch<Rollout>(workloadObject(ref), (read) => decide(asStored(ref, read)), {
      subresource: "status",
    });
  } catch (error) {
    throw isRemediationError(error, "NotFound") ? workloadNotFound(reader, ref, error) : error;
  }
}

function added(field: "abort" | "abortedAt", value: boolean | string): JsonPatchOperation {
  return { op: "add", path: `/status/${field}`, value };
}

function leftAlone({ workload }: Writer, why: string): RemediationError {
  return new RemediationError("ObjectChanged", `${describeWorkload(workload)} was left as it is: ${why}.`);
}
