import type { ContainerStatus, Pod, PodTemplate } from "../../functions/shared/kubernetes/types.ts";
import { ago, container, ofRevision, pod } from "./objects.ts";

/** Which containers a pod has beside its app: another one, a sidecar that is an init container, and one that ends first. */
export interface Shape {
  helper: boolean;
  proxy: boolean;
  setup: boolean;
  /** Whether its containers have readiness probes. */
  probed: boolean;
}

/** How a pod is. */
export interface DrawnPod {
  fault:
    | "none"
    | "fresh"
    | "crash"
    | "out of memory"
    | "between"
    | "killed"
    | "no image"
    | "no config"
    | "unready"
    | "starting"
    | "no node"
    | "evicted";
  /** The container that it is about. */
  where: "app" | "helper" | "proxy" | "setup";
  restarts: number;
  /** How long the container's last run took, in seconds, where it had one. */
  ran: number;
}

/** Where a pod stands. */
export interface PodPlace {
  shape: Shape;
  name: string;
  revision: number;
  /** Seconds since it was made, at least ten. */
  age: number;
}

/** How long a pod takes until its app is started, in seconds. */
const START = 3;

/** The template with the containers of that shape. */
export function shapeOf({ helper, proxy, setup, probed }: Shape, { metadata, spec }: PodTemplate): PodTemplate {
  const probe = probed ? { readinessProbe: { httpGet: { path: "/", port: 80 } } } : {};
  const init = [
    ...(setup ? [{ name: "setup", image: "shop/setup:1" }] : []),
    ...(proxy ? [{ name: "proxy", image: "mesh/proxy:1", restartPolicy: "Always" }] : []),
  ];
  const containers = [
    ...(spec?.containers ?? []).map((each) => ({
      ...each,
      ...probe,
      resources: { limits: { memory: "64Mi" } },
      envFrom: [{ configMapRef: { name: "settings" } }],
    })),
    ...(helper ? [{ name: "helper", image: "shop/helper:1" }] : []),
  ];
  return {
    metadata: metadata ?? {},
    spec: { ...spec, containers, ...(init.length === 0 ? {} : { initContainers: init }) },
  };
}

export function podIn({ fault, where, restarts, ran }: DrawnPod, { shape, name, revision, age }: PodPlace): Pod {
  const { spec } = shapeOf(shape, { spec: { containers: [{ name: "app", image: "shop/web" }] } });
  const names = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((each) => each.name);
  const about = names.includes(where) ? where : "app";
  // A container's last run began after the pod did, and ended before it is looked at.
  const endedAgo = Math.min(5, age - START - 1);
  const run = Math.max(1, Math.min(ran, age - START - endedAgo));
  const end = (seconds: number, length: number, reason = "Error", exitCode = 1) => ({
    terminated: { exitCode, reason, startedAt: ago(seconds + length), finishedAt: ago(seconds) },
  });
  const broken = (): Partial<ContainerStatus> => {
    switch (fault) {
      case "crash":
        return {
          ...waiting("CrashLoopBackOff", "back-off 40s restarting failed container"),
          restartCount: restarts,
          lastState: end(endedAgo, run),
        };
      case "out of memory":
        return {
          ...waiting("CrashLoopBackOff", "back-off 40s restarting failed container"),
          restartCount: restarts,
          lastState: end(endedAgo, run, "OOMKilled", 137),
        };
      case "between":
        return {
          restartCount: restarts,
          state: { running: { startedAt: ago(1) } },
          lastState: end(Math.min(13, age - START), 1),
        };
      case "killed":
        return {
          restartCount: restarts,
          state: { running: { startedAt: ago(endedAgo) } },
          lastState: end(endedAgo, run, "Error", 137),
        };
      case "no image":
        return waiting("ImagePullBackOff", 'Back-off pulling image "shop/web:9": ErrImagePull: shop/web:9: not found');
      case "no config":
        return waiting("CreateContainerConfigError", 'configmap "settings" not found');
      case "unready":
        return { ready: false };
      case "starting":
        return waiting(about === "setup" ? "PodInitializing" : "ContainerCreating");
      default:
        return {};
    }
  };
  const isInit = about === "setup";
  const stuck =
    ["no image", "no config", "starting", "no node"].includes(fault) ||
    (isInit && !["none", "fresh", "evicted"].includes(fault));
  const statusOf = (each: string): ContainerStatus => {
    if (each === about && !(isInit && ["unready", "between", "killed"].includes(fault))) {
      const healthy =
        each === "setup" ? done(age) : container({ name: each, state: { running: { startedAt: ago(age - START) } } });
      return { ...healthy, ...broken() };
    }
    if (each === "setup")
      return isInit && stuck
        ? container({ name: each, ready: false, state: { running: { startedAt: ago(age - 1) } } })
        : done(age);
    const waits = stuck && isInit && each !== "proxy";
    return container({
      name: each,
      ...(waits ? waiting("PodInitializing") : { state: { running: { startedAt: ago(age - START) } } }),
    });
  };
  const init = (spec?.initContainers ?? []).map((each) => statusOf(each.name));
  const app = (spec?.containers ?? []).map((each) => statusOf(each.name));
  const ready = !stuck && ["none", "fresh", "between", "killed"].includes(fault);
  const unreadyFor = fault === "crash" || fault === "out of memory" ? endedAgo : age;
  const since = !ready
    ? unreadyFor
    : fault === "between"
      ? 1
      : fault === "killed"
        ? endedAgo
        : fault === "fresh"
          ? Math.min(20, age - START)
          : age - START;
  const made = pod({
    name,
    metadata: { creationTimestamp: ago(age), labels: { app: "web" } },
    spec: { ...(fault === "no node" ? {} : { nodeName: "node-0" }), ...spec, containers: spec?.containers ?? [] },
    status:
      fault === "evicted"
        ? {
            phase: "Failed",
            reason: "Evicted",
            message: "The node was low on resource: memory.",
            startTime: ago(age),
            containerStatuses: [],
          }
        : {
            phase: stuck ? "Pending" : "Running",
            startTime: ago(age),
            conditions: [
              fault === "no node"
                ? NO_NODE(age)
                : { type: "PodScheduled", status: "True", lastTransitionTime: ago(age) },
              {
                type: "Ready",
                status: ready ? "True" : "False",
                ...(ready
                  ? {}
                  : { reason: "ContainersNotReady", message: `containers with unready status: [${about}]` }),
                lastTransitionTime: ago(since),
              },
            ],
            ...(fault === "no node" ? {} : { initContainerStatuses: init, containerStatuses: app }),
          },
  });
  return ofRevision(revision, made);
}

const NO_NODE = (age: number) => ({
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/3 nodes are available: 3 Insufficient cpu.",
  lastTransitionTime: ago(age),
});

function waiting(reason: string, message?: string): Partial<ContainerStatus> {
  return {
    ready: false,
    started: false,
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  };
}

function done(age: number): ContainerStatus {
  return container({
    name: "setup",
    state: { terminated: { exitCode: 0, reason: "Completed", startedAt: ago(age - 1), finishedAt: ago(age - 2) } },
  });
}
