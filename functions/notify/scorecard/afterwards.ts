import type { WorkloadState } from "../../facts/state.ts";
import { isFailing } from "../../kinds/failing/pod-failures.ts";
import { rolloutGaps } from "../../kinds/gaps.ts";
import { boundsOf } from "../../shared/kubernetes/hpa.ts";
import { lastWriter } from "../../shared/kubernetes/managed-fields.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { Decision } from "./decisions.ts";

/** What a look at the cluster shows of a workload: its state, that it is gone, or nothing. */
export type Look = WorkloadState | "gone" | "not looked at";

/**
 * What became of a workload for which a remedy was only decided upon, as far as can be seen now. `done_here`: somebody had it
 * carried out by the workflow. `same`: the cluster is as the remedy would have left it. `other`: somebody changed it in another
 * way. `by_itself`: it is well, and nobody has changed it. `still_failing`: nobody has, and it is not well. `gone`: it was deleted, or made anew.
 */
export type Afterwards =
  { is: "done_here"; helped: boolean; seconds: number } | ByOthers | { is: "declined" | "unknown" };
type ByOthers = { is: "same" | "other"; seconds?: number } | { is: "by_itself" | "still_failing" | "gone" };

/** Compares a decision with the cluster. Pure. */
export function afterwardsOf(decision: Decision, look: Look): Afterwards {
  const { carriedOut, declinedAt, workloadUid, plan } = decision;
  if (carriedOut !== undefined) {
    const { at, outcome } = carriedOut;
    return { is: "done_here", helped: outcome === "Recovered", seconds: secondsFrom(decision.at, new Date(at)) };
  }
  if (declinedAt !== undefined) return { is: "declined" };
  if (look === "not looked at") return { is: "unknown" };
  if (look === "gone") return { is: "gone" };
  const { metadata } = look.workload;
  if (workloadUid !== undefined && metadata?.uid !== workloadUid) return { is: "gone" };
  const after = "scale" in plan ? sizedSince(plan.scale, look) : templateSince(decision, look);
  if (after !== undefined) return { is: after, ...secondsOf(decision, look) };
  return { is: isWell(look) ? "by_itself" : "still_failing" };
}

/** What has become of the template since, whichever tool would have brought the earlier one back: undefined while it is as it was. */
function templateSince({ plan, template }: Decision, { workload }: WorkloadState): "same" | "other" | undefined {
  const present = presentTemplate(workload);
  if (present === template) return undefined;
  return "after" in plan && plan.after.template === present ? "same" : "other";
}

type Scaling = Extract<Decision["plan"], { scale: object }>["scale"];

/** What has become of the size since: undefined while it is as it was. As large as it would have become, or larger, is the same. */
function sizedSince(scale: Scaling, { hpa, kind, workload }: WorkloadState): "same" | "other" | undefined {
  const [from, to] = scale.target === "hpa" ? [scale.from.max, scale.to.max] : [scale.from, scale.to];
  const scaledByHpa = scale.target === "hpa";
  const present = scaledByHpa ? (hpa === undefined ? undefined : boundsOf(hpa).max) : kind.wanted(workload);
  if (present === from) return undefined;
  return present !== undefined && (to > from ? present >= to : present <= to) ? "same" : "other";
}

/** How long after the decision that was changed which the remedy would have changed; absent where nothing tells. */
function secondsOf({ at, plan }: Decision, { hpa, workload }: WorkloadState): { seconds?: number } {
  const writer = !("scale" in plan)
    ? lastWriter(workload.metadata, ["spec", "template"])
    : plan.scale.target === "hpa"
      ? lastWriter(hpa?.metadata, ["spec", "maxReplicas"])
      : lastWriter(workload.metadata, ["spec", "replicas"]);
  const seconds = writer === undefined ? -1 : secondsFrom(at, writer.at);
  return seconds < 0 ? {} : { seconds };
}

function isWell({ kind, workload, pods }: WorkloadState): boolean {
  return rolloutGaps(kind, workload).length === 0 && !pods.some(isFailing);
}

function secondsFrom(at: string, moment: Date): number {
  return Math.round((moment.getTime() - Date.parse(at)) / 1_000);
}
