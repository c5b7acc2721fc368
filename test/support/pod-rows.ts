import type { ContainerStatus, ObjectMeta, Pod } from "../../functions/shared/kubernetes/types.ts";
import { ago, container, policy } from "./objects.ts";

/** What may differ between two pods that are in the same state. */
export interface Variation {
  /** The name of the container that the state is about. */
  container: string;
  message: string;
  /** At least 1. */
  restarts: number;
  /** How many seconds a deadline is past (at least 1), or still ahead for a pod that is well. */
  margin: number;
  /** App containers that run and are ready, before and behind the one that the state is about. */
  before: number;
  behind: number;
  node: string;
}

export const PLAIN: Variation = {
  container: "app",
  message: "because of it",
  restarts: 3,
  margin: 1,
  before: 0,
  behind: 0,
  node: "node-0",
};

/** A state in which a pod may be. */
export interface PodRow {
  what: string;
  /** What `kubectl get pods` prints under STATUS, in the plain variation. */
  status: string;
  build: (variation: Variation) => Pod;
}

/** A state in which a pod fails, and the reason that detection gives. */
export interface FailingPodRow extends PodRow {
  reason: string;
}

export const DEADLINES = policy().detect;

interface Parts {
  phase: string;
  init?: ContainerStatus[];
  app?: ContainerStatus[];
  sidecar?: boolean;
  /** Conditions that the pod waits for before it counts as ready. */
  gates?: string[];
  conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  reason?: string;
  message?: string;
  metadata?: ObjectMeta;
}

/** A pod `shop/web-1-aaaaa` with these containers, in its spec as in its status. */
export function podOf({ node }: Variation, parts: Parts): Pod {
  const { phase, init = [], app = [], conditions = [], sidecar = false, gates = [] } = parts;
  const specOf = ({ name, image }: ContainerStatus) => ({ name, image });
  return {
    metadata: { name: "web-1-aaaaa", namespace: "shop", creationTimestamp: ago(90_000), ...parts.metadata },
    spec: {
      nodeName: node,
      initContainers: init.map((status) => ({ ...specOf(status), ...(sidecar ? { restartPolicy: "Always" } : {}) })),
      ...(gates.length === 0 ? {} : { readinessGates: gates.map((conditionType) => ({ conditionType })) }),
      containers: app.length === 0 ? [{ name: "app" }] : app.map(specOf),
    },
    status: {
      phase,
      startTime: ago(90_000),
      conditions,
      ...(parts.reason === undefined ? {} : { reason: parts.reason }),
      ...(parts.message === undefined ? {} : { message: parts.message }),
      ...(init.length === 0 ? {} : { initContainerStatuses: init }),
      ...(app.length === 0 ? {} : { containerStatuses: app }),
    },
  };
}

/** The container that the state is about, among the others. */
export function among({ container: name, before, behind }: Variation, status: Partial<ContainerStatus>) {
  const others = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => container({ name: `${prefix}-${index}` }));
  return [...others(before, "before"), container({ name, ready: false, ...status }), ...others(behind, "behind")];
}

/** The pod's Ready condition; false for ten seconds unless told otherwise. */
export function ready(status: "True" | "False", since = 10, reason = "ContainersNotReady") {
  return { type: "Ready", status, ...(status === "True" ? {} : { reason }), lastTransitionTime: ago(since) };
}

/** The pod's PodScheduled condition. */
export function scheduled(since: number, reason?: string) {
  const status = reason === undefined ? "True" : "False";
  return { type: "PodScheduled", status, ...(reason === undefined ? {} : { reason }), lastTransitionTime: ago(since) };
}

export const INITIALIZED = { type: "Initialized", status: "True" };
