import { kindOf } from "../../kinds/kinds.ts";
import { mapConcurrently } from "../../shared/concurrency.ts";
import type { PodTarget, RevisionRef } from "../../shared/refs.ts";
import type { MayBeOwn } from "../remedy.ts";
import type { Writer } from "../writer.ts";

/** How many pods are looked at at the same time. */
const CONCURRENCY = 8;

/**
 * Deletes the pods that an ordered StatefulSet waits for in vain, each only while it still is that very pod, not ready,
 * and of another revision than the one that was put in place. A pod that is gone or going is not deleted again.
 *
 * @param to the revision that was put in place; pods that were made from it are left alone
 * @param mayBeOwn whether what is gone may be this remedy's own work
 * @param trial let the API server check each deletion, and delete nothing
 * @returns the pods that have given way to it
 */
export async function unblock(
  writer: Writer,
  pods: readonly PodTarget[],
  to: RevisionRef,
  mayBeOwn: MayBeOwn,
  trial = false,
): Promise<PodTarget[]> {
  const waiting = kindOf(writer.workload)?.waiting;
  const removals = await mapConcurrently(pods, CONCURRENCY, (target) =>
    writer.delete(target, (pod) => waiting?.isInTheWay(pod, to) === true, trial),
  );
  const isOwn = removals.includes("gone") && (await mayBeOwn());
  return pods.filter((_target, index) => removals[index] === "removed" || (isOwn && removals[index] === "gone"));
}
