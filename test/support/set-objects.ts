import type {
  ControllerRevision,
  DaemonSet,
  Pod,
  PodTemplate,
  StatefulSet,
} from "../../functions/shared/kubernetes/types.ts";
import { templateHash } from "../../functions/shared/kubernetes/template.ts";
import type { RevisionRef } from "../../functions/shared/refs.ts";
import { ago, pod, template } from "./objects.ts";

export const DB = { kind: "StatefulSet", namespace: "shop", name: "db" } as const;
export const AGENT = { kind: "DaemonSet", namespace: "shop", name: "agent" } as const;

/** What a StatefulSet or DaemonSet of a test may have of its own. */
interface SetOptions<Set extends StatefulSet | DaemonSet> {
  template?: PodTemplate;
  metadata?: Set["metadata"];
  spec?: Partial<NonNullable<Set["spec"]>>;
  status?: Partial<NonNullable<Set["status"]>>;
}

/** A StatefulSet `shop/db` with three ready replicas of its second revision, completely rolled out. */
export function db(options: SetOptions<StatefulSet> = {}): StatefulSet {
  return {
    metadata: {
      name: "db",
      namespace: "shop",
      uid: "db-uid",
      resourceVersion: "7",
      generation: 1,
      ...options.metadata,
    },
    spec: {
      replicas: 3,
      serviceName: "db",
      selector: { matchLabels: { app: "db" } },
      template: options.template ?? template("shop/web:2"),
      podManagementPolicy: "OrderedReady",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      ...options.spec,
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      updatedReplicas: 3,
      currentRevision: "db-r2",
      updateRevision: "db-r2",
      ...options.status,
    },
  };
}

/** A DaemonSet `shop/agent` on three nodes, completely rolled out at its second revision. */
export function agent(options: SetOptions<DaemonSet> = {}): DaemonSet {
  return {
    metadata: {
      name: "agent",
      namespace: "shop",
      uid: "agent-uid",
      resourceVersion: "7",
      generation: 1,
      ...options.metadata,
    },
    spec: {
      selector: { matchLabels: { app: "agent" } },
      template: options.template ?? template("shop/web:2"),
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      ...options.spec,
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      numberAvailable: 3,
      ...options.status,
    },
  };
}

/** ControllerRevision `db-r<held>` (or of another set), which has that number now. */
export function controllerRevision(
  held: number,
  options: { of?: "db" | "agent"; number?: number; template?: PodTemplate; created?: string } = {},
): ControllerRevision {
  const { of = "db", number = held } = options;
  const kind = of === "db" ? "StatefulSet" : "DaemonSet";
  return {
    metadata: {
      name: `${of}-r${held}`,
      namespace: "shop",
      labels: { [of === "db" ? "controller.kubernetes.io/hash" : "controller-revision-hash"]: `r${held}` },
      creationTimestamp: options.created ?? ago(3_600 - held),
      ownerReferences: [{ apiVersion: "apps/v1", kind, name: of, uid: `${of}-uid`, controller: true }],
    },
    revision: number,
    data: { spec: { template: { ...(options.template ?? template(`shop/web:${held}`)), $patch: "replace" } } },
  };
}

/** That revision of `shop/db` (or of another set), as payloads carry it. */
export function revisionOf(held: number, of: "db" | "agent" = "db"): RevisionRef {
  const hash = templateHash(template(`shop/web:${held}`));
  return { revision: held, kind: "ControllerRevision", name: `${of}-r${held}`, template: hash };
}

/** The pod of `shop/db` with that ordinal, made from that revision; ready unless told otherwise. */
export function dbPod(ordinal: number, revision: number, options: { ready?: boolean; metadata?: object } = {}): Pod {
  const { ready = true, metadata } = options;
  return pod({
    name: `db-${ordinal}`,
    metadata: {
      name: `db-${ordinal}`,
      namespace: "shop",
      uid: `db-${ordinal}-uid`,
      resourceVersion: "7",
      labels: { app: "db", "controller-revision-hash": `db-r${revision}` },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "db-uid", controller: true }],
      ...metadata,
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  });
}
