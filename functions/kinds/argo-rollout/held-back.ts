import type { RevisionRef } from "../../shared/refs.ts";
import { bounded } from "../../shared/text.ts";
import { invalidSpec, isStable, type CanaryStep, type Rollout } from "./rollout.ts";

/** How much of what its controller says of its spec is told, in characters. */
const MAX_SAID = 300;

/** Steps that are done as soon as the pods are there. */
const ONLY_PODS = ["setWeight", "setCanaryScale"];

/**
 * Why its controller would not go all the way to a revision by itself. Back to the one that was promoted last it goes at
 * once, past every step; to any other it goes as to a new one.
 * Source: argo-rollouts rollout/sync.go, isFastRollback
 */
export function heldBack(rollout: Rollout, to: RevisionRef | undefined): string | undefined {
  const { spec, status } = rollout;
  if (spec?.workloadRef !== undefined) {
    const { kind = "object", name = "" } = spec.workloadRef;
    return `Its pod template is that of ${kind} ${name} (spec.workloadRef), which is not written to for a Rollout: put the earlier template back there.`;
  }
  const invalid = invalidSpec(rollout);
  if (invalid !== undefined) {
    return `Its controller does nothing for it while its spec is invalid, or what that refers to is not there: mend that first. It says: ${bounded(invalid.message ?? "", MAX_SAID)}`;
  }
  if (to === undefined || isStable(status, to)) return undefined;
  const waits = waitsFor(spec?.strategy);
  if (waits === undefined) return undefined;
  return `Not rolled back: revision ${to.revision} is not the one that was promoted last, so that its controller would go there step by step, and ${waits}. Put it back with \`kubectl argo rollouts undo\`, and see it through with \`kubectl argo rollouts promote --full\`.`;
}

/** What a rollout waits for beside its pods; undefined where it waits for nothing else. */
function waitsFor(strategy: NonNullable<Rollout["spec"]>["strategy"]): string | undefined {
  const { canary, blueGreen } = strategy ?? {};
  if (blueGreen !== undefined) {
    const {
      autoPromotionEnabled = true,
      autoPromotionSeconds = 0,
      prePromotionAnalysis,
      postPromotionAnalysis,
    } = blueGreen;
    if (!autoPromotionEnabled || autoPromotionSeconds > 0) return "wait for its promotion";
    return prePromotionAnalysis === undefined && postPromotionAnalysis === undefined
      ? undefined
      : "wait for an analysis";
  }
  if (canary?.analysis !== undefined) return "run an analysis on the way";
  return (canary?.steps ?? []).every(isOnlyPods) ? undefined : "stop at its steps";
}

function isOnlyPods(step: CanaryStep): boolean {
  return Object.keys(step).every((key) => ONLY_PODS.includes(key));
}
