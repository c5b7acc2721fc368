import type { Policy } from "../../shared/policy.ts";
import { isSidecar, isStartedAgain, isStartedSidecar } from "./container-spec.ts";
import { isJobPod } from "../../shared/kubernetes/owners.ts";
import { failure, isOlderThan, type Failure } from "../../shared/kubernetes/failures.ts";
import { heldOpen } from "./held-open.ts";
import { NODE_LOST, NODE_NOT_READY, podFailures } from "./pod-failures.ts";
import { startWindow } from "./probes.ts";
import { repeatedRestarts } from "./repeated-restarts.ts";
import { unmetGates } from "./readiness-gates.ts";
import { containerStatuses, isReady, isTerminating, podCondition, readySince } from "../../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../../shared/kubernetes/types.ts";

/** The reason of a pod that is late by the policy, and not by its own probes. */
export const STILL_STARTING = "StillStarting";

/** How a pod is late that its node does nothing for. */
const LATE_BY_NODE: ReadonlySet<string> = new Set(["ContainersNotReady", "ContainerCreating", "PodInitializing"]);
/** How long before its node says that it is not ready a pod may fail by it: a kubelet takes minutes to notice. */
export const NODE_SLACK_MS = 300_000;

/** What a status is read against: the moment, the policy's deadlines, and the nodes that are known to be lost or not ready. */
export interface Moment {
  now: Date;
  deadlines: Policy["detect"];
  /** Since when each lost node has not reported, by its name. */
  lostNodes?: ReadonlyMap<string, string>;
  /** Since when each node that says so has not been ready, by its name. */
  unreadyNodes?: ReadonlyMap<string, string> | undefined;
  /** The names of pods that an earlier look saw fail: one more end of a container in them is no accident. */
  seenFailing?: ReadonlySet<string>;
}

/** Every way in which a pod fails at this moment. */
export function failuresOf(pod: Pod, moment: Moment): Failure[] {
  const failures = podFailures(pod);
  return failures.length > 0 ? failures : overdueFailures(pod, moment);
}

/** The ways in which a pod has taken longer over something than it may, or has done the same too often. */
export function overdueFailures(pod: Pod, moment: Moment): Failure[] {
  if (isTerminating(pod)) return stuckTerminating(pod, moment);
  const phase = pod.status?.phase;
  if (phase === "Succeeded" || phase === "Failed") return [];
  const lost = onLostNode(pod, moment);
  if (lost.length > 0) return lost;
  if (phase !== "Running") return byItsNode(pod, stuckStarting(pod, moment), moment);
  const late = byItsNode(pod, unready(pod, moment), moment);
  const seenFailing = moment.seenFailing?.has(pod.metadata?.name ?? "") === true;
  return late.length > 0 ? late : repeatedRestarts(pod, moment.now, seenFailing);
}

/** Deletion that finalizers, or a kubelet that does not answer, hold up. */
function stuckTerminating(pod: Pod, { now, deadlines, lostNodes }: Moment): Failure[] {
  // The API server sets it to the end of the grace period.
  const due = pod.metadata?.deletionTimestamp;
  if (!isOlderThan(due, deadlines.terminating_seconds, now)) return [];
  const finalizers = pod.metadata?.finalizers ?? [];
  const node = pod.spec?.nodeName;
  const why = [
    ...(finalizers.length === 0 ? [] : [`finalizers: ${finalizers.join(", ")}`]),
    ...(node === undefined ? [] : [`node ${node}${lostNodes?.has(node) === true ? ", which is lost" : ""}`]),
  ];
  return [
    failure({ reason: "Terminating", message: `still there past its grace period (${why.join("; ")})`, since: due }),
  ];
}

function onLostNode(pod: Pod, { lostNodes }: Moment): Failure[] {
  const node = pod.spec?.nodeName;
  const since = node === undefined ? undefined : lostNodes?.get(node);
  if (node === undefined || since === undefined) return [];
  return [failure({ reason: NODE_LOST, message: `node ${node} has not reported since ${since}`, since })];
}

/**
 * Tells of the node instead, where a pod is late in no way of its own and its node is not ready since about then: its kubelet
 * may start, probe and end nothing.
 */
function byItsNode(pod: Pod, failures: Failure[], { unreadyNodes }: Moment): Failure[] {
  const node = pod.spec?.nodeName;
  const unready = node === undefined ? undefined : unreadyNodes?.get(node);
  if (node === undefined || unready === undefined) return failures;
  const from = Date.parse(unready) - NODE_SLACK_MS;
  return failures.map((late) =>
    LATE_BY_NODE.has(late.reason) && Date.parse(late.since ?? "") >= from
      ? failure({
          reason: NODE_NOT_READY,
          message: `node ${node} has not been ready since ${unready}`,
          since: late.since,
        })
      : late,
  );
}

