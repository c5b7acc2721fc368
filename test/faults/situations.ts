import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Outcome } from "../../functions/run/contracts.ts";
import type { Deployment, Hpa } from "../../functions/shared/kubernetes/types.ts";
import type { Ground } from "./ground.ts";
import { bystanders, deployment, hpa, statefulSet, template } from "./objects.ts";

/** A situation that the workflow is sent into, and what it does there when nothing goes wrong. */
export interface Situation {
  name: string;
  summary: string;
  /** The request, beside the cluster and the namespace. */
  request?: Readonly<Record<string, unknown>>;
  /** Whoever sends the request again gets it done again. */
  repeats?: true;
  /** What is done has to be approved: a run has proposed it, and the request approves that. */
  approved?: true;
  /** Laid over the policy of all situations. */
  policy?: object;
  /** Brings the situation about. */
  prepare: (ground: Ground) => Promise<void>;
  /** What happens when the workflow enters a state. */
  meanwhile?: { at: string; happens: (ground: Ground) => Promise<void> };
  outcome: Outcome;
  /** Why it is skipped. */
  reason?: string;
  /** The changes that the remedy makes, and how often each: never more often, whatever goes wrong. */
  writes: Readonly<Record<string, number>>;
  /** Those that another remedy may make of what an execution leaves that was stopped, and how often each. */
  writesAfterStop?: Readonly<Record<string, number>>;
  /** Fields that the remedy may leave different, by object; everything else in the namespace stays as it is. */
  mayChange: Readonly<Record<string, readonly string[]>>;
  /** Fields that a controller of the cluster writes, by object. */
  controlled?: Readonly<Record<string, readonly string[]>>;
  /** How the target differs from what a remedy that helped leaves; undefined when it does not. */
  amiss: (ground: Ground) => Promise<string | undefined>;
}

/** A pod that is to fail at once does so within less than this, on a machine that is busy with many runs. */
export const STABLE_SECONDS = 8;

/** For how long a StatefulSet is left alone after its template changed. */
const SET_UPDATE_SECONDS = 6;

/** Patience for seconds instead of minutes, as far as a real cluster's clock allows. */
export const POLICY = {
  stable_seconds: STABLE_SECONDS,
  detect: { hpa_limited_seconds: 1, set_update_seconds: 0 },
  verify: { soak_seconds: 1, interval_seconds: 1, deadline_seconds: 30, undo_deadline_seconds: 20 },
  cool_down: { base_seconds: 1 },
};

/** What a run finds is proposed. */
const PROPOSING = { modes: { found: "approve" } };

const CRASH = { "simulation/failure": "crash-loop" };
const NO_IMAGE = { "simulation/failure": "image-pull" };

