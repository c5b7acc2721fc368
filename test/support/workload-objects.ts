import type {
  CronJob,
  DaemonSet,
  Deployment,
  Hpa,
  Job,
  Node,
  ObjectMeta,
  StatefulSet,
} from "../../functions/shared/kubernetes/types.ts";
import { ago, template } from "./objects.ts";

/** The fields of metadata that say when a controller last wrote a status. */
export function statusWritten(secondsAgo: number): ObjectMeta {
  return { managedFields: [{ manager: "kube-controller-manager", subresource: "status", time: ago(secondsAgo) }] };
}

/** The owner reference of a controller. */
export function controlledBy(kind: string, name: string): ObjectMeta {
  return { ownerReferences: [{ apiVersion: "v1", kind, name, uid: `${kind}-${name}-uid`, controller: true }] };
}

/** A Deployment of that name with conditions of that type, status and reason, each ten minutes old unless told otherwise. */
export function deploymentWith(options: {
  name?: string;
  namespace?: string;
  replicas?: number;
  ready?: number;
  updated?: number;
  available?: number;
  generation?: number;
  metadata?: ObjectMeta;
  conditions?: { type: string; status: string; reason?: string; message?: string; since?: number }[];
}): Deployment {
  const { name = "web", namespace = "shop", replicas = 2, ready = replicas, updated = replicas } = options;
  return {
    metadata: { name, namespace, uid: `${name}-uid`, generation: options.generation ?? 1, ...options.metadata },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: template() },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: options.available ?? ready,
      conditions: (options.conditions ?? []).map(({ since = 600, ...condition }) => ({
        ...condition,
        lastTransitionTime: ago(since),
      })),
    },
  };
}

/** A StatefulSet `shop/db` with two replicas, both there unless told otherwise. */
export function statefulSet(ready = 2, metadata: ObjectMeta = statusWritten(600)): StatefulSet {
  return {
    metadata: { name: "db", namespace: "shop", creationTimestamp: ago(3_600), ...metadata },
    spec: { replicas: 2, selector: { matchLabels: { app: "db" } }, serviceName: "db", template: template() },
    status: { replicas: 2, readyReplicas: ready, availableReplicas: ready },
  };
}

/** A DaemonSet `shop/agent` for two nodes, on both unless told otherwise. */
export function daemonSet(available = 2, metadata: ObjectMeta = statusWritten(600)): DaemonSet {
  return {
    metadata: { name: "agent", namespace: "shop", creationTimestamp: ago(3_600), ...metadata },
    spec: { selector: { matchLabels: { app: "agent" } }, template: template() },
    status: {
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberMisscheduled: 0,
      numberReady: available,
      numberAvailable: available,
    },
  };
}

/** A Job `shop/report` that gave up so many seconds ago, two minutes after its start. */
export function failedJob(
  failedAgo: number,
  options: { name?: string; reason?: string; metadata?: ObjectMeta } = {},
): Job {
  const { name = "report", reason = "BackoffLimitExceeded" } = options;
  const message = "Job has reached the specified backoff limit";
  return {
    metadata: { name, namespace: "shop", ...options.metadata },
    spec: { completions: 1, template: template() },
    status: {
      startTime: ago(failedAgo + 120),
      failed: 7,
      conditions: [{ type: "Failed", status: "True", reason, message, lastTransitionTime: ago(failedAgo) }],
    },
  };
}

/** A CronJob `shop/report` whose last success was so many seconds ago; none when not given. */
export function cronJob(lastSuccessAgo?: number): CronJob {
  return {
    metadata: { name: "report", namespace: "shop" },
    spec: { schedule: "0 * * * *", jobTemplate: {} },
    status: lastSuccessAgo === undefined ? {} : { lastSuccessfulTime: ago(lastSuccessAgo) },
  };
}

/** A node whose Ready condition has had that status for so many seconds. */
export function node(name: string, ready: "True" | "False" | "Unknown" = "True", since = 60): Node {
  return {
    metadata: { name },
    status: { conditions: [{ type: "Ready", status: ready, lastTransitionTime: ago(since) }] },
  };
}

/** A condition of an HPA, as old as told. */
export function hpaConditionOf(
  type: "AbleToScale" | "ScalingActive" | "ScalingLimited",
  status: "True" | "False",
  reason: string,
  since = 3_600,
) {
  return { type, status, reason, message: `because of ${reason}`, lastTransitionTime: ago(since) };
}

/** An HPA on `shop/web` with these conditions in place of well ones, and these replicas. */
export function hpaWith(
  conditions: ReturnType<typeof hpaConditionOf>[],
  status: { currentReplicas?: number; desiredReplicas?: number; lastScaleTime?: string } = {},
): Hpa {
  const well = [
    hpaConditionOf("AbleToScale", "True", "ReadyForNewScale"),
    hpaConditionOf("ScalingActive", "True", "ValidMetricFound"),
    hpaConditionOf("ScalingLimited", "False", "DesiredWithinRange"),
  ];
  const others = well.filter(({ type }) => !conditions.some((condition) => condition.type === type));
  return {
    metadata: { name: "web", namespace: "shop" },
    spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { kind: "Deployment", name: "web" } },
    status: { currentReplicas: 2, desiredReplicas: 2, conditions: [...others, ...conditions], ...status },
  };
}
