import { setTimeout as sleep } from "node:timers/promises";
import { describeWorkload, readWorkload } from "../../kinds/workloads.ts";
import { RemediationError } from "../../shared/errors.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { PodTarget, RevisionRef } from "../../shared/refs.ts";
import { alreadySo } from "../already-so.ts";
import type { Declined, Done, MayBeOwn, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { RollbackChange, RollbackPlan } from "./contract.ts";
import { rolledBackKind, switchTemplate } from "./switch-template.ts";
import { unblock } from "./unblock.ts";

/** How long a StatefulSet's controller may take to see the new template. Normally it takes milliseconds. */
const OBSERVED_WITHIN_MS = 10_000;
const POLL_MS = 200;

/**
 * Puts the template of an earlier revision back, then deletes the pods that an ordered StatefulSet waits for in vain.
 * Doing it again changes nothing more; where somebody else has put the template back, nothing is done at all.
 *
 * @param patience how long the controller of a StatefulSet may take to see the new template, in milliseconds
 * @returns whether it is this remedy that has put the template back, and the pods that have given way
 * @throws RemediationError those of `switchTemplate`; `ClusterUnavailable` when the controller does not see the new
 *   template in time
 */
export async function rollBack(
  writer: Writer,
  { before, after, unblocked: pods }: Omit<RollbackPlan, "action">,
  mayBeOwn: MayBeOwn,
  patience = OBSERVED_WITHIN_MS,
): Promise<{ switched: boolean; unblocked: PodTarget[] }> {
  // Whether they may be deleted has to be known before the template is changed: one without the other helps nobody.
  const planned = await unblock(writer, pods, after, mayBeOwn, true);
  const switched = (await switchTemplate(writer, { from: before, to: after })) || (await mayBeOwn());
  if (!switched) return { switched, unblocked: [] };
  if (writer.dryRun || pods.length === 0) return { switched, unblocked: planned };
  await untilObserved(writer, after, patience);
  return { switched, unblocked: await unblock(writer, pods, after, mayBeOwn) };
}

/** Carries a rollback out. */
export async function carryOut(
  writer: Writer,
  plan: RollbackPlan,
  { mayBeOwn }: Occasion,
): Promise<Done<RollbackChange> | Declined> {
  const { switched, unblocked } = await rollBack(writer, plan, mayBeOwn);
  if (!switched) return alreadySo("roll it back");
  return { change: { kind: "rollback", before: plan.before, after: plan.after, unblocked } };
}

/** Until then, a pod that is deleted comes back with the template that was replaced. */
async function untilObserved({ reader, workload: ref }: Writer, to: RevisionRef, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  const kind = rolledBackKind(ref);
  for (;;) {
    const workload = await readWorkload(reader, ref);
    const name = describeWorkload(ref);
    if (workload === undefined || presentTemplate(workload) !== to.template) {
      throw new RemediationError("ObjectChanged", `${name}: somebody else changed its pod template meanwhile.`);
    }
    if (kind.hasSeenSpec(workload)) return;
    if (Date.now() >= deadline) {
      throw new RemediationError(
        "ClusterUnavailable",
        `${name}: its controller has not seen its new template within ${patience / 1_000} s. Is it running?`,
      );
    }
    await sleep(POLL_MS);
  }
}
