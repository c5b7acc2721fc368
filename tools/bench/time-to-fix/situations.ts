/** A way in which a workload that ran well begins to fail. */
export interface Situation {
  /** What happens, for people. */
  what: string;
  /** The cause that the workflow has to find, and the remedy that has to help. */
  cause: string;
  action: string;
  /** What is there from the beginning. */
  objects: readonly object[];
  /** The kubectl commands that break it. */
  breaks: readonly (readonly string[])[];
  /** What a person would do who is told at once and knows what it is. */
  byHand: readonly string[];
}

const DEPLOYMENT = "deployment/web";
const UNDO = ["rollout", "undo", DEPLOYMENT];

/** What may differ between the Deployments of the situations. */
interface Variant {
  /** Without a readiness probe, a container counts as ready while it runs. */
  probed?: boolean;
  strategy?: object;
  annotations?: Record<string, string>;
}

/** A Deployment of two replicas, with what Kubernetes sets where nothing is said: a progress deadline of 600 s. */
function web({ probed = true, strategy, annotations = {} }: Variant = {}): object {
  const probe = { readinessProbe: { httpGet: { path: "/", port: 80 } } };
  const resources = { requests: { cpu: "500m", memory: "256Mi" }, limits: { memory: "256Mi" } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      ...(strategy === undefined ? {} : { strategy }),
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" }, annotations },
        spec: { containers: [{ name: "app", image: "shop/web:1", resources, ...(probed ? probe : {}) }] },
      },
    },
  };
}

/** A rollout of version 2, with these markers of the simulated kubelet, these fields of its container and of its pods. */
function rollout(markers: Record<string, string>, container: object = {}, pod: object = {}): readonly string[] {
  const annotations = Object.fromEntries(Object.entries(markers).map(([name, value]) => [`simulation/${name}`, value]));
  const containers = [{ name: "app", image: "shop/web:2", ...container }];
  const patch = { spec: { template: { metadata: { annotations }, spec: { containers, ...pod } } } };
  return ["patch", DEPLOYMENT, "-p", JSON.stringify(patch)];
}

/** What a rollout brings, and a rollback takes away. */
function brought(what: string, cause: string, breaks: readonly string[], variant: Variant = {}): Situation {
  return { what, cause, action: "rollback", objects: [web(variant)], breaks: [breaks], byHand: UNDO };
}

const CRASHES = { failure: "crash-loop" };
const NO_COMMAND = 'exec: "/srv/webb": stat /srv/webb: no such file or directory: unknown';

/** A situation for each cause that has a remedy on a single workload, the usual ones first. */
export const SITUATIONS: readonly Situation[] = [
  brought("its image does not exist", "ImageNotFound", rollout({ failure: "image-pull" })),
  brought(
    "its command is not in the image",
    "CommandNotStarted",
    rollout({ failure: "waiting", reason: "RunContainerError", message: NO_COMMAND }, { command: ["/srv/webb"] }),
  ),
  brought("it crashes", "CrashLoopAfterRollout", rollout(CRASHES)),
  brought(
    "it crashes once it has replaced the old pods (no readiness probe)",
    "CrashLoopAfterRollout",
    rollout({ ...CRASHES, after: "20s" }),
    { probed: false },
  ),
  brought("it crashes, and the old pods are gone (strategy Recreate)", "CrashLoopAfterRollout", rollout(CRASHES), {
    strategy: { type: "Recreate" },
  }),
  brought(
    "its liveness probe kills it again and again",
    "CrashLoopAfterRollout",
    rollout({ ...CRASHES, "exit-code": "137" }, { livenessProbe: { httpGet: { path: "/no-such-page", port: 80 } } }),
  ),
  brought(
    "its memory limit is too low",
    "CrashLoopAfterRollout",
    rollout({ failure: "oom-kill" }, { resources: { limits: { memory: "16Mi" }, requests: { memory: "16Mi" } } }),
  ),
  brought("it does not become ready", "UnreadyAfterRollout", rollout({ failure: "never-ready" })),
  brought(
    "its init container waits for ever",
    "InitContainerHangs",
    rollout(
      { failure: "stuck-pending", "failing-container": "wait-for-db" },
      {},
      { initContainers: [{ name: "wait-for-db", image: "shop/wait:1", args: ["db-2"] }] },
    ),
  ),
  brought(
    "it refers to a ConfigMap that does not exist",
    "MissingConfig",
    rollout(
      { failure: "waiting", reason: "CreateContainerConfigError", message: 'configmap "settings" not found' },
      { envFrom: [{ configMapRef: { name: "settings" } }] },
    ),
  ),
  brought(
    "it asks for nodes that there are not",
    "Unschedulable",
    rollout({}, {}, { nodeSelector: { "shop/disk": "nvme" } }),
  ),
  {
    what: "its pods exceed the namespace's quota",
    cause: "CannotCreatePods",
    action: "rollback",
    objects: [
      web(),
      {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "slots" },
        spec: { hard: { "requests.cpu": "1500m" } },
      },
    ],
    breaks: [rollout({}, { resources: { requests: { cpu: "2" } } })],
    byHand: UNDO,
  },
  {
    what: "a pod crashes that ran well for long",
    cause: "CrashLoopOfStableWorkload",
    action: "restart",
    objects: [web()],
    breaks: [["annotate", "pods", "--all", "simulation/failure=crash-loop"]],
    byHand: ["delete", "pods", "--all", "--wait=false"],
  },
  {
    what: "the load outgrows the maximum of its HPA",
    cause: "HpaAtMaximum",
    action: "scale",
    objects: [
      web({ annotations: { "simulation/total-cpu": "2200m" } }),
      {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "web" },
        spec: {
          minReplicas: 2,
          maxReplicas: 8,
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
          ],
        },
      },
    ],
    // The load is what it was; the maximum is what changes.
    breaks: [["patch", "hpa/web", "-p", JSON.stringify({ spec: { maxReplicas: 4 } })]],
    byHand: ["patch", "hpa/web", "-p", JSON.stringify({ spec: { maxReplicas: 8 } })],
  },
];
