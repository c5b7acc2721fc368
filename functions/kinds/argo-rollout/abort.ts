import type { RevisionRef } from "../../shared/refs.ts";
import type { Made } from "../kind.ts";
import { count } from "../../shared/text.ts";
import { short } from "../gaps.ts";
import { conditionOf } from "../status.ts";
import { hasSeenSpec, invalidSpec, isAborted, isPromoted, isStable, wanted, type Rollout } from "./rollout.ts";

/** How long its controller leaves the pods of an aborted revision. Source: argo-rollouts utils/defaults/defaults.go */
const DEFAULT_KEPT_SECONDS = 30;

/**
 * The command that goes back to a revision by an abort, which is kept in the status: the spec stays as its owner has it.
 * Undefined where an abort would not lead there.
 * Source: argo-rollouts pkg/kubectl-argo-rollouts/cmd/abort/abort.go
 */
export function goesBack(rollout: Rollout, to: RevisionRef, made: Made): string[] | undefined {
  const { metadata } = rollout;
  if (!hasSeenSpec(rollout) || !leadsBack(rollout, to) || isWithinWindow(rollout, to, made)) return undefined;
  if (mayNeverGiveWay(rollout)) return undefined;
  return ["kubectl", "argo", "rollouts", "abort", metadata?.name ?? "", "-n", metadata?.namespace ?? ""];
}

/**
 * Whether an abort leads to a revision: to none but what was promoted last, while another is on its way. It does not
 * - where somebody has asked for the full promotion, for which its controller takes each abort away again;
 * - while its spec is invalid, for which its controller does nothing;
 * - where a blue-green Rollout sends to the new revision already: while that is not whole, its controller does not have anything
 *   sent back for an abort, and takes the pods away all the same.
 *
 * Source: argo-rollouts rollout/canary.go and bluegreen.go, syncRolloutStatus; rollout/service.go, reconcileActiveService
 */
export function leadsBack(rollout: Rollout, to: RevisionRef): boolean {
  const { status } = rollout;
  if (isPromoted(rollout) || isAborted(rollout) || status?.promoteFull === true) return false;
  if (invalidSpec(rollout) !== undefined) return false;
  return sendsToStable(rollout) && isStable(status, to);
}

/**
 * Whether its controller takes the present revision for an earlier one to go back to past every step, and takes each abort of
 * that away. Source: argo-rollouts rollout/sync.go, isRollbackWithinWindow
 */
export function isWithinWindow({ spec }: Rollout, { name }: RevisionRef, { current, revisions }: Made): boolean {
  const stable = revisions.find((revision) => revision.name === name);
  const isEarlier = stable !== undefined && current !== undefined && current.created < stable.created;
  return (spec?.rollbackWindow?.revisions ?? 0) > 0 && isEarlier;
}

/**
 * Whether an abort may come to no end, with what is sent going on to the aborted revision: where the pods that were promoted last give
 * way to new ones one by one, its controller lets these go only once the former are whole again, for which it waits for these to go.
 * Versions differ in when. Source: argo-rollouts rollout/replicaset.go, reconcileNewReplicaSet; utils/replicaset/canary.go,
 * GetDesiredCanaryWeight
 */
export function mayNeverGiveWay({ spec }: Rollout): boolean {
  const { trafficRouting, dynamicStableScale, abortScaleDownDelaySeconds = 0 } = spec?.strategy?.canary ?? {};
  return trafficRouting !== undefined && dynamicStableScale === true && abortScaleDownDelaySeconds > 0;
}

/** Whether its controller has an aborted revision give way to what was promoted last, and sends to that alone. */
export function hasGivenWay(rollout: Rollout): boolean {
  const isThere = (rollout.status?.stableRS ?? "") !== "" && !isPromoted(rollout);
  return isThere && isAborted(rollout) && sendsToStable(rollout);
}

/** Whether what is sent goes to what was promoted last, as far as its status tells. */
function sendsToStable({ spec, status }: Rollout): boolean {
  if (spec?.strategy?.blueGreen === undefined) return true;
  return status?.blueGreen?.activeSelector === status?.stableRS;
}

/** For how long the pods of an aborted revision stay, in seconds; infinite where somebody wants them to stay. */
export function keptAfterAbort({ spec }: Rollout): number {
  const { canary, blueGreen } = spec?.strategy ?? {};
  if (blueGreen === undefined && canary?.trafficRouting === undefined) return 0;
  const seconds = (blueGreen ?? canary)?.abortScaleDownDelaySeconds ?? DEFAULT_KEPT_SECONDS;
  return seconds === 0 ? Infinity : seconds;
}

/** Whether its controller has taken up that it is aborted, or that it is not any more, as its condition tells. */
export function isTakenUp(rollout: Rollout): boolean {
  const isToldAborted = conditionOf(rollout.status?.conditions, "Progressing")?.reason === "RolloutAborted";
  return isToldAborted === isAborted(rollout);
}

/**
 * What an aborted Rollout lacks until what was promoted last serves alone. Its controller calls it degraded until it gets
 * another template: that is how an abort ends.
 */
export function abortGaps(rollout: Rollout): string[] {
  const { status } = rollout;
  if (!isTakenUp(rollout)) return ["its controller has not taken up yet that it was aborted"];
  const available = short("available", Math.min(status?.availableReplicas ?? 0, wanted(rollout)), wanted(rollout));
  const left = Number.isFinite(keptAfterAbort(rollout)) ? (status?.updatedReplicas ?? 0) : 0;
  const weight = status?.canary?.weights?.canary?.weight ?? 0;
  return [
    ...available,
    ...(left > 0 ? [`${count(left, "replica")} of the aborted revision left`] : []),
    ...(weight > 0 ? [`a weight of ${weight} is still sent to the aborted revision`] : []),
    ...(sendsToStable(rollout) ? [] : ["what is sent still goes to the aborted revision"]),
  ];
}
