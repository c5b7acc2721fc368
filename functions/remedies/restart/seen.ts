import type { WorkloadState } from "../../facts/state.ts";
import type { Diagnosis } from "../../run/contracts.ts";
import { isOlderThan } from "../../shared/kubernetes/failures.ts";
import { isLeftover, isReady, isTerminating, readySince } from "../../shared/kubernetes/pods.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import type { PodTarget } from "../../shared/refs.ts";
import type { RestartChange, RestartPlan } from "./contract.ts";

/** The pods of a plan that are gone or going. */
export function seen(plan: RestartPlan, state: WorkloadState): RestartChange | undefined {
  const there = new Set(state.pods.filter((pod) => !isTerminating(pod)).map(({ metadata }) => metadata?.uid));
  const gone = plan.pods.filter(({ uid }) => !there.has(uid));
  return gone.length === 0 ? undefined : changeOf(plan, gone);
}

/** What was done of a plan where these of its pods went. */
export function changeOf({ action: kind, ...plan }: RestartPlan, pods: PodTarget[]): RestartChange {
  return { kind, ...plan, pods };
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

/**
 * Whether the next pod of the plan may go: the pods that went before are replaced, every pod but those that are left is ready
 * and has been so for as long as the workload asks for, and one that is left still fails. Of a clean-up: those that it removed are
 * gone, and others are still there.
 */
export function goesOn(
  change: RestartChange,
  { kind, workload, pods }: WorkloadState,
  diagnosis: Pick<Diagnosis, "remedy"> | undefined,
  now: Date,
): boolean {
  const plan = diagnosis?.remedy.action === "restart" ? diagnosis.remedy : undefined;
  if (plan === undefined) return false;
  if (plan.mode === "clean_up") return isThere(pods, without(plan.pods, change.pods)) && !isThere(pods, change.pods);
  const left = new Set(without(plan.pods, change.pods).map(({ uid }) => uid));
  const present = pods.filter((pod) => !isLeftover(pod));
  const waiting = present.filter((pod) => left.has(pod.metadata?.uid ?? "") && !isReady(pod) && !isTerminating(pod));
  const others = present.filter((pod) => !waiting.includes(pod));
  if (waiting.length === 0 || present.length < kind.wanted(workload)) return false;
  const { minReadySeconds = 0 } = workload.spec ?? {};
  return others.every(
    (pod) => !isTerminating(pod) && isReady(pod) && !isYounger(readySince(pod), minReadySeconds, now),
  );
}

function isThere(pods: WorkloadState["pods"], targets: readonly PodTarget[]): boolean {
  return pods.some(({ metadata }) => targets.some(({ uid }) => uid === metadata?.uid));
}

/** The pods of a plan without those that went already. */
export function without(pods: readonly PodTarget[], gone: readonly PodTarget[]): PodTarget[] {
  return pods.filter(({ uid }) => !gone.some((other) => other.uid === uid));
}

function isYounger(moment: string | undefined, seconds: number, now: Date): boolean {
  return seconds > 0 && !isOlderThan(moment, seconds, now);
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