/** The core set, by name. */
export const SITUATIONS: readonly Situation[] = [
  {
    name: "bad-rollout",
    summary: "a bad rollout, rolled back",
    prepare: async (ground) => {
      await rollOutBadly(ground, NO_IMAGE, "ImagePullBackOff");
    },
    outcome: "Recovered",
    writes: { "PATCH deployments": 1 },
    mayChange: { "deployments/web": ["spec.template"] },
    amiss: (ground) => amissFrom(ground, "shop/web:1"),
  },
  {
    name: "stable-crash",
    summary: "a crash of a stable workload, restarted",
    prepare: async (ground) => {
      await ground.create(...bystanders(), deployment({ name: "web", image: "shop/web:1" }));
      await untilReady(ground, paths.deployment(ground.namespace, "web"), 2);
      await settled(ground);
      await ground.annotatePods("web", "simulation/failure", "crash-loop");
      await ground.untilWaiting("web", "CrashLoopBackOff", 2);
    },
    outcome: "Recovered",
    writes: { "POST pods/eviction": 2 },
    mayChange: {},
    amiss: (ground) => amissFrom(ground, "shop/web:1"),
  },
  {
    name: "hpa-at-maximum",
    summary: "an HPA at its maximum, raised",
    prepare: async (ground) => {
      const loaded = { name: "web", replicas: 4, image: "shop/web:1", annotations: { "simulation/total-cpu": "220m" } };
      await ground.create(...bystanders(), deployment(loaded), hpa("web", 2, 4));
      await untilReady(ground, paths.deployment(ground.namespace, "web"), 4);
      await settled(ground);
      await ground.until("the HPA is limited", async () => {
        const { status } = await ground.cluster.get<Hpa>(paths.hpa(ground.namespace, "web"));
        return status?.conditions?.some(({ type, reason }) => type === "ScalingLimited" && reason === "TooManyReplicas")
          ? status.currentReplicas === 4
          : false;
      });
      await ground.rest(2);
    },
    outcome: "Recovered",
    writes: { "PATCH horizontalpodautoscalers": 1 },
    mayChange: { "horizontalpodautoscalers/web": ["spec.minReplicas", "spec.maxReplicas"] },
    controlled: { "deployments/web": ["spec.replicas"] },
    amiss: async (ground) => {
      const { spec } = await ground.cluster.get<Hpa>(paths.hpa(ground.namespace, "web"));
      return spec.maxReplicas === 6 ? undefined : `the HPA's maximum is ${spec.maxReplicas}`;
    },
  },
  {
    name: "rollback-in-vain",
    summary: "a rollback that does not help, undone",
    policy: { verify: { deadline_seconds: 5 } },
    prepare: async (ground) => {
      await rollOutBadly(ground, CRASH, "CrashLoopBackOff");
    },
    meanwhile: {
      at: "Wait for it to settle",
      happens: async (ground) => {
        await ground.annotatePods("web", "simulation/failure", "crash-loop");
        await ground.untilWaiting("web", "CrashLoopBackOff", 2);
      },
    },
    outcome: "RolledBack",
    writes: { "PATCH deployments": 1 },
    // To whoever comes later, what was rolled back is a workload that crashes after a while.
    writesAfterStop: { "POST pods/eviction": 2 },
    mayChange: { "deployments/web": ["spec.template"] },
    // Nothing makes it well; only a remedy that was verified as such may call itself one.
    amiss: () => Promise.resolve("its pods crash with either template"),
  },
  {
    name: "stuck-statefulset",
    summary: "a StatefulSet stuck on its first pod, rolled back and unblocked",
    // What somebody has only just rolled out is left alone.
    policy: { detect: { set_update_seconds: SET_UPDATE_SECONDS } },
    prepare: async (ground) => {
      const path = paths.statefulSet(ground.namespace, "db");
      await ground.create(...bystanders(), statefulSet({ name: "db", image: "shop/db:1" }));
      await untilReady(ground, path, 2);
      await settled(ground);
      const broken = template({ name: "db", image: "shop/db:2", annotations: CRASH });
      await ground.patch(path, { op: "replace", path: "/spec/template", value: broken });
      await ground.untilWaiting("db", "CrashLoopBackOff");
      await ground.rest(SET_UPDATE_SECONDS);
      await ground.untilWaiting("db", "CrashLoopBackOff");
    },
    outcome: "Recovered",
    writes: { "PATCH statefulsets": 1, "DELETE pods": 1 },
    // Between the two writes it is a StatefulSet that is stuck on a pod of an earlier template.
    writesAfterStop: { "POST pods/eviction": 1 },
    mayChange: { "statefulsets/db": ["spec.template"] },
    amiss: (ground) => amissFrom(ground, "shop/db:1", paths.statefulSet(ground.namespace, "db")),
  },
  {
    name: "restart-runbook",
    summary: "a runbook that restarts a pod",
    request: { action: "restart_pod", pod_name: "db-0" },
    repeats: true,
    prepare: async (ground) => {
      await ground.create(...bystanders(), statefulSet({ name: "db", image: "shop/db:1" }));
      await untilReady(ground, paths.statefulSet(ground.namespace, "db"), 2);
      await settled(ground);
    },
    outcome: "Recovered",
    writes: { "POST pods/eviction": 1 },
    mayChange: {},
    amiss: (ground) => amissFrom(ground, "shop/db:1", paths.statefulSet(ground.namespace, "db")),
  },
  {
    name: "approved-rollback",
    summary: "a bad rollout, rolled back as somebody has approved",
    policy: PROPOSING,
    prepare: async (ground) => {
      await rollOutBadly(ground, NO_IMAGE, "ImagePullBackOff");
    },
    approved: true,
    outcome: "Recovered",
    writes: { "PATCH deployments": 1 },
    mayChange: { "deployments/web": ["spec.template"] },
    amiss: (ground) => amissFrom(ground, "shop/web:1"),
  },
  {
    name: "nothing-failing",
    summary: "nothing failing",
    prepare: async (ground) => {
      await ground.create(...bystanders(), deployment({ name: "web", image: "shop/web:1" }), hpa("web", 2, 4));
      await untilReady(ground, paths.deployment(ground.namespace, "web"), 2);
      await settled(ground);
    },
    outcome: "Healthy",
    writes: {},
    mayChange: {},
    controlled: { "deployments/web": ["spec.replicas"] },
    amiss: () => Promise.resolve(undefined),
  },
];

