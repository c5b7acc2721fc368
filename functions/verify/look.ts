import { errorText } from "../shared/caught-error.ts";
import type { Change, Remedy, RemedyResult, WorkloadRun } from "../run/contracts.ts";
import { describeSize } from "../shared/kubernetes/hpa.ts";
import { isTerminating } from "../shared/kubernetes/pods.ts";
import type { Policy } from "../shared/policy.ts";
import { settling } from "../run/settling.ts";
import { count } from "../shared/text.ts";
import { hasSize, hasTemplate } from "./in-place.ts";
import type { WorkloadState } from "./state.ts";

/**
 * Tells what a remedy's step did that ended with an error: it may have evicted some pods before it was refused the next,
 * or its answer may have been lost after its write took effect. What is found is verified, and undone, like any remedy.
 */
export function lookWhatWasDone(run: WorkloadRun, state: WorkloadState, policy: Policy, now: Date): RemedyResult {
  const plan = settling(run, policy, now);
  const remedy = run.diagnosis?.remedy;
  const change = remedy === undefined || run.dry_run ? undefined : changeFound(remedy, state);
  const failed = run.remedy_error;
  const ended = failed === undefined ? "" : ` Its step ended with ${failed.Error}: ${errorText(failed)}`;
  return change === undefined
    ? { status: "failed", message: `The remedy was not applied.${ended}`, ...plan }
    : { status: "applied", message: `${describe(change)}${ended}`, change, ...plan };
}

/** The part of the remedy that the cluster shows; undefined when it shows nothing of it. */
function changeFound(remedy: Remedy, state: WorkloadState): Change | undefined {
  const there = new Set(state.pods.filter((pod) => !isTerminating(pod)).map(({ metadata }) => metadata?.uid));
  switch (remedy.action) {
    case "restart": {
      const gone = remedy.pods.filter(({ uid }) => !there.has(uid));
      return gone.length === 0 ? undefined : { kind: "restart", mode: remedy.mode, pods: gone };
    }
    case "rollback": {
      const { from, to, unblock } = remedy;
      if (!hasTemplate(state, to)) return undefined;
      return { kind: "rollback", before: from, after: to, unblocked: unblock.filter(({ uid }) => !there.has(uid)) };
    }
    case "scale":
      return hasSize(state, remedy.scale, "to") ? { kind: "scale", scale: remedy.scale } : undefined;
    case "none":
      return undefined;
  }
}

function describe(change: Change): string {
  switch (change.kind) {
    case "restart":
      return `${count(change.pods.length, "pod")} of those to be replaced ${change.pods.length === 1 ? "is" : "are"} gone.`;
    case "rollback":
      return `The template of revision ${change.after.revision} is in place of that of revision ${change.before.revision}.`;
    case "scale":
      return `It was scaled from ${describeSize(change.scale.from)} to ${describeSize(change.scale.to)}.`;
  }
}
