import type {
  ContainerStatus,
  Deployment,
  Hpa,
  Namespace,
  Pod,
  PodTemplate,
  ReplicaSet,
} from "../../functions/shared/kubernetes/types.ts";
import type { Evidence } from "../../functions/facts/evidence.ts";
import { NO_SURROUNDINGS } from "../../functions/facts/surroundings.ts";
import type { Incident } from "../../functions/run/contracts.ts";
import { Policy } from "../../functions/shared/policy.ts";

/** The moment at which tests look at a cluster. */
export const NOW = new Date("2026-06-01T12:00:00Z");

/** `NOW`, so many seconds ago, as the API writes times. */
export function ago(seconds: number): string {
  return new Date(NOW.getTime() - seconds * 1_000).toISOString().replace(".000Z", "Z");
}

/** The default policy with some fields changed. */
export function policy(overrides: object = {}): Policy {
  return Policy.parse(overrides);
}

export function template(image = "shop/web:1"): PodTemplate {
  return { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image }] } };
}

/** A Deployment `shop/web` that was completely rolled out an hour ago. */
export function deployment(
  overrides: {
    template?: PodTemplate;
    replicas?: number;
    paused?: boolean;
    metadata?: Deployment["metadata"];
    progressing?: { status: string; reason: string; lastUpdateTime?: string };
    status?: Deployment["status"];
  } = {},
): Deployment {
  const replicas = overrides.replicas ?? 2;
  const progressing = {
    status: "True",
    reason: "NewReplicaSetAvailable",
    lastUpdateTime: ago(3_600),
    ...overrides.progressing,
  };
  return {
    metadata: { name: "web", namespace: "shop", uid: "deploy-uid", generation: 1, ...overrides.metadata },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: overrides.template ?? template(),
      ...(overrides.paused === undefined ? {} : { paused: overrides.paused }),
    },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      conditions: [{ type: "Progressing", ...progressing }],
      ...overrides.status,
    },
  };
}

/** One revision of `shop/web`, held by ReplicaSet `web-<revision>`. */
export function replicaSet(
  revision: number,
  options: { template?: PodTemplate; available?: number; replicas?: number; created?: string } = {},
): ReplicaSet {
  const source = options.template ?? template(`shop/web:${revision}`);
  return {
    metadata: {
      name: `web-${revision}`,
      namespace: "shop",
      uid: `rs-${revision}-uid`,
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
      creationTimestamp: options.created ?? ago(3_600),
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "deploy-uid", controller: true },
      ],
    },
    spec: {
      selector: {},
      template: {
        ...source,
        metadata: { ...source.metadata, labels: { ...source.metadata?.labels, "pod-template-hash": String(revision) } },
      },
    },
    status: { replicas: options.replicas ?? options.available ?? 0, availableReplicas: options.available ?? 0 },
  };
}

/** A healthy pod of `shop/web`. */
export function pod(
  overrides: { name?: string; status?: Pod["status"]; metadata?: Pod["metadata"]; spec?: Pod["spec"] } = {},
): Pod {
  const name = overrides.name ?? "web-1-aaaaa";
  return {
    metadata: {
      name,
      namespace: "shop",
      uid: `${name}-uid`,
      creationTimestamp: ago(3_500),
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", uid: "rs-1-uid", controller: true },
      ],
      ...overrides.metadata,
    },
    ...(overrides.spec === undefined ? {} : { spec: overrides.spec }),
    status: {
      phase: "Running",
      startTime: ago(3_500),
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(3_490) }],
      containerStatuses: [container()],
      ...overrides.status,
    },
  };
}

export function container(overrides: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    name: "app",
    image: "shop/web:1",
    imageID: "",
    ready: true,
    restartCount: 0,
    state: { running: { startedAt: ago(3_490) } },
    ...overrides,
  };
}

/**
 * A pod in CrashLoopBackOff.
 * @param ranFor how long each attempt ran, in seconds
 * @param endedAgo how long ago the last attempt ended, in seconds
 */
