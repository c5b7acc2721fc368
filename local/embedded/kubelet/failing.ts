import { apiTime } from "../clock.ts";
import { conditions, kubeletConditions } from "./conditions.ts";
import { running } from "./containers.ts";
import { isProbed, secondsUntil } from "./markers.ts";
import { brokenWaitsFor, changeFailing, phaseOf, type Seen, type Stage } from "./stage.ts";

const FIRST_BACK_OFF_SECONDS = 10;
const LAST_BACK_OFF_SECONDS = 300;

const runs = (seen: Seen) => phaseOf(seen) === "Running";
const brokenRuns = ({ markers }: Seen) => markers.broken?.state?.running !== undefined;
const isHeldOpen = ({ markers }: Seen) => markers.failure === "held-open";

/** When a failure begins that has its own usual delay. */
const afterOr =
  (seconds: number) =>
  ({ markers }: Seen, now: Date): number =>
    markers.after === undefined ? seconds : secondsUntil(markers.after, now);

/** How long the kubelet waits before it starts a container again. */
function backOffSeconds({ markers }: Seen): number {
  return Math.min(FIRST_BACK_OFF_SECONDS * 2 ** (markers.broken?.restartCount ?? 0), LAST_BACK_OFF_SECONDS);
}

/** What happens to pods that run. */
export const FAILING: readonly Stage[] = [
  {
    applies: (seen) => runs(seen) && seen.markers.crashes && brokenRuns(seen) && !seen.markers.isJob,
    delay: (seen, now) => (seen.markers.broken?.restartCount === 0 ? afterOr(1)(seen, now) : 1),
    event: { type: "Warning", reason: "BackOff", message: "Back-off restarting failed container" },
    status: crash,
  },
  {
    applies: (seen) => runs(seen) && brokenWaitsFor(seen, "CrashLoopBackOff"),
    delay: (seen) => (seen.markers.crashes ? backOffSeconds(seen) : 1),
    event: { type: "Normal", reason: "Started", message: "Started container" },
    status: (seen, now) => {
      const { pod, markers } = seen;
      const ready = !(isProbed(pod, markers) && markers.crashes);
      return {
        conditions: kubeletConditions(pod, now, { ready, failing: markers.failing }),
        containerStatuses: changeFailing(seen, ({ name, restartCount, lastState = {} }) => {
          const container = pod.spec?.containers.find((candidate) => candidate.name === name) ?? { name };
          return running(pod, container, now, { ready, restartCount: restartCount + 1, lastState });
        }),
      };
    },
  },
  {
    applies: (seen) => runs(seen) && seen.markers.failure === "never-ready" && seen.markers.broken?.ready === true,
    delay: afterOr(0.5),
    event: {
      type: "Warning",
      reason: "Unhealthy",
      message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
    },
    status: (seen, now) => becomes(seen, now, false),
  },
  {
    applies: (seen) =>
      runs(seen) &&
      brokenRuns(seen) &&
      seen.markers.broken?.ready === false &&
      ["", "slow-start"].includes(seen.markers.failure),
    delay: (seen, now) => (seen.markers.failure === "slow-start" ? afterOr(20)(seen, now) : 0.5),
    status: (seen, now) => becomes(seen, now, true),
  },
  {
    // Ended after a long run, a container is started again without a pause.
    applies: (seen) => runs(seen) && seen.markers.failure === "killed" && brokenRuns(seen),
    delay: afterOr(660),
    event: { type: "Normal", reason: "Started", message: "Started container" },
    status: ({ pod, markers }, now) => ({
      containerStatuses: changeFailing({ pod, markers }, ({ name, restartCount, ready, containerID = "", state }) => {
        const container = pod.spec?.containers.find((candidate) => candidate.name === name) ?? { name };
        const { exitCode = 137, reason = "Error" } = markers;
        const startedAt = state?.running?.startedAt ?? apiTime(now);
        const lastState = { terminated: { containerID, exitCode, reason, startedAt, finishedAt: apiTime(now) } };
        return running(pod, container, now, { ready, restartCount: restartCount + 1, lastState });
      }),
    }),
  },
  {
    applies: (seen) => runs(seen) && ["evicted", "failed"].includes(seen.markers.failure),
    delay: afterOr(1),
    status: fail,
  },
  {
    applies: (seen) => runs(seen) && seen.markers.failure === "node-lost" && seen.pod.status?.reason !== "NodeLost",
    delay: afterOr(1),
    status: ({ pod }, now) => ({
      reason: "NodeLost",
      message: `Node ${pod.spec?.nodeName ?? ""} which was running pod ${pod.metadata?.name ?? ""} is unresponsive`,
      conditions: conditions(pod, now, [
        { type: "Initialized", status: "True" },
        { type: "Ready", status: "False", reason: "NodeLost" },
        { type: "ContainersReady", status: "True" },
        { type: "PodScheduled", status: "True" },
      ]),
    }),
  },
  {
    applies: (seen) => runs(seen) && seen.markers.isJob && isHeldOpen(seen) && brokenRuns(seen),
    delay: afterOr(1),
    status: endBeside,
  },
  {
    applies: (seen) => runs(seen) && seen.markers.isJob && !isHeldOpen(seen) && brokenRuns(seen),
    delay: afterOr(1),
    status: finishJob,
  },
];

