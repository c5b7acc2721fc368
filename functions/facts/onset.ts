import { REPEATED_RESTARTS } from "../kinds/failing/repeated-restarts.ts";
import { startOfRun, wasNeverStarted } from "../kinds/failing/container-runs.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { containerStatuses, isReady, readySince, startOf } from "../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../shared/kubernetes/types.ts";

/** The kubelet's restart back-off: 10 s, doubled each time, at most 300 s. Source: pkg/kubelet/kubelet.go. */
const FIRST_BACK_OFF_SECONDS = 10;
const LONGEST_BACK_OFF_SECONDS = 300;

/** How long something ran well before it began to fail, in seconds, and how that is known. */
export interface StableTime {
  seconds: number;
  evidence: string;
  /** It is known of the revision by the workload's status, not of the pods that fail. */
  byStatus?: true;
  /** That nothing tells it, though there may have been such a time; the evidence says why. */
  isUnknown?: true;
}

const NOT_AT_ALL: StableTime = { seconds: 0, evidence: "" };

/**
 * How long a pod was ready before it began to fail: at most as long as the container ran that fails, and only while the
 * pod's condition does not say that it was unready. Neither what its init containers took, nor what another container did,
 * nor the time that a probe grants for the start is counted.
 *
 * Of a container that crashes again and again the status holds the last run alone. When it first crashed is estimated by
 * counting the kubelet's back-offs (and the runs between them) back from the last end. All but the last run is counted only
 * where the rollout was complete, the estimate only from then on; and the last run is no sign of health where the failure
 * is that all runs end likewise.
 *
 * @param rolledOut when the revision was completely rolled out, or undefined when it never was
 */
