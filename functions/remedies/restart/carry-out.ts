import { isRemediationError } from "../../shared/errors.ts";
import { isFailing } from "../../shared/kubernetes/pod-failures.ts";
import { isLeftover, isReady } from "../../shared/kubernetes/pods.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import type { PodTarget } from "../../shared/refs.ts";
import { count } from "../../shared/text.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { RestartChange, RestartPlan } from "./contract.ts";

/** What became of the pods of one restart. */
export interface Restarted {
  /** Evicted or deleted by this restart. */
  replaced: PodTarget[];
  /** Gone or going before this restart got to them. */
  gone: PodTarget[];
  /** Left alone, because they do not fail any more. */
  recovered: PodTarget[];
  /** Left alone, because somebody has taken them out of the workload. */
  released: PodTarget[];
  /** Left alone, because a PodDisruptionBudget allowed no further eviction. */
  held: PodTarget[];
}

/**
 * Replaces pods one after the other, each only while it fails, unless somebody asked for that very pod.
 * @throws RemediationError `DisruptionBudgetExhausted` when the budget holds the very first one, `OptedOut`, `ClaimExpired`
 */
export async function restart(
  writer: Writer,
  { mode, pods }: RestartPlan,
  { again, requested }: Occasion,
): Promise<Restarted> {
  const result: Restarted = { replaced: [], gone: [], recovered: [], released: [], held: [] };
  const outcomes = {
    removed: result.replaced,
    gone: again ? result.replaced : result.gone,
    "not meant": result.recovered,
    "let go": result.released,
  };
  const isMeant = (pod: Pod) => (mode === "clean_up" ? isLeftover(pod) : requested || isFailing(pod) || !isReady(pod));
  for (const [index, target] of pods.entries()) {
    try {
      outcomes[await (mode === "evict" ? writer.evict(target, isMeant) : writer.delete(target, isMeant))].push(target);
    } catch (error) {
      const held = isRemediationError(error, "DisruptionBudgetExhausted");
      if (!held || result.replaced.length === 0) throw error;
      result.held.push(...pods.slice(index));
      break;
    }
  }
  return result;
}

/** Carries a restart out. */
export async function carryOut(
  writer: Writer,
  plan: RestartPlan,
  occasion: Occasion,
): Promise<Done<RestartChange> | Declined> {
  const { replaced, gone, recovered, released, held } = await restart(writer, plan, occasion);
  if (replaced.length === 0) {
    const why =
      gone.length > 0
        ? `${count(gone.length, "pod")} of those to be replaced had gone already`
        : released.length > 0
          ? `Somebody has taken ${count(released.length, "pod")} of those to be replaced out of the workload`
          : "No pod fails any more";
    return { refusal: "NotFailingAnymore", message: `${why}; nothing was done.` };
  }
  return {
    change: { kind: "restart", mode: plan.mode, pods: replaced },
    beside: [
      ...(gone.length === 0 ? [] : [`${count(gone.length, "pod")} had gone already.`]),
      ...(recovered.length === 0 ? [] : [`${count(recovered.length, "pod")} recovered by itself.`]),
      ...(released.length === 0 ? [] : [`Somebody has taken ${count(released.length, "pod")} out of the workload.`]),
      ...(held.length === 0 ? [] : [`A PodDisruptionBudget holds ${count(held.length, "further pod")}.`]),
    ],
  };
}