/** A pod that is not scheduled, or whose containers are not created. */
function stuckStarting(pod: Pod, { now, deadlines }: Moment): Failure[] {
  const scheduled = podCondition(pod, "PodScheduled");
  if (scheduled?.reason === "SchedulingGated") return [];
  const since = startingSince(pod);
  if (!isOlderThan(since, deadlines.starting_seconds, now)) return [];
  if (scheduled?.status !== "True") {
    return [failure({ reason: scheduled?.reason ?? "Pending", message: scheduled?.message, since })];
  }
  const stuck = containerStatuses(pod).find(
    (status) => !status.ready && status.state?.terminated?.exitCode !== 0 && !isStartedSidecar(pod, status),
  );
  const starting = stuck === undefined ? undefined : stillStarting(pod, stuck, now, since);
  if (starting !== undefined) return [starting];
  return [
    failure({
      reason: stuck?.state?.waiting?.reason ?? (isInit(pod, stuck) ? "PodInitializing" : "ContainerCreating"),
      container: stuck?.name,
      message: stuck?.state?.waiting?.message,
      since,
    }),
  ];
}

/** Since when a pod has been starting: one whose sandbox is made again, as after a restart of its node, begins anew. */
function startingSince(pod: Pod): string | undefined {
  const scheduled = podCondition(pod, "PodScheduled")?.lastTransitionTime ?? pod.metadata?.creationTimestamp;
  const unready = isReady(pod) ? undefined : readySince(pod);
  return Date.parse(unready ?? "") > Date.parse(scheduled ?? "") ? unready : scheduled;
}

/**
 * Containers that run and are not ready, or wait for a reason that nobody has heard of; or a readiness that others than the
 * containers decide. A container that its own probes still give time is told apart.
 */
function unready(pod: Pod, { now, deadlines }: Moment): Failure[] {
  const ready = podCondition(pod, "Ready");
  if (ready?.status !== "False" || !isOlderThan(ready.lastTransitionTime, deadlines.unready_seconds, now)) return [];
  const unready = [
    ...(pod.status?.initContainerStatuses ?? []).filter((status) => isSidecar(pod, status)),
    ...(pod.status?.containerStatuses ?? []),
  ].filter((status) => !status.ready);
  // A container that is done by design keeps its pod unready until the others are done, too: for ever where these run on.
  const undone = unready.filter((status) => status.state?.terminated?.exitCode !== 0 || isMissed(pod, status));
  if (unready.length > 0 && undone.length === 0) return isJobPod(pod) ? heldOpen(pod, ready.lastTransitionTime) : [];
  const starting = undone.map((status) => stillStarting(pod, status, now, ready.lastTransitionTime));
  const late = undone.find((_status, index) => starting[index] === undefined);
  const early = starting.find((found) => found !== undefined);
  if (late === undefined && early !== undefined) return [early];
  return [
    failure({
      reason: late?.state?.waiting?.reason ?? ready.reason ?? "ContainersNotReady",
      container: late?.name,
      message:
        (late === undefined ? unmetGates(pod) : undefined) ??
        (late !== undefined && isMissed(pod, late) ? MISSED : ready.message),
      restarts: late?.restartCount,
      since: ready.lastTransitionTime,
    }),
  ];
}

const MISSED = "it has ended without an error, and its own restart policy does not have it started again";

/** Whether a container has ended without an error, and is not started again though its pod is to run on. */
function isMissed(pod: Pod, status: ContainerStatus): boolean {
  const isDone = status.state?.terminated?.exitCode === 0;
  return isDone && pod.spec?.restartPolicy === "Always" && !isStartedAgain(pod, status, 0);
}

/** A container that runs, is not ready, and has the time for that by its own probes. */
function stillStarting(pod: Pod, status: ContainerStatus, now: Date, since: string | undefined): Failure | undefined {
  const window = startWindow(pod, status);
  if (window === undefined || now.getTime() >= Date.parse(window.until)) return undefined;
  return failure({
    reason: STILL_STARTING,
    container: status.name,
    message: `${window.because}, until ${window.until}`,
    restarts: status.restartCount,
    since,
  });
}

function isInit(pod: Pod, status: ContainerStatus | undefined): boolean {
  return status !== undefined && pod.status?.initContainerStatuses?.includes(status) === true;
}