export function crashingPod(options: {
  name?: string;
  restarts?: number;
  ranFor?: number;
  endedAgo?: number;
  startedAgo?: number;
  exitCode?: number;
  reason?: string;
}): Pod {
  const { restarts = 3, ranFor = 1, endedAgo = 5, startedAgo = 3_500, exitCode = 1, reason = "Error" } = options;
  return pod({
    ...(options.name === undefined ? {} : { name: options.name }),
    metadata: { creationTimestamp: ago(startedAgo) },
    status: {
      startTime: ago(startedAgo),
      conditions: [{ type: "Ready", status: "False" }],
      containerStatuses: [
        container({
          ready: false,
          restartCount: restarts,
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s restarting failed container" } },
          lastState: {
            terminated: { exitCode, reason, startedAt: ago(endedAgo + ranFor), finishedAt: ago(endedAgo) },
          },
        }),
      ],
    },
  });
}

/** A pod whose image cannot be pulled. */
export function imagePullPod(message: string, reason = "ImagePullBackOff"): Pod {
  return pod({
    status: {
      phase: "Pending",
      conditions: [{ type: "Ready", status: "False" }],
      containerStatuses: [container({ ready: false, state: { waiting: { reason, message } } })],
    },
  });
}

/** An HPA on `shop/web`, settled unless told otherwise. */
export function hpa(
  overrides: {
    min?: number;
    max?: number;
    current?: number;
    desired?: number;
    limited?: string;
    limitedSince?: string;
    metadata?: Hpa["metadata"];
  } = {},
): Hpa {
  const { min = 2, max = 4, limited } = overrides;
  const { current = limited === "TooManyReplicas" ? max : 2, desired = current } = overrides;
  return {
    metadata: { name: "web", namespace: "shop", ...overrides.metadata },
    spec: { minReplicas: min, maxReplicas: max, scaleTargetRef: { kind: "Deployment", name: "web" } },
    status: {
      currentReplicas: current,
      desiredReplicas: desired,
      conditions: [
        { type: "AbleToScale", status: "True", reason: "ReadyForNewScale" },
        { type: "ScalingActive", status: "True", reason: "ValidMetricFound" },
        overrides.limited === undefined
          ? { type: "ScalingLimited", status: "False", reason: "DesiredWithinRange" }
          : {
              type: "ScalingLimited",
              status: "True",
              reason: overrides.limited,
              lastTransitionTime: overrides.limitedSince ?? ago(600),
            },
      ],
    },
  };
}

export const WEB = { kind: "Deployment", namespace: "shop", name: "web" } as const;

export function incident(overrides: Partial<Incident> = {}): Incident {
  return { workload: { ...WEB }, failures: [], failing_pods: 0, sample_pods: [], ...overrides };
}

/** Evidence about `shop/web`: healthy unless told otherwise. */
export function evidence(overrides: Partial<Evidence> = {}): Evidence {
  const namespace: Namespace = { metadata: { name: "shop" } };
  return {
    incident: incident(),
    now: NOW,
    namespace,
    workload: deployment(),
    pods: [pod()],
    holders: [replicaSet(1, { available: 2 })],
    hpa: undefined,
    lastWords: [],
    config: [],
    customOwners: [],
    services: "not asked",
    lostNodes: new Map(),
    surroundings: NO_SURROUNDINGS,
    history: [],
    tried: [],
    triesMade: 0,
    others: [],
    ...overrides,
  };
}

/** A pod that has been ready for so many seconds, and was made ten seconds before. */
export function readyPod(name: string, seconds: number): Pod {
  return pod({
    name,
    metadata: { creationTimestamp: ago(seconds + 10) },
    status: {
      startTime: ago(seconds + 10),
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(seconds) }],
      containerStatuses: [container({ state: { running: { startedAt: ago(seconds + 5) } } })],
    },
  });
}

/** The pod, made from that revision of `shop/web`. */
export function ofRevision(revision: number, made: Pod): Pod {
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: `web-${revision}`, uid: `rs-${revision}-uid` };
  return { ...made, metadata: { ...made.metadata, ownerReferences: [{ ...owner, controller: true }] } };
}
