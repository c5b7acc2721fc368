import { setTimeout as sleep } from "node:timers/promises";
import { assertNoOptOutOn } from "../../facts/opt-out.ts";
import type { JsonPatchOperation } from "../../shared/cluster/cluster.ts";
import { getIfThere } from "../../shared/cluster/get-if-there.ts";
import { paths } from "../../shared/cluster/paths.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { bounded } from "../../shared/text.ts";
import { pathOf, type KubernetesObject } from "../../shared/object-ref.ts";
import { addedMark, escapedMark } from "../marks.ts";
import type { Writer } from "../writer.ts";
import { groupOf, namespaceRef } from "../../facts/flux-reconciler.ts";
import { describeReconciler, reconcilerRef, type FluxObject } from "../../facts/flux.ts";
import {
  isSuspended,
  isSuspendedFor,
  markFor,
  markOn,
  SUSPENDED_ANNOTATION,
  SUSPENDED_LABEL,
  type Suspension,
} from "../../facts/flux-suspension.ts";
import { isApplying, obstacle } from "../../facts/flux-obstacle.ts";

/** How long waiting for what was under way takes, in milliseconds. */
export interface Calm {
  /** How long it may take to end what it was about when it was suspended. */
  within: number;
  /** For how long nothing may be heard of it then. */
  calmFor: number;
}

const CALM: Calm = { within: 20_000, calmFor: 2_000 };
const POLL_MS = 250;

/**
 * Suspends what keeps the workload, as `flux suspend` does, and marks for what. Done again, it changes nothing.
 * @returns whether it was suspended now; false where it is suspended for just that already
 * @throws RemediationError `ObjectChanged` when something speaks against it by now; those of the writer
 */
export async function suspend(writer: Writer, plan: Suspension): Promise<boolean> {
  const { reconciler } = plan;
  const { workload, reader } = writer;
  if (reconciler.namespace !== workload.namespace) {
    const namespace = await getIfThere<KubernetesObject>(reader, paths.namespace(reconciler.namespace));
    assertNoOptOutOn(namespaceRef(reconciler.namespace), namespace ?? {});
  }
  return await patchReconciler(writer, plan, (object) => {
    if (isSuspendedFor(object, plan, workload)) return "already so";
    const group = groupOf(workload);
    const why = obstacle(reconciler, object, { toBe: "suspended", workload, group, now: new Date() })?.message;
    if (why !== undefined) throw new RemediationError("ObjectChanged", why);
    assertSameRevision(plan, object);
    const mark = markFor(plan, workload, (object.metadata?.generation ?? 0) + 1);
    return [
      { op: "add", path: "/spec/suspend", value: true },
      addedMark("annotations", object.metadata?.annotations, SUSPENDED_ANNOTATION, mark),
      addedMark("labels", object.metadata?.labels, SUSPENDED_ANNOTATION, SUSPENDED_LABEL.value),
    ];
  });
}

/**
 * Waits until what was under way when it was suspended can put nothing in place any more. Its controller does not say that it has
 * seen the suspension: it is over once nothing has been heard of a reconciliation for a while.
 * @throws RemediationError `ClusterUnavailable` when it goes on for too long; `ObjectChanged` when it has attempted something
 *   else meanwhile
 */
export async function untilCalm({ reader }: Writer, plan: Suspension, { within, calmFor }: Calm = CALM): Promise<void> {
  const { reconciler } = plan;
  const deadline = Date.now() + within;
  let calmSince = Date.now();
  for (;;) {
    const object = await reader.get<FluxObject>(pathOf(reconcilerRef(reconciler)));
    assertSameRevision(plan, object);
    if (isApplying(object)) calmSince = Date.now();
    if (Date.now() - calmSince >= calmFor) return;
    if (Date.now() >= deadline) {
      throw new RemediationError(
        "ClusterUnavailable",
        `${describeReconciler(reconciler)} was suspended, and goes on reconciling after ${within / 1_000} s. Is its controller running?`,
      );
    }
    await sleep(POLL_MS);
  }
}

/**
 * Resumes what was suspended for that, as `flux resume` does, and takes the mark off. What others have resumed, or suspended
 * themselves since, is left to them.
 * @returns whether it was resumed now
 */
export async function resume(writer: Writer, plan: Suspension): Promise<boolean> {
  return await patchReconciler(writer, plan, (object) => {
    if (!isSuspendedFor(object, plan, writer.workload)) return "already so";
    const isLabelled = object.metadata?.labels?.[SUSPENDED_LABEL.name] !== undefined;
    return [
      { op: "remove", path: "/spec/suspend" },
      { op: "remove", path: `/metadata/annotations/${POINTER}` },
      ...(isLabelled ? [{ op: "remove" as const, path: `/metadata/labels/${POINTER}` }] : []),
    ];
  });
}

/**
 * Whether it is suspended for that still; false where that was taken back by the workflow itself, which leaves no mark.
 * @throws RemediationError `ObjectChanged` when others have resumed it, changed it, or deleted it
 */
export async function isStillSuspended({ reader, workload }: Writer, plan: Suspension): Promise<boolean> {
  const object = await getIfThere<FluxObject>(reader, pathOf(reconcilerRef(plan.reconciler)));
  if (object !== undefined && isSuspendedFor(object, plan, workload)) return true;
  const isMarked = object?.metadata?.annotations?.[SUSPENDED_ANNOTATION] !== undefined;
  if (object !== undefined && !isSuspended(object) && !isMarked) return false;
  throw leftAlone(plan, whatBecame(object));
}

/** What others have made of the suspension, in words. */
export function whatBecame(object: FluxObject | undefined): string {
  if (object === undefined) return "it is gone by now";
  if (!isSuspended(object)) return "it has been resumed meanwhile";
  return markOn(object) === undefined
    ? "somebody has changed it since it was suspended"
    : "it is suspended for another remedy by now";
}

async function patchReconciler(
  writer: Writer,
  { reconciler }: Suspension,
  decide: (object: FluxObject) => JsonPatchOperation[] | "already so",
): Promise<boolean> {
  try {
    return await writer.patch<FluxObject>(reconcilerRef(reconciler), decide, { tryFirst: true });
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw new RemediationError("ObjectChanged", `${describeReconciler(reconciler)} is gone by now.`, { cause: error });
  }
}

/** The name of the mark and of its label, which are the same, in a JSON pointer. */
const POINTER = escapedMark(SUSPENDED_ANNOTATION);

/** @throws RemediationError `ObjectChanged` when it has attempted something else since the plan was made */
function assertSameRevision(plan: Suspension, { status }: FluxObject): void {
  if (status?.lastAttemptedRevision === plan.reconciler.revision) return;
  throw leftAlone(plan, `it has attempted ${bounded(status?.lastAttemptedRevision ?? "nothing")} since`);
}

function leftAlone({ reconciler }: Suspension, why: string): RemediationError {
  return new RemediationError("ObjectChanged", `${describeReconciler(reconciler)} was left as it is: ${why}.`);
}
