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

/**
 * What the scheduler says of such a pod again and again. An autoscaler that says it as well has taken back what it said before.
 * Source: karpenter pkg/controllers/provisioning/scheduling/events.go, PodFailedToScheduleEvent
 */
const FAILED_SCHEDULING = "FailedScheduling";

/** Whether an Event is an autoscaler's word on a pod: on this one, not on one that had its name before. */
export function isOfAutoscaler(event: KubernetesEvent, pod: Pod): boolean {
  return AUTOSCALERS_SAY.has(event.reason ?? "") && isOn(event, pod);
}

/** Whether it is about this pod. */
function isOn({ involvedObject, ...event }: KubernetesEvent, { metadata }: Pod): boolean {
  if (involvedObject.name !== metadata?.name) return false;
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
    .map((pod) => wordsOn(pod, events))
    .filter((said) => said.length > 0);
  const coming = words.map((said) => comingBy(said, now));
  return coming.includes(undefined) ? undefined : coming[0];
}

/** What autoscalers say of a pod, the newest first. */
function wordsOn(pod: Pod, events: readonly KubernetesEvent[]): KubernetesEvent[] {
  const said = events.filter((event) => isOfAutoscaler(event, pod));
  const speakers = new Set(said.map(speakerOf));
  const takenBack = events.filter(
    (event) => event.reason === FAILED_SCHEDULING && speakers.has(speakerOf(event)) && isOn(event, pod),
  );
  return [...said, ...takenBack].sort((a, b) => timeOf(b) - timeOf(a));
}

/** Which component an Event is of. */
function speakerOf({ reportingComponent, source }: KubernetesEvent): string {
  return source?.component ?? reportingComponent ?? "";
}

/**
 * That one of the autoscalers brings a node: where there are several, each speaks of its own nodes alone.
 * @param said what is said of one pod, the newest first
 */
function comingBy(said: readonly KubernetesEvent[], now: Date): NodeOnItsWay | undefined {
  const each = [...Map.groupBy(said, speakerOf).values()];
  return each.map((own) => comingByOne(own, now)).find((coming) => coming !== undefined);
}

function comingByOne(said: readonly KubernetesEvent[], now: Date): NodeOnItsWay | undefined {
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
