import type { PodTemplate, Workload } from "../../shared/kubernetes/types.ts";
import type { RevisionRef } from "../../shared/refs.ts";
import { conditionOf, type Condition } from "../status.ts";

/** A step of a canary, as far as it is looked at: all but a weight may wait for something else than pods. */
export type CanaryStep = Record<string, unknown> & { pause?: { duration?: string | number } };

/** A Rollout, as far as it is looked at. Source: argo-rollouts pkg/apis/rollouts/v1alpha1/types.go */
export interface Rollout extends Workload {
  spec?: {
    replicas?: number;
    paused?: boolean;
    progressDeadlineSeconds?: number;
    template?: PodTemplate;
    /** The object that holds the pod template in its stead. */
    workloadRef?: { kind?: string; name?: string };
    /** Within so many revisions, its controller goes back to an earlier one past every step. */
    rollbackWindow?: { revisions?: number };
    strategy?: {
      canary?: {
        steps?: CanaryStep[];
        analysis?: object;
        trafficRouting?: object;
        /** Whether what was promoted last is scaled down as much as new pods are sent to. */
        dynamicStableScale?: boolean;
        abortScaleDownDelaySeconds?: number;
      };
      blueGreen?: {
        abortScaleDownDelaySeconds?: number;
        autoPromotionEnabled?: boolean;
        autoPromotionSeconds?: number;
        prePromotionAnalysis?: object;
        postPromotionAnalysis?: object;
      };
    };
  } & Workload["spec"];
  status?: {
    /** A text, unlike that of the kinds of Kubernetes. */
    observedGeneration?: string;
    phase?: string;
    abort?: boolean;
    /** When it was aborted: as long as it stays aborted, its controller leaves that as it is. */
    abortedAt?: string;
    /** Whether somebody has asked for its promotion past every step. */
    promoteFull?: boolean;
    /** What a router sends where, where there is one. */
    canary?: { weights?: { canary?: { weight?: number }; stable?: { weight?: number } } };
    /** Which revision's pods get what is sent to it. */
    blueGreen?: { activeSelector?: string };
    /** The hash of the present template's ReplicaSet, and of the one that was promoted last. */
    currentPodHash?: string;
    stableRS?: string;
    controllerPause?: boolean;
    pauseConditions?: { reason?: string; startTime?: string }[];
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    conditions?: Condition[];
  };
}

/** Where it stands that it was aborted, as a path of field names. */
export const ABORT = ["status", "abort"];

export function hasSeenSpec({ metadata, status }: Rollout): boolean {
  return status?.observedGeneration === String(metadata?.generation ?? 0);
}

export function wanted({ spec }: Rollout): number {
  return spec?.replicas ?? 1;
}

/** Whether the revision that was promoted last is the present one. */
export function isPromoted({ status }: Rollout): boolean {
  return (status?.stableRS ?? "") !== "" && status?.stableRS === status?.currentPodHash;
}

export function isAborted({ status }: Rollout): boolean {
  return status?.abort === true;
}

/** Whether its controller has given the rollout up: it was aborted, is past its deadline, or has a spec that cannot be. */
export function isGivenUp(rollout: Rollout): boolean {
  return isAborted(rollout) || rollout.status?.phase === "Degraded";
}

/**
 * What its controller finds wrong with its spec, or with what that refers to, for which it does nothing at all until it is mended.
 * Source: argo-rollouts rollout/controller.go, newRolloutContext
 */
export function invalidSpec({ status }: Rollout): Condition | undefined {
  return conditionOf(status?.conditions, "InvalidSpec");
}

/** Whether it waits at a step, or for somebody to promote it. */
export function isWaiting({ spec, status }: Rollout): boolean {
  return spec?.paused === true || (status?.pauseConditions ?? []).length > 0;
}

/**
 * Whether what is sent to it gets to a revision, as far as its status tells: to all of them, unless its active Service selects another
 * one, or a router sends nothing to the one that was promoted last.
 */
export function isSentTo({ spec, status }: Rollout, revision: Pick<RevisionRef, "name">): boolean {
  const { blueGreen, canary } = status ?? {};
  if (spec?.strategy?.blueGreen !== undefined) {
    return (blueGreen?.activeSelector ?? "") === "" || isOf(blueGreen?.activeSelector, revision);
  }
  return canary?.weights?.stable?.weight !== 0 || !isStable(status, revision);
}

/** Whether a revision is the one that was promoted last. */
export function isStable(status: Rollout["status"], revision: Pick<RevisionRef, "name">): boolean {
  return isOf(status?.stableRS, revision);
}

/** Whether a ReplicaSet is that of the hash, with which its controller ends its name. */
export function isOf(hash: string | undefined, { name }: Pick<RevisionRef, "name">): boolean {
  return hash !== undefined && hash !== "" && name.endsWith(`-${hash}`);
}
