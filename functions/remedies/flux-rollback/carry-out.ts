import { readWorkload } from "../../kinds/workloads.ts";
import { isRemediationError } from "../../shared/errors.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import { alreadySo } from "../already-so.ts";
import type { Declined, Done, MayBeOwn, Occasion } from "../remedy.ts";
import { rollBack } from "../rollback/carry-out.ts";
import { switchTemplate } from "../rollback/switch-template.ts";
import type { Writer } from "../writer.ts";
import type { FluxRollbackChange, FluxRollbackPlan } from "./contract.ts";
import { isStillSuspended, resume, suspend, untilCalm, type Calm } from "./suspend.ts";

/**
 * Suspends what keeps the workload, waits until that can put nothing in place any more, and puts the earlier template back. Where
 * the template is not put back for good, what was suspended is resumed. Where all of that is to be taken back, does that.
 * @throws RemediationError those of `suspend`, `untilCalm` and `rollBack`
 */
export async function carryOut(
  writer: Writer,
  plan: FluxRollbackPlan,
  { mayBeOwn }: Occasion,
  calm?: Calm,
): Promise<Done<FluxRollbackChange> | Declined> {
  if (plan.back !== undefined) return await takeBack(writer, plan, mayBeOwn);
  const suspended = (await suspend(writer, plan)) || (await mayBeOwn());
  if (!suspended) return alreadySo("suspend Flux and roll it back");
  try {
    if (!writer.dryRun) await untilCalm(writer, plan, calm);
    const { switched, unblocked } = await rollBack(writer, plan, mayBeOwn);
    if (!switched) {
      await resume(writer, plan);
      return alreadySo("roll it back");
    }
    const { before, after, reconciler } = plan;
    return { change: { kind: "flux-rollback", before, after, unblocked, reconciler, put: true } };
  } catch (error) {
    // What may pass is tried again, with what was suspended as it is.
    if (isRemediationError(error, "ObjectChanged", "WriteRefused") && !(await isPut(writer, plan))) {
      await resume(writer, plan);
    }
    throw error;
  }
}

/** Resumes what was suspended, since somebody asks for that; the template goes back before where Flux would leave it as it is. */
async function takeBack(
  writer: Writer,
  { action: kind, ...parts }: FluxRollbackPlan,
  mayBeOwn: MayBeOwn,
): Promise<Done<FluxRollbackChange> | Declined> {
  const change = { kind, ...parts, put: parts.back?.put === true };
  const isHeld = await isStillSuspended(writer, change);
  if (isHeld) await back(writer, change);
  return isHeld || (await mayBeOwn()) ? { change } : alreadySo("resume it");
}

/** Puts the template back that was replaced, then resumes what was suspended, which keeps that template where it keeps any. */
export async function back(writer: Writer, change: FluxRollbackChange): Promise<void> {
  if (!(await isStillSuspended(writer, change))) return;
  if (change.put) {
    await switchTemplate(writer, { from: change.after, to: change.before, unlessSwitchedOff: true });
  }
  await resume(writer, change);
}

async function isPut({ reader, workload }: Writer, { after }: FluxRollbackPlan): Promise<boolean> {
  const present = await readWorkload(reader, workload);
  return present !== undefined && presentTemplate(present) === after.template;
}
