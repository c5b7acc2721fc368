import { createHash } from "node:crypto";
import { apiTime } from "../clock.ts";
import { kubeletConditions } from "./conditions.ts";
import { completed, running, waiting } from "./containers.ts";
import { isDue, isProbed } from "./markers.ts";
import { brokenWaitsFor, changeFailing, isInitializing, phaseOf, type Seen, type Stage } from "./stage.ts";

const NOT_STARTED = ["ContainerCreating", "PodInitializing"];
const NEVER_STARTED = ["image-pull", "stuck-pending", "waiting"];

const isPending = (seen: Seen) => phaseOf(seen) === "Pending";

/** The steps until a pod runs, or the one that it is stuck in. */
export const STARTING: readonly Stage[] = [
  {
    // The kubelet has taken the pod.
    applies: (seen) => isPending(seen) && seen.pod.status?.containerStatuses === undefined,
    delay: () => 0.2,
    event: { type: "Normal", reason: "Pulling", message: "Pulling image" },
    status: ({ pod, markers }, now) => {
      const { containers = [], initContainers = [] } = pod.spec ?? {};
      const initializes = initContainers.length > 0;
      const ip = ipOf(pod.metadata?.uid ?? "");
      return {
        phase: "Pending",
        startTime: apiTime(now),
        podIP: ip,
        podIPs: [{ ip }],
        conditions: kubeletConditions(pod, now, { ready: false, initialized: !initializes, failing: markers.failing }),
        ...(initializes
          ? { initContainerStatuses: initContainers.map((container) => waiting(container, "PodInitializing")) }
          : {}),
        containerStatuses: containers.map((container) =>
          waiting(container, initializes ? "PodInitializing" : "ContainerCreating"),
        ),
      };
    },
  },
  {
    applies: (seen) => isPending(seen) && !seen.markers.initFails && isInitializing(seen),
    delay: () => 0.3,
    status: ({ pod, markers }, now) => ({
      conditions: kubeletConditions(pod, now, { ready: false, failing: markers.failing }),
      initContainerStatuses: (pod.spec?.initContainers ?? []).map((container) => completed(pod, container, now)),
    }),
  },
  {
    applies: (seen) =>
      isPending(seen) &&
      seen.markers.initFails &&
      (seen.pod.status?.initContainerStatuses ?? []).some(
        ({ state }) => state?.waiting?.reason === "PodInitializing",
      ) &&
      !(seen.pod.status?.initContainerStatuses ?? []).some(({ state }) => state?.running !== undefined),
    delay: () => 0.5,
    status: failInitializing,
  },
  {
    // A container that cannot be created.
    applies: (seen) =>
      isPending(seen) &&
      seen.markers.failure === "waiting" &&
      brokenWaitsFor(seen, ...NOT_STARTED) &&
      !isInitializing(seen),
    delay: () => 0.5,
    event: { type: "Warning", reason: "Failed", message: "Error: the container cannot be created" },
    status: (seen) => ({
      containerStatuses: changeFailing(seen, () => ({
        state: {
          waiting: {
            reason: seen.markers.reason ?? "CreateContainerConfigError",
            message: seen.markers.message ?? 'configmap "settings" not found',
          },
        },
      })),
    }),
  },
  {
    applies: (seen) =>
      isPending(seen) &&
      seen.markers.broken?.state?.waiting !== undefined &&
      !NEVER_STARTED.includes(seen.markers.failure) &&
      !isInitializing(seen),
    delay: () => 0.5,
    event: { type: "Normal", reason: "Started", message: "Started container" },
    status: ({ pod, markers }, now) => {
      const due = isDue(markers, now);
      const crashes = due && isProbed(pod, markers) && markers.crashes;
      const ready = !(crashes || markers.failure === "slow-start" || (due && markers.failure === "never-ready"));
      return {
        phase: "Running",
        conditions: kubeletConditions(pod, now, { ready, failing: markers.failing }),
        containerStatuses: (pod.spec?.containers ?? []).map((container) => {
          const fails = container.name === markers.failing;
          const starts = fails && markers.failure === "slow-start" && container.startupProbe !== undefined;
          return { ...running(pod, container, now, { ready: ready || !fails }), started: !starts };
        }),
      };
    },
  },
  {
    applies: (seen) =>
      seen.markers.failure === "image-pull" &&
      brokenWaitsFor(seen, ...NOT_STARTED, "ImagePullBackOff") &&
      !isInitializing(seen),
    delay: (seen) => (brokenWaitsFor(seen, "ImagePullBackOff") ? 20 : 0.5),
    event: { type: "Warning", reason: "Failed", message: "Error: ErrImagePull" },
    status: (seen) => ({
      containerStatuses: changeFailing(seen, ({ image }) => ({
        state: { waiting: { reason: "ErrImagePull", message: seen.markers.message ?? notPulled(image) } },
      })),
    }),
  },
  {
    applies: (seen) => seen.markers.failure === "image-pull" && brokenWaitsFor(seen, "ErrImagePull"),
    delay: () => 1,
    event: { type: "Warning", reason: "BackOff", message: "Back-off pulling image" },
    status: (seen) => ({
      containerStatuses: changeFailing(seen, ({ image, state }) => {
        const message = `Back-off pulling image "${image}": ErrImagePull: ${state?.waiting?.message ?? ""}`;
        return { state: { waiting: { reason: "ImagePullBackOff", message } } };
      }),
    }),
  },
];

function failInitializing({ pod, markers }: Seen, now: Date) {
  const { failing, failure, crashes, exitCode, reason, message } = markers;
  const { name = "", namespace = "", uid = "" } = pod.metadata ?? {};
  const time = apiTime(now);
  const statuses = (pod.spec?.initContainers ?? []).map((container) => {
    if (container.name !== failing) return waiting(container, "PodInitializing");
    if (failure === "stuck-pending") return { ...waiting(container, ""), state: { running: { startedAt: time } } };
    if (!crashes) {
      const why = failure === "image-pull" ? "ImagePullBackOff" : (reason ?? "CreateContainerConfigError");
      return waiting(container, why, message ?? `Back-off pulling image "${container.image ?? ""}"`);
    }
    const backOff = `back-off 1m20s restarting failed container=${failing} pod=${name}_${namespace}(${uid})`;
    const killed = failure === "oom-kill";
    return {
      ...waiting(container, "CrashLoopBackOff", backOff),
      restartCount: 4,
      lastState: {
        terminated: {
          exitCode: killed ? 137 : (exitCode ?? 1),
          reason: killed ? "OOMKilled" : "Error",
          startedAt: time,
          finishedAt: time,
        },
      },
    };
  });
  return {
    conditions: kubeletConditions(pod, now, { ready: false, initialized: false, failing }),
    initContainerStatuses: statuses,
  };
}

function notPulled(image: string): string {
  return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
}

/** An address that is always the same for one pod. */
function ipOf(uid: string): string {
  const [first = 0, second = 0] = createHash("sha256").update(uid).digest();
  return `10.0.${first}.${second}`;
}
