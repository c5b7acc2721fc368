import type { WorkloadState } from "../facts/state.ts";
import { planOf, rollsOut } from "../remedies/remedies.ts";
import type { WorkloadRun } from "../run/contracts.ts";
import { byWhom } from "../shared/kubernetes/managed-fields.ts";

/**
 * What somebody has done to the workload while a remedy settled, so that nothing more can be seen of the remedy, though what
 * it had set is still there: switched it off, or kept it from being rolled out. Undefined when nobody has.
 */
export function interruption(
  { diagnosis, incident }: WorkloadRun,
  { kind, workload }: WorkloadState,
): string | undefined {
  const { metadata } = workload;
  const whoWrote = (...path: string[]) => byWhom(metadata, ["spec", ...path]);
  if (metadata?.deletionTimestamp !== undefined) return "it is being deleted";
  // One that was to have none from the start was not switched off meanwhile.
  if (kind.wanted(workload) === 0 && diagnosis?.wanted !== 0) {
    if (kind.onePerNode === true) return "no node is to run a pod of it any more";
    return `it was switched off meanwhile: it is to have 0 replicas${whoWrote("replicas")}`;
  }
  const plan = planOf(diagnosis?.remedy);
  if (plan === undefined || !rollsOut(plan, incident.workload)) return undefined;
  if (kind.isPaused(workload)) return `its rollout was paused meanwhile${whoWrote("paused")}`;
  if (kind.rollsOutByItself(workload)) return undefined;
  return `its update strategy leaves its pods to be replaced by hand by now${whoWrote("updateStrategy")}`;
}

/** Whether the object of that name is another one than was diagnosed. */
export function isMadeAnew({ diagnosis }: WorkloadRun, { workload: { metadata } }: WorkloadState): boolean {
  const { workload_uid: uid } = diagnosis ?? {};
  return uid !== undefined && metadata?.uid !== undefined && metadata.uid !== uid;
}
