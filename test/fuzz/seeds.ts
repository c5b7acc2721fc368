import fc, { type Arbitrary } from "../support/properties.ts";
import { templateHash } from "../../functions/shared/kubernetes/template.ts";
import { ERROR_NAMES } from "../../functions/shared/errors.ts";
import { hostileText } from "../support/hostile.ts";
import {
  hostileBudget,
  hostileControllerRevision,
  hostileDaemonSet,
  hostileDeployment,
  hostileEvent,
  hostileHpa,
  hostileJob,
  hostileLease,
  hostileNode,
  hostilePods,
  hostileQuota,
  hostileReplicaSet,
  hostileStatefulSet,
} from "../support/hostile-objects.ts";
import {
  ago,
  crashingPod,
  deployment,
  hpa,
  imagePullPod,
  ofRevision,
  pod,
  replicaSet,
  template,
} from "../support/objects.ts";
import { agent, controllerRevision, db, dbPod } from "../support/set-objects.ts";
import type { World } from "./world.ts";

/** Clusters and policies to begin with: some in which a remedy is found, and some of which nothing is as it should be. */

const SHOP = { metadata: { name: "shop", uid: "shop-uid" } };
const NODE = {
  metadata: { name: "node-0" },
  status: { conditions: [{ type: "Ready", status: "Unknown", lastTransitionTime: ago(900) }] },
};
const LATE = { status: "False", reason: "ProgressDeadlineExceeded", lastUpdateTime: ago(900) };
const SHORT = { readyReplicas: 0, availableReplicas: 0 };
const versioned = { resourceVersion: "7" };

function scene(objects: Record<string, unknown[]>): World {
  return { objects: { namespaces: [SHOP], nodes: [NODE], ...objects } };
}

/** The hashes of the templates that the scenes are made of. */
export const TEMPLATES = [1, 2].map((revision) => templateHash(template(`shop/web:${revision}`)));

const SCENES: readonly World[] = [
  // A bad rollout.
  scene({
    deployments: [
      deployment({ template: template("shop/web:2"), progressing: LATE, metadata: versioned, status: SHORT }),
    ],
    replicasets: [
      replicaSet(2, { replicas: 2, created: ago(900) }),
      replicaSet(1, { available: 2, created: ago(90_000) }),
    ],
    pods: [ofRevision(2, imagePullPod("manifest unknown")), ofRevision(2, crashingPod({ name: "web-2-b" }))],
  }),
  // A stable workload that crashes.
  scene({
    deployments: [deployment({ metadata: versioned, status: SHORT })],
    replicasets: [replicaSet(1, { replicas: 2, created: ago(90_000) })],
    pods: [crashingPod({ name: "web-1-a", restarts: 9 }), pod({ name: "web-1-b" })],
    poddisruptionbudgets: [
      { metadata: { name: "web", namespace: "shop" }, spec: { selector: { matchLabels: { app: "web" } } }, status: {} },
    ],
    events: [{ metadata: { name: "e", namespace: "shop" }, involvedObject: { kind: "Pod" }, reason: "BackOff" }],
  }),
  // An HPA at its maximum.
  scene({
    deployments: [deployment({ metadata: versioned })],
    replicasets: [replicaSet(1, { available: 2 })],
    pods: [pod()],
    horizontalpodautoscalers: [hpa({ max: 2, limited: "TooManyReplicas", metadata: versioned })],
  }),
  // A StatefulSet that is stuck on its first pod, and a DaemonSet with a bad update.
  scene({
    statefulsets: [
      db({
        template: template("shop/web:2"),
        status: { readyReplicas: 2, updatedReplicas: 1, currentRevision: "db-r1" },
      }),
    ],
    daemonsets: [agent({ status: { numberReady: 1, numberAvailable: 1 } })],
    controllerrevisions: [
      controllerRevision(1, { created: ago(90_000) }),
      controllerRevision(2),
      controllerRevision(1, { of: "agent", created: ago(90_000) }),
      controllerRevision(2, { of: "agent" }),
    ],
    pods: [dbPod(0, 1), dbPod(1, 1), dbPod(2, 2, { ready: false })],
  }),
  // Leftovers, Jobs, a lost node, and a claim with a history.
  scene({
    deployments: [deployment({ metadata: versioned })],
    replicasets: [replicaSet(1, { available: 2 })],
    pods: [
      pod({ name: "web-1-z", status: { phase: "Failed", reason: "Evicted" } }),
      pod({ spec: { nodeName: "node-0", containers: [] } }),
    ],
    jobs: [
      {
        metadata: {
          name: "job-1",
          namespace: "shop",
          ownerReferences: [{ kind: "CronJob", name: "night", controller: true }],
        },
        status: {
          conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", lastTransitionTime: ago(60) }],
        },
      },
    ],
    cronjobs: [{ metadata: { name: "night", namespace: "shop" }, status: { lastSuccessfulTime: ago(30) } }],
    leases: [
      {
        metadata: {
          name: "deployment.shop.web",
          namespace: "eks-remediation",
          annotations: {
            "eks-remediation/history": JSON.stringify([
              {
                at: ago(7_200),
                execution: "e",
                cause: "CrashLoop",
                action: "restart",
                outcome: "Unresolved",
                applied: true,
              },
            ]),
          },
        },
        spec: { holderIdentity: "other", leaseDurationSeconds: 60, renewTime: ago(600) },
      },
    ],
  }),
];

