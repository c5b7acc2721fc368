import type { Evidence } from "../facts/evidence.ts";
import { isUnschedulable } from "../facts/node-on-its-way.ts";
import { isStartedAgain } from "../kinds/failing/container-spec.ts";
import { kindOf } from "../kinds/kinds.ts";
import { isTerminating, podCondition } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { count, some } from "../shared/text.ts";

/** How many gates, or containers, a sentence names. */
const NAMED = 3;

/** What holds pods back that fail in no way, and what a person can do about it. */
interface Gated {
  /** The end of a sentence. */
  means: string;
  advice: string;
}

/**
 * That pods are not scheduled before somebody takes their scheduling gates off; undefined when none waits for that.
 * Source: kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness
 */
function gated(pods: readonly Pod[]): Gated | undefined {
  const held = pods.filter((pod) => podCondition(pod, "PodScheduled")?.reason === "SchedulingGated");
  if (held.length === 0) return undefined;
  const gates = [...new Set(held.flatMap(({ spec }) => (spec?.schedulingGates ?? []).map(({ name }) => name)))];
  const which = gates.length === 0 ? "" : ` (${some(gates, NAMED)})`;
  return {
    means: `${count(held.length, "pod")} ${held.length === 1 ? "is" : "are"} held back by scheduling gates${which}`,
    advice:
      "Whoever sets the gates takes them off, such as a controller of queues or quotas: look at that, or take them out of the pod template if they are not meant.",
  };
}

/**
 * That a workload was paused before it was ever rolled out, so that nothing is made from its template; undefined where that is not so.
 * Source: kubernetes pkg/controller/deployment/sync.go, where a paused one gets no ReplicaSet
 */
function pausedBefore({ incident, workload, holders }: Evidence): Gated | undefined {
  const kind = kindOf(incident.workload);
  if (workload === undefined || kind?.history?.controlsPods !== true || !kind.isPaused(workload)) return undefined;
  const resume = kind.commands.resume?.(incident.workload.namespace, incident.workload.name).join(" ");
  if (holders.length > 0 || resume === undefined) return undefined;
  return {
    means: "its rollout was paused before a pod was made",
    advice: `It gets its pods once it is resumed: ${resume}.`,
  };
}

/** That no node has taken pods which have time for that still; undefined when none waits for one. */
function nodeless(pods: readonly Pod[]): Gated | undefined {
  const [first, ...others] = pods.filter((pod) => !isTerminating(pod) && isUnschedulable(pod));
  if (first === undefined) return undefined;
  const { namespace = "", name = "" } = first.metadata ?? {};
  return {
    means: `no node has taken ${count(1 + others.length, "pod")} yet`,
    advice: `The scheduler says why: kubectl -n ${namespace} describe pod ${name}.`,
  };
}

/**
 * That pods which are to run on have ended without an error, since the restart policies of their containers do not have these
 * started again: their controller makes others in their place, which do the same. Undefined when none has.
 * Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle, "Individual container restart policy and rules"
 */
function done(pods: readonly Pod[]): Gated | undefined {
  const ended = pods.filter(
    (pod) =>
      pod.status?.phase === "Succeeded" &&
      pod.spec?.restartPolicy === "Always" &&
      !isTerminating(pod) &&
      pod.spec.containers.every((container) => !isStartedAgain(pod, container, 0)),
  );
  if (ended.length === 0) return undefined;
  const names = [...new Set(ended.flatMap(({ spec }) => (spec?.containers ?? []).map(({ name }) => name)))];
  return {
    means: `${count(ended.length, "pod")} ${ended.length === 1 ? "has" : "have"} ended without an error, and what ends so is not started again`,
    advice: `Let the containers run on, or take the restart policy of their own away (${some(names, NAMED)}), or make it a Job.`,
  };
}

/** What is known to hold back pods of a workload of which none fails. */
export function heldBack(evidence: Evidence): Gated | undefined {
  const { pods } = evidence;
  return gated(pods) ?? done(pods) ?? nodeless(pods) ?? pausedBefore(evidence);
}
