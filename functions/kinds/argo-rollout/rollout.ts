import type { PodTemplate, Workload } from "../../shared/kubernetes/types.ts";
import type { Condition } from "../status.ts";

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
    strategy?: {
      canary?: { steps?: CanaryStep[]; analysis?: object; trafficRouting?: object };
      blueGreen?: {
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

/** Whether its controller has given the rollout up: it was aborted, is past its deadline, or has a spec that cannot be. */
export function isGivenUp({ status }: Rollout): boolean {
  return status?.abort === true || status?.phase === "Degraded";
}

/** Whether it waits at a step, or for somebody to promote it. */
export function isWaiting({ spec, status }: Rollout): boolean {
  return spec?.paused === true || (status?.pauseConditions ?? []).length > 0;
}