function crash(seen: Seen, now: Date) {
  const { pod, markers } = seen;
  const { failing, message } = markers;
  const { name = "", namespace = "", uid = "" } = pod.metadata ?? {};
  const end = endOfCrash(markers);
  const backOff = `back-off ${backOffSeconds(seen)}s restarting failed container=${failing} pod=${name}_${namespace}(${uid})`;
  return {
    conditions: kubeletConditions(pod, now, { ready: false, failing }),
    containerStatuses: changeFailing(seen, ({ containerID = "", state }) => ({
      ready: false,
      started: false,
      state: { waiting: { reason: "CrashLoopBackOff", message: backOff } },
      lastState: {
        terminated: {
          containerID,
          exitCode: end.exitCode,
          reason: end.reason,
          ...(message === undefined ? {} : { message }),
          startedAt: end.startedAt ?? state?.running?.startedAt ?? apiTime(now),
          finishedAt: apiTime(now),
        },
      },
    })),
  };
}

/** How a crash ends: 128 is the code of a program that could not be started at all, as containerd tells of it. */
function endOfCrash({ failure, exitCode = 1 }: Seen["markers"]): {
  exitCode: number;
  reason: string;
  startedAt?: string;
} {
  if (failure === "oom-kill") return { exitCode: 137, reason: "OOMKilled" };
  if (exitCode === 128) return { exitCode, reason: "StartError", startedAt: "1970-01-01T00:00:00Z" };
  return { exitCode, reason: exitCode === 0 ? "Completed" : "Error" };
}

function becomes(seen: Seen, now: Date, ready: boolean) {
  return {
    conditions: kubeletConditions(seen.pod, now, { ready, failing: seen.markers.failing }),
    containerStatuses: changeFailing(seen, () => ({ ready, started: true })),
  };
}

function fail({ pod, markers }: Seen, now: Date) {
  const evicted = markers.failure === "evicted";
  const lowMemory = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 42Mi. ";
  const ended = { reason: "TerminationByKubelet", message: "The node ended the pod" };
  return {
    phase: "Failed",
    reason: evicted ? "Evicted" : (markers.reason ?? "UnexpectedAdmissionError"),
    message: markers.message ?? (evicted ? lowMemory : "Pod was rejected by its node"),
    conditions: conditions(pod, now, [
      { type: "DisruptionTarget", status: "True", ...ended },
      { type: "Initialized", status: "True" },
      { type: "Ready", status: "False", reason: "PodFailed" },
      { type: "ContainersReady", status: "False", reason: "PodFailed" },
      { type: "PodScheduled", status: "True" },
    ]),
    containerStatuses: evicted ? undefined : terminated(pod, 137, "Error", now),
  };
}

/** One container of a Job's pod is done, and those beside it run on. */
function endBeside(seen: Seen, now: Date) {
  const { pod, markers } = seen;
  const ended = terminated(pod, 0, "Completed", now).find(({ name }) => name === markers.failing);
  return {
    conditions: kubeletConditions(pod, now, { ready: false, failing: markers.failing }),
    containerStatuses: (pod.status?.containerStatuses ?? []).map((status) =>
      status.name === ended?.name ? { ...ended, restartCount: status.restartCount } : status,
    ),
  };
}

function finishJob({ pod, markers: { exitCode = 0 } }: Seen, now: Date) {
  return {
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    containerStatuses: terminated(pod, exitCode, exitCode === 0 ? "Completed" : "Error", now).map((status) => ({
      ...status,
      restartCount: 0,
    })),
  };
}

/** The statuses of containers that have all ended now. */
function terminated({ status }: Seen["pod"], exitCode: number, reason: string, now: Date) {
  return (status?.containerStatuses ?? []).map(({ containerID: _ended, ...container }) => ({
    ...container,
    lastState: {},
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode,
        reason,
        startedAt: container.state?.running?.startedAt ?? apiTime(now),
        finishedAt: apiTime(now),
      },
    },
  }));
}
