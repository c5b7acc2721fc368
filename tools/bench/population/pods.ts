import type { FailureKind } from "./failures.ts";
import {
  CONTROLLERS,
  minutesBefore,
  randomOf,
  time,
  type Manifest,
  type OwnerReference,
  type Stored,
} from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";
import type { Random } from "./random.ts";
import { imagesOf, templateOf } from "./template.ts";

/** How one pod is. */
export type PodState =
  | "well"
  | "done"
  | "running-job"
  | "gated"
  | "ended-long-ago"
  | Exclude<FailureKind, "quota" | "hpa-at-maximum" | "hpa-without-metrics" | "job" | "cron-job">;

/** A pod, before it is written out. */
export interface PodPlan {
  name: string;
  state: PodState;
  revision: number;
  owner: OwnerReference[];
  /** What its controller puts on it beside the template's labels. */
  labels: Record<string, string>;
  node: string;
  /** When it was made. */
  born: Date;
}

/** Pods that have restarted, and not lately: with a history, as some have. */
const RESTARTED = 0.04;

export function podOf(plan: Plan, planned: Planned, pod: PodPlan): Stored {
  const { now } = plan.size;
  const random = randomOf(plan, planned, "pod", pod.name);
  const isOfJob = pod.state === "done" || pod.state === "running-job" || planned.pool === "Pod";
  const template = templateOf(plan, planned, pod.revision, isOfJob ? "Never" : "Always");
  const isBad = !["well", "done", "running-job"].includes(pod.state);
  const isPlaced = pod.state !== "unschedulable" && pod.state !== "gated";
  const born =
    pod.state === "well" || !isBad ? time(pod.born) : minutesBefore(now, pod.state === "ended-long-ago" ? 600 : 12);
  const object: Manifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: pod.name,
      namespace: planned.namespace,
      uid: random.uid(),
      creationTimestamp: born,
      labels: { ...template.metadata.labels, ...pod.labels },
      annotations: template.metadata.annotations,
      ...(pod.owner.length === 0 ? {} : { ownerReferences: pod.owner }),
    },
    spec: {
      ...template.spec,
      ...(isPlaced ? { nodeName: pod.node } : {}),
      ...(pod.state === "gated" ? { schedulingGates: [{ name: "example.com/quota-review" }] } : {}),
    },
    status: statusOf(plan, planned, pod, random, born),
  };
  const at = isBad ? minutesBefore(now, pod.state === "ended-long-ago" ? 500 : 7) : born;
  return {
    resource: "pods",
    object,
    manager: CONTROLLERS,
    reported: { at, by: isPlaced ? "kubelet" : "kube-scheduler" },
  };
}

function statusOf(plan: Plan, planned: Planned, pod: PodPlan, random: Random, born: string): object {
  const { state } = pod;
  const now = plan.size.now;
  const since = minutesBefore(now, state === "ended-long-ago" ? 500 : 8);
  const condition = (type: string, status: string, at: string, more: object = {}) => ({
    type,
    status,
    lastTransitionTime: at,
    ...more,
  });
  if (state === "gated") {
    const message = "Scheduling is blocked due to non-empty scheduling gates";
    return {
      phase: "Pending",
      conditions: [condition("PodScheduled", "False", born, { reason: "SchedulingGated", message })],
    };
  }
  if (state === "unschedulable") {
    const message = `0/${plan.nodes.length} nodes are available: ${plan.nodes.length} Insufficient memory. preemption: 0/${plan.nodes.length} nodes are available: No preemption victims found for incoming pod.`;
    return {
      phase: "Pending",
      conditions: [condition("PodScheduled", "False", born, { reason: "Unschedulable", message })],
    };
  }
  const address = `10.${random.below(40) + 100}.${random.below(256)}.${random.below(256)}`;
  const where = { startTime: born, hostIP: hostOf(pod.node), podIP: address, podIPs: [{ ip: address }] };
  const isDone = state === "done";
  const ended = ["done", "bare-pod", "ended-long-ago"].includes(state);
  const isReady = state === "well" || state === "running-job";
  const readiness = isReady
    ? condition("Ready", "True", born)
    : condition("Ready", "False", isDone ? born : since, {
        reason: isDone ? "PodCompleted" : ended ? "PodFailed" : "ContainersNotReady",
        ...(ended ? {} : { message: "containers with unready status: [app]" }),
      });
  const conditions = [
    condition("PodReadyToStartContainers", ended ? "False" : "True", born),
    condition("Initialized", "True", born),
    readiness,
    { ...readiness, type: "ContainersReady" },
    condition("PodScheduled", "True", born),
  ];
  const images = imagesOf(plan, planned, pod.revision);
  const container = (name: "app" | "proxy", state: object) => ({
    name,
    image: images[name].image,
    imageID: images[name].digest,
    containerID: `containerd://${random.hex(64)}`,
    ...state,
  });
  const app = container("app", appOf(plan, planned, pod, random, born));
  const alone = isDone || state === "running-job" || planned.pool === "Pod";
  const proxy = container("proxy", {
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: born } },
  });
  const phase = isDone
    ? "Succeeded"
    : ended
      ? "Failed"
      : state === "image-pull" || state === "missing-config"
        ? "Pending"
        : "Running";
  return { phase, qosClass: "Burstable", ...where, conditions, containerStatuses: alone ? [app] : [app, proxy] };
}