/** What nobody has approved: nothing is done, whatever goes wrong. */
export const NOT_APPROVED: Situation = {
  name: "not-approved",
  summary: "a bad rollout whose rollback nobody has approved",
  policy: PROPOSING,
  prepare: async (ground) => {
    await rollOutBadly(ground, NO_IMAGE, "ImagePullBackOff");
  },
  outcome: "Skipped",
  reason: "ApprovalNeeded",
  writes: {},
  mayChange: {},
  amiss: () => Promise.resolve(undefined),
};

/** A good revision, then one that fails until its progress deadline is over. */
async function rollOutBadly(ground: Ground, failure: Record<string, string>, reason: string): Promise<void> {
  const path = paths.deployment(ground.namespace, "web");
  await ground.create(...bystanders(), deployment({ name: "web", image: "shop/web:1", progressDeadline: 6 }));
  await untilReady(ground, path, 2);
  await settled(ground);
  const broken = template({ name: "web", image: "shop/web:2", annotations: failure });
  await ground.patch(path, { op: "replace", path: "/spec/template", value: broken });
  await ground.untilWaiting("web", reason);
  await ground.until("the rollout is past its progress deadline", async () => {
    const { status } = await ground.cluster.get<Deployment>(path);
    return status?.conditions?.some((each) => each.type === "Progressing" && each.status === "False") ?? false;
  });
  // The detection reads from the API server's cache, which is some moments old.
  await ground.rest(2);
  // A container that crashes runs for a moment now and then.
  await ground.untilWaiting("web", reason);
}

/** Waits until the bystander stands as well, and the first revision counts as stable. */
async function settled(ground: Ground): Promise<void> {
  await untilReady(ground, paths.deployment(ground.namespace, "bystander"), 1);
  await ground.rest(STABLE_SECONDS + 1);
}

async function untilReady(ground: Ground, path: string, replicas: number): Promise<void> {
  await ground.until(`${path} is ready`, async () => {
    const { metadata, status } = await ground.cluster.get<Deployment>(path);
    return status?.readyReplicas === replicas && (status.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  });
}

/** How a workload differs from one that runs two replicas of an image, and nothing else. */
async function amissFrom(
  ground: Ground,
  image: string,
  path = paths.deployment(ground.namespace, "web"),
): Promise<string | undefined> {
  const workload = await ground.cluster.get<Deployment>(path);
  const { readyReplicas = 0, updatedReplicas = 0 } = workload.status ?? {};
  const asked = workload.spec?.template.spec?.containers[0]?.image ?? "no image";
  if (asked === image && readyReplicas === 2 && updatedReplicas === 2) return undefined;
  return `it runs ${asked} with ${readyReplicas} ready and ${updatedReplicas} updated replicas: ${JSON.stringify(workload.status)}`;
}
