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

/** That an autoscaler brings a node. */
export interface NodeOnItsWay {
  /** What it said last. */
  event: KubernetesEvent;
  /** When it said so first. */
  since: Date;
}

/**
 * That an autoscaler brings a node for each of the pods that no node takes and that it says something of; undefined where it does
 * not, says nothing, or has had its time: however often it says so again.
 */
export function nodeOnItsWay(
  events: readonly KubernetesEvent[],
  pods: readonly Pod[],
  now: Date,
): NodeOnItsWay | undefined {
  const words = pods
    .filter(isUnschedulable)
    .map((pod) => events.filter((event) => isOfAutoscaler(event, pod)).toSorted((a, b) => timeOf(b) - timeOf(a)))
    .filter((said) => said.length > 0);
  const coming = words.map((said) => comingBy(said, now));
  return coming.includes(undefined) ? undefined : coming[0];
}

/** @param said what is said of one pod, the newest first */
function comingBy(said: readonly KubernetesEvent[], now: Date): NodeOnItsWay | undefined {
  const promises = said.filter(isPromise);
  const [event] = said;
  if (event === undefined || !isPromise(event)) return undefined;
  const since = Math.min(...promises.map(firstTimeOf));
  return now.getTime() - since > PROVISION_SECONDS * 1_000 ? undefined : { event, since: new Date(since) };
}

function isPromise({ reason = "" }: KubernetesEvent): boolean {
  return AUTOSCALERS_SAY.get(reason) === true;
}

/** When an Event was first seen, in milliseconds. */
function firstTimeOf(event: KubernetesEvent): number {
  const time = Date.parse(String(event.firstTimestamp ?? event.eventTime));
  return Number.isNaN(time) ? timeOf(event) : time;
}
