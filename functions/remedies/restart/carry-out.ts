import { notToSpare } from "../../facts/spare-pods.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { readWorkload } from "../../kinds/workloads.ts";
import { isRemediationError, type RemediationError } from "../../shared/errors.ts";
import { isLeftover, isReady } from "../../shared/kubernetes/pods.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import type { PodTarget } from "../../shared/refs.ts";
import { count } from "../../shared/text.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { RestartChange, RestartPlan } from "./contract.ts";
import { tooFewReady } from "./plan.ts";
import { changeOf, without } from "./seen.ts";

/** What became of the pods of one restart. */
export interface Restarted {
  /** Evicted or deleted by this restart, what it did before included. */
  replaced: PodTarget[];
  /** Gone or going before this restart got to them. */
  gone: PodTarget[];
  /** Left alone, because they do not fail any more. */
  recovered: PodTarget[];
  /** Left alone, because somebody has taken them out of the workload. */
  released: PodTarget[];
  /** Left alone, because a PodDisruptionBudget allowed no further eviction. */
  held: PodTarget[];
  /** Why what goes with a further pod could not be kept, where that was so: it was left, and those after it. */
  unkept?: RemediationError;
  /** Left alone until the pod before them is replaced. */
  left: PodTarget[];
}

/** Whether a ready pod that somebody asks for may go, or why not. */
type Spare = "may go" | { needed: string };

/**
 * Replaces pods, each only while it is not ready, unless somebody asked for that very pod. One pod is evicted at a time: the
 * rest is for when that is replaced. A dry run, which evicts none, asks for all.
 * @throws RemediationError `DisruptionBudgetExhausted` when the budget holds the very first one, `EvidenceNotKept` when what
 *   goes with the very first one could not be kept, `OptedOut`, `ClaimExpired`
 */
export async function restart(
  writer: Writer,
  { mode, pods }: RestartPlan,
  { mayBeOwn, requested, before }: Occasion,
  spare: Spare = "may go",
): Promise<Restarted> {
  const done = before?.kind === "restart" ? before.pods : [];
  const result: Restarted = { replaced: [...done], gone: [], recovered: [], released: [], held: [], left: [] };
  const outcomes = {
    removed: result.replaced,
    gone: result.gone,
    "not meant": result.recovered,
    "let go": result.released,
  };
  const isMeant = (pod: Pod) =>
    mode === "clean_up" ? isLeftover(pod) : (requested && spare === "may go") || !isReady(pod);
  const targets = without(pods, done);
  for (const [index, target] of targets.entries()) {
    try {
      const outcome = await (mode === "evict" ? writer.evict(target, isMeant) : writer.delete(target, isMeant));
      const isOwn = outcome === "gone" && (await mayBeOwn());
      (isOwn ? result.replaced : outcomes[outcome]).push(target);
    } catch (error) {
      if (!isRemediationError(error, "DisruptionBudgetExhausted", "EvidenceNotKept") || result.replaced.length === 0)
        throw error;
      if (error.name === "EvidenceNotKept") return { ...result, unkept: error };
      result.held.push(...targets.slice(index));
      break;
    }
    if (mode === "evict" && !writer.dryRun && result.replaced.length > done.length) {
      result.left.push(...targets.slice(index + 1));
      break;
    }
  }
  return result;
}

/** Carries a restart out, or the next part of it. */
export async function carryOut(
  writer: Writer,
  plan: RestartPlan,
  occasion: Occasion,
): Promise<Done<RestartChange> | Declined> {
  const spare = occasion.requested && plan.mode === "evict" ? await spareOf(writer) : undefined;
  const { replaced, gone, recovered, released, held, unkept, left } = await restart(writer, plan, occasion, spare);
  if (replaced.length === 0) {
    const [ready] = recovered;
    if (ready !== undefined && spare !== undefined && spare !== "may go") return tooFewReady(ready.name, spare.needed);
    const why =
      gone.length > 0
        ? `${count(gone.length, "pod")} of those to be replaced had gone already`
        : released.length > 0
          ? `Somebody has taken ${count(released.length, "pod")} of those to be replaced out of the workload`
          : "No pod fails any more";
    return { refusal: "NotFailingAnymore", message: `${why}; nothing was done.` };
  }
  return {
    change: changeOf(plan, replaced),
    ...(unkept === undefined ? {} : { stopped: unkept }),
    beside: [
      ...(gone.length === 0 ? [] : [`${count(gone.length, "pod")} had gone already.`]),
      ...(recovered.length === 0 ? [] : [`${count(recovered.length, "pod")} recovered by itself.`]),
      ...(released.length === 0 ? [] : [`Somebody has taken ${count(released.length, "pod")} out of the workload.`]),
      ...(held.length === 0 ? [] : [`A PodDisruptionBudget holds ${count(held.length, "further pod")}.`]),
      ...(unkept === undefined ? [] : [unkept.message]),
      ...(left.length === 0 ? [] : [`${count(left.length, "further pod")} may go when the last one is replaced.`]),
    ],
  };
}

/** Whether a ready pod of the workload can be spared, as its controller counts them at this moment. */
async function spareOf({ reader, workload: ref }: Writer): Promise<Spare> {
  const kind = kindOf(ref);
  const workload = await readWorkload(reader, ref);
  const needed =
    kind === undefined || workload === undefined ? undefined : notToSpare(kind, workload, kind.ready(workload));
  return needed === undefined ? "may go" : { needed };
}