export function readyBeforeFailing(pod: Pod, failures: readonly Failure[], rolledOut: Date | undefined): StableTime {
  if (failures.length === 0) return NOT_AT_ALL;
  const names = new Set(failures.map(({ container }) => container));
  const known = containerStatuses(pod).filter(({ name }) => names.has(name));
  const times = (known.length === 0 ? (pod.status?.containerStatuses ?? []) : known).map((status) =>
    isInitial(pod, status)
      ? beforeStartingAgain(pod)
      : readyTime(pod, status, rolledOut, endsLikewise(failures, status)),
  );
  // The pod is ready only while all of its containers are.
  return times.length === 0 ? NOT_AT_ALL : times.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

function endsLikewise(failures: readonly Failure[], { name }: ContainerStatus): boolean {
  return failures.some(({ reason, container }) => container === name && reason === REPEATED_RESTARTS);
}

/** How long the pod can have been ready by what is known of one container. */
export function readyTime(
  pod: Pod,
  status: ContainerStatus,
  rolledOut: Date | undefined,
  allAlike = false,
): StableTime {
  const { name } = status;
  const where = `container ${name} of pod ${pod.metadata?.name ?? ""}`;
  const granted = secondsToStart(pod, name);
  const unready = unreadySince(pod);
  const counted = (from: number, until: number) => Math.max(0, (until - from) / 1_000 - granted);
  const times: StableTime[] = [];

  const running = time(status.state?.running?.startedAt);
  if (running !== undefined && unready !== undefined && rolledOut !== undefined) {
    const seconds = counted(running, unready);
    times.push({ seconds, evidence: `${where} ran for ${whole(seconds)} s before the pod stopped being ready` });
  }
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  const finished = time(ended?.finishedAt);
  const started = wasNeverStarted(ended) ? finished : startOfRun(ended);
  if (started !== undefined && finished !== undefined) {
    const run = counted(started, Math.min(finished, unready ?? finished));
    if (!allAlike) times.push({ seconds: run, evidence: `${where} ran for ${whole(run)} s before it last ended` });
    times.push(beforeFirstEnd());
  }
  return longestOf(times);

  function beforeFirstEnd(): StableTime {
    const begun = startOfContainers(pod);
    if (rolledOut === undefined || begun === undefined || started === undefined || finished === undefined) {
      return NOT_AT_ALL;
    }
    if (unready !== undefined && unready <= started) {
      const seconds = counted(begun, unready);
      return { seconds, evidence: `${where} ran for ${whole(seconds)} s before the pod stopped being ready` };
    }
    // One that runs again has ended once for each restart, one that does not once more. Where all runs are alike, the first
    // one was no better than the others, and each too long for a back-off.
    const again = running !== undefined && !allAlike ? 1 : 0;
    const earlier = Math.max(0, status.restartCount - again);
    const waits = allAlike ? 0 : backOffSeconds(earlier);
    const first = finished - 1_000 * waits - earlier * (finished - started);
    const seconds = counted(Math.max(begun, rolledOut.getTime()), Math.min(first, unready ?? first));
    const what = begun > rolledOut.getTime() ? "the pod was started" : "the rollout was complete";
    return { seconds, evidence: `${where} first failed about ${whole(seconds)} s after ${what}` };
  }
}

/**
 * Whether a pod that fails in this way may have counted as ready now and then, as one does that crashes after each start
 * and has no readiness probe. Then nothing that was counted by readiness (a complete rollout, availability) says that it
 * was well.
 */
export function mayHavePassedForReady(pod: Pod, failures: readonly Failure[]): boolean {
  const names = new Set(failures.map(({ container }) => container));
  const unready = unreadySince(pod);
  return containerStatuses(pod).some((status) => {
    const started = startOfRun(status.state?.terminated ?? status.lastState?.terminated);
    if (!names.has(status.name) || started === undefined || isInitial(pod, status)) return false;
    const isProbed = pod.spec?.containers.find(({ name }) => name === status.name)?.readinessProbe !== undefined;
    return !isProbed || unready === undefined || unready > started;
  });
}

/** All the back-offs that lie behind a container with that many restarts, in seconds. */
export function backOffSeconds(restarts: number): number {
  let sum = 0;
  let next = FIRST_BACK_OFF_SECONDS;
  for (let restart = 0; restart < restarts; restart++) {
    sum += next;
    next = Math.min(next * 2, LONGEST_BACK_OFF_SECONDS);
    // From here on each back-off is the longest one.
    if (next === LONGEST_BACK_OFF_SECONDS) return sum + (restarts - restart - 1) * LONGEST_BACK_OFF_SECONDS;
  }
  return sum;
}

/** A pod whose init containers fail has been ready only if it was started before, as after a restart of its node. */
function beforeStartingAgain(pod: Pod): StableTime {
  const begun = time(pod.status?.startTime);
  const unready = unreadySince(pod);
  if (begun === undefined || unready === undefined || unready <= begun) return NOT_AT_ALL;
  const seconds = (unready - begun) / 1_000;
  return {
    seconds,
    evidence: `pod ${pod.metadata?.name ?? ""} stopped being ready ${whole(seconds)} s after its start`,
  };
}

/** Since when the pod is not ready, in milliseconds; undefined while it is, or when that is not known. */
function unreadySince(pod: Pod): number | undefined {
  return isReady(pod) ? undefined : time(readySince(pod));
}

/** The earliest moment at which the pod's containers can have been started: after its init containers. */
function startOfContainers(pod: Pod): number | undefined {
  const begun = time(startOf(pod));
  const initialised = (pod.status?.initContainerStatuses ?? []).flatMap(
    (status) => (isInitial(pod, status) ? time(status.state?.terminated?.finishedAt) : undefined) ?? [],
  );
  return begun === undefined ? undefined : Math.max(begun, ...initialised);
}

/** Whether it is an init container that ends before the others start; a sidecar, which is restarted, is none. */
export function isInitial(pod: Pod, { name }: ContainerStatus): boolean {
  const isNamed = pod.status?.initContainerStatuses?.some((status) => status.name === name) === true;
  const spec = pod.spec?.initContainers?.find((container) => container.name === name);
  return isNamed && spec?.restartPolicy !== "Always";
}

/** How long a container may run before its probes let it count as ready, in seconds. */
function secondsToStart(pod: Pod, container: string): number {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const { startupProbe, readinessProbe } = containers.find(({ name }) => name === container) ?? {};
  const startup =
    startupProbe === undefined
      ? 0
      : (startupProbe.initialDelaySeconds ?? 0) +
        (startupProbe.periodSeconds ?? 10) * (startupProbe.failureThreshold ?? 3);
  return startup + (readinessProbe?.initialDelaySeconds ?? 0);
}

function longestOf(times: readonly StableTime[]): StableTime {
  return times.reduce((a, b) => (b.seconds > a.seconds ? b : a), NOT_AT_ALL);
}

/** A moment of the API, in milliseconds; undefined when it is not known. */
function time(text: string | undefined): number | undefined {
  const milliseconds = Date.parse(text ?? "");
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function whole(seconds: number): number {
  return Math.round(seconds);
}