const few = <T>(one: Arbitrary<T>) => fc.array(one, { maxLength: 2 });

const hostileWorld: Arbitrary<World> = fc
  .record({
    pods: hostilePods.map((pods) => pods.slice(0, 5)),
    deployments: few(hostileDeployment),
    replicasets: few(hostileReplicaSet),
    statefulsets: few(hostileStatefulSet),
    daemonsets: few(hostileDaemonSet),
    jobs: few(hostileJob),
    horizontalpodautoscalers: few(hostileHpa),
    controllerrevisions: few(hostileControllerRevision),
    nodes: few(hostileNode),
    events: few(hostileEvent),
    poddisruptionbudgets: few(hostileBudget),
    resourcequotas: few(hostileQuota),
    leases: few(hostileLease),
  })
  .map((objects) => ({ objects: { namespaces: [SHOP], ...objects } }));

const refusals = fc.dictionary(
  fc.constantFrom(
    "get pods",
    "list pods",
    "table pods",
    "patch deployments",
    "evict pods",
    "replace leases",
    "create leases",
  ),
  fc.constantFrom(...ERROR_NAMES),
  { maxKeys: 2 },
);

const scenes = fc.constantFrom(...SCENES);

export const worlds: Arbitrary<World> = fc.oneof(
  { weight: 3, arbitrary: scenes },
  { weight: 1, arbitrary: hostileWorld },
  { weight: 1, arbitrary: fc.tuple(scenes, refusals).map(([world, refused]) => ({ ...world, refusals: refused })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(scenes, fc.array(fc.array(hostileText, { maxLength: 4 }), { maxLength: 3 }))
      .map(([world, rows]) => ({
        ...world,
        tables: {
          pods: {
            kind: "Table",
            columnDefinitions: ["Name", "Ready", "Status", "Readiness Gates"].map((name) => ({ name })),
            rows: rows.map((cells) => ({ cells })),
          },
        },
      })),
  },
);

export const somePolicy = fc.constantFrom<object>(
  {},
  {},
  { namespaces: { allow: ["shop"] } },
  { namespaces: { deny: ["shop"] } },
  { opt_in: true },
  { actions: { restart: "diagnose", rollback: "off", scale: "off" } },
  { storm: { min_workloads: 2, min_share: 0 } },
  { stable_seconds: 0, scale: { max_replicas: 1 }, restart: { max_pods: 1 } },
);