/** The status of the container that fails, or of the same container where nothing does. */
function appOf(plan: Plan, planned: Planned, pod: PodPlan, random: Random, born: string): object {
  const { now } = plan.size;
  const running = (at: string) => ({ running: { startedAt: at } });
  const exit = (exitCode: number, reason: string, at: string) => ({
    terminated: { exitCode, reason, startedAt: born, finishedAt: at, containerID: `containerd://${random.hex(64)}` },
  });
  const waiting = (reason: string, message: string) => ({ waiting: { reason, message } });
  const backOff = waiting(
    "CrashLoopBackOff",
    `back-off 5m0s restarting failed container=app pod=${pod.name}_${planned.namespace}(${random.uid()})`,
  );
  const crashing = (exitCode: number, reason: string) => ({
    ready: false,
    started: false,
    restartCount: 6 + random.below(3),
    state: backOff,
    lastState: exit(exitCode, reason, minutesBefore(now, 3)),
  });
  switch (pod.state) {
    case "well": {
      const at = plan.size.built;
      const fresh = { ready: true, started: true, restartCount: 0, state: running(born) };
      if (random.next() >= RESTARTED) return fresh;
      const restart = minutesBefore(at, 60 * 24 * (1 + random.below(20)));
      return {
        ...fresh,
        restartCount: 1 + random.below(6),
        state: running(restart),
        lastState: exit(1, "Error", restart),
      };
    }
    case "running-job":
      return { ready: true, started: true, restartCount: 0, state: running(born) };
    case "done":
      return { ready: false, started: false, restartCount: 0, state: exit(0, "Completed", born) };
    case "bare-pod":
      return { ready: false, started: false, restartCount: 0, state: exit(1, "Error", minutesBefore(now, 8)) };
    case "ended-long-ago":
      return { ready: false, started: false, restartCount: 0, state: exit(1, "Error", minutesBefore(now, 500)) };
    case "not-ready":
      return { ready: false, started: true, restartCount: 0, state: running(born) };
    case "image-pull": {
      const image = imagesOf(plan, planned, pod.revision).app.image;
      return notStarted(waiting("ImagePullBackOff", `Back-off pulling image "${image}": ErrImagePull: not found`));
    }
    case "missing-config":
      return notStarted(waiting("CreateContainerConfigError", `configmap "${planned.name}-settings" not found`));
    case "out-of-memory":
      return crashing(137, "OOMKilled");
    default:
      return crashing(1, "Error");
  }
}

function notStarted(state: object): object {
  return { ready: false, started: false, restartCount: 0, containerID: "", imageID: "", state };
}

function hostOf(node: string): string {
  return /^ip-(\d+)-(\d+)-(\d+)-/.exec(node)?.slice(1, 4).concat("10").join(".") ?? "10.0.0.1";
}
