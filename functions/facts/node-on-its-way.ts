import { timeOf, type KubernetesEvent } from "../run/event.ts";
import { podCondition } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";

/**
 * What autoscalers say of a pod that no node takes, and whether a node is on its way then.
 * Source: kubernetes/autoscaler cluster-autoscaler/processors/status/eventing_scale_up_processor.go; karpenter
 * pkg/controllers/provisioning/scheduling/events.go
 */
const AUTOSCALERS_SAY: ReadonlyMap<string, boolean> = new Map([
  ["TriggeredScaleUp", true],
  ["Nominated", true],
  ["NotTriggerScaleUp", false],
]);

/**
 * How long a node may be on its way, in seconds: then both give it up.
 * Source: cluster-autoscaler's `--max-node-provision-time`; karpenter pkg/controllers/nodeclaim/lifecycle/liveness.go
 */
const PROVISION_SECONDS = 900;

/** Whether the scheduler has found no node for a pod. */
export function isUnschedulable(pod: Pod): boolean {
  return podCondition(pod, "PodScheduled")?.reason === "Unschedulable";
}

/** Whether an Event is an autoscaler's word on a pod: on this one, not on one that had its name before. */
export function isOfAutoscaler({ reason = "", involvedObject, ...event }: KubernetesEvent, { metadata }: Pod): boolean {
  if (!AUTOSCALERS_SAY.has(reason) || involvedObject.name !== metadata?.name) return false;
  if (involvedObject.uid !== undefined) return involvedObject.uid === metadata?.uid;
  return timeOf({ involvedObject, ...event }) >= Date.parse(String(metadata?.creationTimestamp));
}

/**
 * What an autoscaler says last of the pods that no node takes, where it brings a node for each of those that it was asked
 * about; undefined where it does not, says nothing, or has had its time.
 */
export function nodeOnItsWay(
  events: readonly KubernetesEvent[],
  pods: readonly Pod[],
  now: Date,
): KubernetesEvent | undefined {
  const latest = pods.filter(isUnschedulable).flatMap((pod) => {
    const said = events.filter((event) => isOfAutoscaler(event, pod));
    return said.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, 1);
  });
  const isComing = (event: KubernetesEvent) =>
    AUTOSCALERS_SAY.get(event.reason ?? "") === true && now.getTime() - timeOf(event) <= PROVISION_SECONDS * 1_000;
  return latest.every(isComing) ? latest[0] : undefined;
}
