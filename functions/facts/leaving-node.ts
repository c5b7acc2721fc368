import type { Node } from "../shared/kubernetes/types.ts";
import { isEndedByProbe } from "./container-ends.ts";
import type { Evidence } from "./evidence.ts";
import type { FailingPod } from "./failing-pod.ts";

/** What a container ends with that is asked to by SIGTERM, and does not say otherwise: 128 and the number of the signal. */
const ASKED_TO_END = 143;

/**
 * The taints by which an autoscaler marks a node that it takes away.
 * Source: kubernetes/autoscaler cluster-autoscaler/utils/taints; karpenter pkg/apis/v1/taints.go
 */
const TAKEN_AWAY: ReadonlySet<string> = new Set(["ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted"]);

/**
 * The node of a pod that is being emptied, where all that fails of the pod ended as what is asked to end does, and no probe is known
 * to have failed for which the kubelet asks likewise: such an end says nothing of what runs there. Undefined where one of it is not so.
 */
export function leavingNodeOf(failing: FailingPod, { surroundings }: Evidence): string | undefined {
  const { pod, failures } = failing;
  const node = surroundings.nodes.find(({ metadata }) => metadata?.name === (pod.spec?.nodeName ?? ""));
  if (node === undefined || !isLeaving(node)) return undefined;
  if (!failures.every(({ exitCode }) => exitCode === ASKED_TO_END)) return undefined;
  return isEndedByProbe(failing, surroundings.events) ? undefined : node.metadata?.name;
}

/** Whether somebody has cordoned the node, or an autoscaler takes it away. */
function isLeaving({ metadata, spec }: Node): boolean {
  const isMarked = (spec?.taints ?? []).some(({ key }) => TAKEN_AWAY.has(key));
  return spec?.unschedulable === true || isMarked || metadata?.deletionTimestamp !== undefined;
}
