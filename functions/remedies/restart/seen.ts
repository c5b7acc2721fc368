import type { WorkloadState } from "../../facts/state.ts";
import type { Diagnosis } from "../../run/contracts.ts";
import { isTerminating } from "../../shared/kubernetes/pods.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { RestartChange, RestartPlan } from "./contract.ts";

/** The pods of a plan that are gone or going. */
export function seen({ mode, pods }: RestartPlan, state: WorkloadState): RestartChange | undefined {
  const there = new Set(state.pods.filter((pod) => !isTerminating(pod)).map(({ metadata }) => metadata?.uid));
  const gone = pods.filter(({ uid }) => !there.has(uid));
  return gone.length === 0 ? undefined : { kind: "restart", mode, pods: gone };
}

/** Pods that are made from another template than those that were restarted say nothing of the restart. */
export function overtaken(
  _change: RestartChange,
  { workload }: WorkloadState,
  diagnosis: Diagnosis | undefined,
): string | undefined {
  if (diagnosis?.template === undefined || presentTemplate(workload) === diagnosis.template) return undefined;
  return "its pod template is another one than when its pods were restarted";
}

/** Pods that the restart removed, or that a clean-up did not get to, and that are still there. */
export function gaps(
  change: RestartChange,
  { pods }: WorkloadState,
  diagnosis: Pick<Diagnosis, "remedy"> | undefined,
): string[] {
  const chosen = diagnosis?.remedy.action === "restart" ? diagnosis.remedy : undefined;
  const targets = chosen?.mode === "clean_up" ? chosen.pods : change.pods;
  const removed = new Set(targets.map(({ uid }) => uid));
  return pods
    .filter((pod) => removed.has(pod.metadata?.uid ?? ""))
    .map((pod) => `pod ${pod.metadata?.name ?? ""} is not gone yet`);
}
