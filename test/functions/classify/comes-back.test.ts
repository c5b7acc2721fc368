import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { NO_SURROUNDINGS, type Surroundings } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import type {
  LimitRange,
  Namespace,
  Node,
  Pod,
  PodTemplate,
  ReplicaSet,
  ResourceQuota,
  StatefulSet,
} from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  imagePullPod,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

type PodSpec = NonNullable<Pod["spec"]>;
const SPEC: PodSpec = {
  nodeName: "node-1",
  containers: [{ name: "app", resources: { requests: { cpu: "500m" }, limits: { memory: "256Mi" } } }],
};

/** A pod that crashes again and again after it ran well for long. */
function crashed(spec: Partial<PodSpec> = {}): Pod {
  const made = crashingPod({ ranFor: 3_000, startedAgo: 90_000 });
  return { ...made, spec: { ...SPEC, ...spec }, status: { ...made.status, qosClass: "Burstable" } };
}

function remedyFor(target: Pod, more: Partial<Evidence> = {}, around: Partial<Surroundings> = {}): string {
  const { remedy } = classify(
    evidence({ pods: [target], surroundings: { ...NO_SURROUNDINGS, ...around }, ...more }),
    policy(),
  );
  return remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;
}

const quota = (hard: string, used: string, amount = "pods", spec: ResourceQuota["spec"] = {}): ResourceQuota => ({
  metadata: { name: "slots", namespace: "shop" },
  spec,
  status: { hard: { [amount]: hard }, used: { [amount]: used } },
});

describe("a restart of a pod that its finalizers keep", () => {
  const held = crashed();
  const finalizers = ["example.com/drain", "example.com/billing"];
  const member = (kept: string[]): Pod => {
    const { metadata, spec } = dbPod(1, 2, { metadata: { finalizers: kept, creationTimestamp: ago(90_000) } });
    return { metadata, spec, status: held.status } as Pod;
  };
  const ofDb = (kept: string[], more: Partial<Evidence> = {}) =>
    remedyFor(member(kept), {
      pods: [dbPod(0, 2), member(kept), dbPod(2, 2)],
      incident: incident({ workload: { ...DB } }),
      workload: db({ status: { readyReplicas: 2, availableReplicas: 2 } }),
      holders: [controllerRevision(2)],
      ...more,
    });

  it("is not begun where the next one is made only once it is gone", () => {
    expect(ofDb(finalizers)).toContain(
      "NoSafeRemedy: Not restarted: pod db-1 stays there until its finalizers example.com/drain, example.com/billing are taken off",
    );
    expect(ofDb([])).toBe("restart");
  });

  it("is begun where its controller does not wait for that", () => {
    expect(remedyFor({ ...held, metadata: { ...held.metadata, finalizers } })).toBe("restart");
  });

  it("is begun where somebody asks for it", () => {
    const requested = { action: "restart", pod: "db-1" } as const;

    expect(ofDb(finalizers, { incident: incident({ workload: { ...DB }, requested }) })).toBe("restart");
  });
});

describe("a restart of a pod that asks not to be disrupted", () => {
  const asking = (annotations: Record<string, string>, beside: "runs" | "is alone"): Pod => {
    const { metadata, status, ...one } = crashed();
    const proxy = container({ name: "session" });
    const containerStatuses = [...(status?.containerStatuses ?? []), ...(beside === "runs" ? [proxy] : [])];
    return { ...one, metadata: { ...metadata, annotations }, status: { ...status, containerStatuses } };
  };
  const KARPENTER = { "karpenter.sh/do-not-disrupt": "true" };

  it.each([
    [KARPENTER, "karpenter.sh/do-not-disrupt: true"],
    [{ "karpenter.sh/do-not-disrupt": "4h" }, "karpenter.sh/do-not-disrupt: 4h"],
    [
      { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
      "cluster-autoscaler.kubernetes.io/safe-to-evict: false",
    ],
  ])("is not begun while something of it runs: %o", (annotations, said) => {
    expect(remedyFor(asking(annotations, "runs"))).toContain(
      `NoSafeRemedy: Not restarted: pod web-1-aaaaa asks not to be disrupted (${said}), and container session of it runs`,
    );
  });

  it("is begun where nothing of it runs", () => {
    expect(remedyFor(asking(KARPENTER, "is alone"))).toBe("restart");
  });

  it.each([
    [{ "karpenter.sh/do-not-disrupt": "false" }],
    [{ "cluster-autoscaler.kubernetes.io/safe-to-evict": "true" }],
    [{}],
  ])("is begun of one that does not ask: %o", (annotations) => {
    expect(remedyFor(asking(annotations, "runs"))).toBe("restart");
  });

  it("is begun where somebody asks for it", () => {
    const requested = { action: "restart", pod: "web-1-aaaaa" } as const;

    expect(remedyFor(asking(KARPENTER, "runs"), { incident: incident({ requested }) })).toBe("restart");
  });
});

describe("a restart under a quota that has less than is in use", () => {
  it.each([
    ["pods", quota("2", "3")],
    ["what it requests", quota("900m", "1", "requests.cpu")],
    ["what it may take", quota("256Mi", "1Gi", "limits.memory")],
    ["a limit that its controller has not counted yet", quota("5", "3", "pods", { hard: { pods: "2" } })],
    ["pods that are not best effort", quota("2", "3", "pods", { scopes: ["NotBestEffort", "NotTerminating"] })],
  ])("is refused: %s", (_what, full) => {
    expect(remedyFor(crashed(), {}, { quotas: [full] })).toContain(
      "NoSafeRemedy: Not restarted: quota slots has less than is in use already",
    );
  });

  it.each([
    ["is just used up, as the pod gives back what the next one takes", quota("3", "3")],
    ["is for what the pod does not take", quota("1", "2", "requests.nvidia.com/gpu")],
    ["is for services", quota("1", "2", "services")],
    ["is for pods that are best effort", quota("2", "3", "pods", { scopes: ["BestEffort"] })],
    [
      "is for pods of another priority",
      quota("2", "3", "pods", {
        scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["high"] }] },
      }),
    ],
  ])("is done where that %s", (_what, other) => {
    expect(remedyFor(crashed(), {}, { quotas: [other] })).toBe("restart");
  });

  it("is refused for a pod of the priority that the quota is for", () => {
    const high = quota("2", "3", "pods", {
      scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["high"] }] },
    });

    expect(remedyFor(crashed({ priorityClassName: "high" }), {}, { quotas: [high] })).toContain("quota slots");
  });

  it("is refused also to whoever asks for it", () => {
    const asked = incident({ requested: { action: "restart", pod: "web-1-aaaaa" } });

    expect(remedyFor(crashed(), { incident: asked }, { quotas: [quota("2", "3")] })).toContain("quota slots");
  });
});

describe("a restart of a pod that was resized to less than its template has", () => {
  const containers = [{ name: "app", resources: { requests: { cpu: "500m" }, limits: { memory: "1Gi" } } }];
  const larger = { holders: [replicaSet(1, { template: { spec: { containers } } })] };
  const resized = { ...crashed(), metadata: { ...crashed().metadata, generation: 2 } };

  it("is refused where a quota has no room for the difference", () => {
    expect(remedyFor(resized, larger, { quotas: [quota("2Gi", "2Gi", "limits.memory")] })).toBe(
      "NoSafeRemedy: Not restarted: what takes the place of pod web-1-aaaaa may ask for more than that does, as its template has it, and quota slots has no room for that (limits.memory: 2Gi used of 2Gi). Raise the quota, free some of it, or give the template the amounts of the pod first.",
    );
  });

  it.each<[string, Pod, Partial<Evidence>, ResourceQuota]>([
    ["it has room", resized, larger, quota("3Gi", "2Gi", "limits.memory")],
    ["the quota is of what the pod has as its template does", resized, larger, quota("1", "1", "requests.cpu")],
    ["the pod was made so, as the next one is", crashed(), larger, quota("2Gi", "2Gi", "limits.memory")],
  ])("is done where %s", (_what, target, more, full) => {
    expect(remedyFor(target, more, { quotas: [full] })).toBe("restart");
  });
});

describe("a restart under a LimitRange that was narrowed", () => {
  type Limits = NonNullable<LimitRange["spec"]>["limits"][number];
  const range = (limits: Partial<Limits>): Partial<Surroundings> => ({
    limitRanges: [{ metadata: { name: "bounds" }, spec: { limits: [{ type: "Container", ...limits }] } }],
  });
  const named = { holders: [replicaSet(1, { template: { spec: SPEC } })] };

  it.each<[string, Partial<Limits>]>([
    ["at most 128Mi of memory, and container app asks for 256Mi", { max: { memory: "128Mi" } }],
    ["at most 250m of cpu, and container app asks for 500m", { max: { cpu: "250m" } }],
    ["no less than 1Gi of memory, and container app asks for 256Mi", { min: { memory: "1Gi" } }],
  ])("is refused: a container has %s", (said, limits) => {
    expect(remedyFor(crashed(), named, range(limits))).toBe(
      `NoSafeRemedy: Not restarted: LimitRange bounds allows a container ${said} in the pod template, so that none takes the place of web-1-aaaaa. Change the pod template, or have the LimitRange changed, first.`,
    );
  });

  it("is refused where a limit is too many times its request", () => {
    const containers = [{ name: "app", resources: { requests: { cpu: "100m" }, limits: { cpu: "1" } } }];
    const wide = { holders: [replicaSet(1, { template: { spec: { containers } } })] };
    expect(remedyFor(crashed({ containers }), wide, range({ maxLimitRequestRatio: { cpu: "4" } }))).toContain(
      "allows a container a limit of cpu of 4 times its request at most, and container app asks for 1 with a request of 100m",
    );
    expect(remedyFor(crashed({ containers }), wide, range({ maxLimitRequestRatio: { cpu: "10" } }))).toBe("restart");
  });

  it("is refused where the next pod is made from a template that is beyond it", () => {
    const asked = incident({ requested: { action: "restart", pod: "web-1-aaaaa" } });
    expect(remedyFor(crashed(), { ...named, incident: asked }, range({ max: { memory: "1Mi" } }))).toContain("bounds");
  });

  it.each<[string, Partial<Evidence>, Partial<Limits>]>([
    ["has room for what it asks for", named, { max: { memory: "256Mi", cpu: "1" }, min: { cpu: "500m" } }],
    ["has room for the whole pod", named, { type: "Pod", max: { memory: "256Mi" } }],
    ["is for what it does not ask for", named, { max: { "nvidia.com/gpu": "0" } }],
    ["is beyond what the template does not name, which is given to each pod", {}, { max: { memory: "1Mi" } }],
  ])("is done where the LimitRange %s", (_what, more, limits) => {
    expect(remedyFor(crashed(), more, range(limits))).toBe("restart");
  });

  it("is done where something gives the pods other amounts than their template names", () => {
    const containers = [{ name: "app", resources: { limits: { memory: "64Mi" }, requests: { cpu: "500m" } } }];
    expect(remedyFor(crashed({ containers }), named, range({ max: { memory: "128Mi" } }))).toBe("restart");
  });
});

describe("a restart under a quota that has every container name an amount", () => {
  const wants = (amount: string, spec: ResourceQuota["spec"] = {}) => ({
    quotas: [quota("10", "1", amount, spec)],
  });

  it.each(["limits.cpu", "requests.memory", "memory"])("is refused for a pod that does not name it: %s", (amount) => {
    const named = amount === "limits.cpu" ? { requests: { cpu: "1" } } : { limits: { cpu: "1" } };

    expect(remedyFor(crashed({ containers: [{ name: "app", resources: named }] }), {}, wants(amount))).toContain(
      `NoSafeRemedy: Not restarted: quota slots has every container name ${amount}, and not every one of pod web-1-aaaaa does`,
    );
  });

  it.each<[string, Partial<Surroundings>]>([
    ["it names", wants("limits.memory")],
    ["it limits, and so requests", wants("requests.memory")],
    ["no container has to name", wants("pods")],
    ["only others have to name", wants("limits.cpu", { scopes: ["BestEffort"] })],
  ])("is done for what %s", (_what, around) => {
    expect(remedyFor(crashed(), {}, around)).toBe("restart");
  });

  it("is done where a later pod of the same template was given it, and not where an earlier one was", () => {
    const bare = crashed({ containers: [{ name: "app" }] });
    const beside = (madeAgo: number): Pod => ({
      ...pod({ name: "web-1-bbbbb", metadata: { creationTimestamp: ago(madeAgo) } }),
      spec: { containers: [{ name: "app", resources: { limits: { cpu: "1" } } }] },
    });

    expect(remedyFor(bare, { pods: [bare, beside(1_000)] }, wants("limits.cpu"))).toBe("restart");
    expect(remedyFor(bare, { pods: [bare, beside(99_000)] }, wants("limits.cpu"))).toContain("quota slots");
  });

  it.each([
    ["is done for a pod that was let in under it all the same", 99_000, "restart"],
    ["is refused for one that was made before", 80_000, "quota slots"],
  ])("%s", (_what, setAgo, said) => {
    const fieldsV1 = { "f:spec": { "f:hard": { "f:limits.cpu": {} } } };
    const metadata = { name: "slots", managedFields: [{ manager: "helm", time: ago(setAgo), fieldsV1 }] };

    expect(remedyFor(crashed(), {}, { quotas: [{ ...quota("10", "1", "limits.cpu"), metadata }] })).toContain(said);
  });

  it("is done for a pod that names it as a whole", () => {
    expect(remedyFor(crashed({ resources: { limits: { cpu: "1" } } }), {}, wants("limits.cpu"))).toBe("restart");
  });
});

describe("a restart under a Pod Security level", () => {
  const namespace = (level: string, setAgo = 60, labels = {}): Namespace => ({
    metadata: {
      name: "shop",
      labels: { "pod-security.kubernetes.io/enforce": level, ...labels },
      managedFields: [
        {
          fieldsV1: { "f:metadata": { "f:labels": { "f:pod-security.kubernetes.io/enforce": {} } } },
          time: ago(setAgo),
        },
      ],
    },
  });
  const privileged = { containers: [{ name: "app", securityContext: { privileged: true } }] };
  const safest = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      { name: "app", securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } },
    ],
    volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
  };

  it.each<[string, Partial<PodSpec>, string]>([
    ["privileged", privileged, "baseline"],
    ["in the network of its host", { hostNetwork: true }, "baseline"],
    ["with a path of its host", { volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] }, "restricted"],
    [
      "with a privileged sidecar",
      { initContainers: [{ name: "agent", restartPolicy: "Always", securityContext: { privileged: true } }] },
      "baseline",
    ],
    ["that does not say that it runs as no root", {}, "restricted"],
    ["of the user 0", { ...safest, securityContext: { ...safest.securityContext, runAsUser: 0 } }, "restricted"],
    ["with a volume of NFS", { ...safest, volumes: [{ name: "n", nfs: { server: "s", path: "/" } }] }, "restricted"],
  ])("is refused for a pod %s", (_what, spec, level) => {
    expect(remedyFor(crashed(spec), { namespace: namespace(level) })).toContain(
      `NoSafeRemedy: Not restarted: its namespace enforces the Pod Security level ${level}, which pod web-1-aaaaa violates`,
    );
  });

  it.each<[string, Partial<PodSpec>, Namespace]>([
    ["that meets baseline", {}, namespace("baseline")],
    ["that meets restricted", safest, namespace("restricted")],
    ["under a level that forbids nothing", privileged, namespace("privileged")],
    ["that was let in under it, as an exempt one", privileged, namespace("baseline", 100_000)],
    [
      "under rules that are older than what is known of them",
      privileged,
      namespace("baseline", 60, { "pod-security.kubernetes.io/enforce-version": "v1.20" }),
    ],
  ])("is done for a pod %s", (_what, spec, where) => {
    expect(remedyFor(crashed(spec), { namespace: where })).toBe("restart");
  });
});

describe("a restart of what is made again from another template", () => {
  const level = "pod-security.kubernetes.io/enforce";
  const since = (secondsAgo: number): Namespace => ({
    metadata: {
      name: "shop",
      labels: { [level]: "baseline" },
      managedFields: [{ fieldsV1: { "f:metadata": { "f:labels": { [`f:${level}`]: {} } } }, time: ago(secondsAgo) }],
    },
  });
  const open = { hostPID: true, ...SPEC };
  const elsewhere = { ...SPEC, nodeSelector: { disk: "fast" } };
  const made = (spec: PodSpec): PodTemplate => ({ metadata: { labels: { app: "db" } }, spec });

  /** The member, made from a revision, with what it was made with and how it is. */
  const member = (ordinal: number, revision: number, spec: PodSpec, status: Pod["status"], madeAgo = 90_000): Pod => ({
    ...dbPod(ordinal, revision, { metadata: { creationTimestamp: ago(madeAgo) } }),
    ...{ spec, ...(status === undefined ? {} : { status }) },
  });
  const crashing = crashed().status;

  /** `shop/db`, whose first member is of the revision before. */
  const set = (first: Pod, template: PodTemplate, more: Partial<Evidence> = {}): Partial<Evidence> => ({
    incident: incident({ workload: DB }),
    workload: db({
      template,
      spec: { replicas: 1 },
      status: { replicas: 1, readyReplicas: 0, availableReplicas: 0, updatedReplicas: 0, currentRevision: "db-r1" },
    }),
    holders: [
      controllerRevision(2, { created: ago(4_000), template }),
      controllerRevision(1, { created: ago(99_000) }),
    ],
    pods: [first],
    namespace: since(5_000),
    ...more,
  });

  it("is done where the present template meets the level that the pod violates", () => {
    expect(remedyFor(pod(), set(member(0, 1, open, crashing), made(SPEC)))).toBe("restart");
  });

  it("is refused where the present template violates the level that the pod meets", () => {
    expect(remedyFor(pod(), set(member(0, 1, SPEC, crashing), made(open)))).toContain(
      "enforces the Pod Security level baseline, which the pod template violates",
    );
  });

  it("is refused where the present template asks for what is gone", () => {
    const reading = { containers: [{ name: "app", envFrom: [{ configMapRef: { name: "new" } }] }] };
    const config = [{ kind: "ConfigMap", name: "new", optional: false, state: "missing" } as const];

    expect(remedyFor(pod(), set(member(0, 1, SPEC, crashing), made(reading), { config }))).toContain(
      "ConfigMap new, which the pod template asks for, is not there",
    );
  });

  it("is done for the pod that found no node, where the present template may go elsewhere", () => {
    const message = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.";
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime: ago(8_000) },
    ];
    const { nodeName: _none, ...unplaced } = elsewhere;

    expect(remedyFor(pod(), set(member(0, 1, unplaced, { phase: "Pending", conditions }), made(SPEC)))).toBe("restart");
  });

  it("is refused where pods that meet the level were made under it, beside one that is made again as it was", () => {
    const well = (ordinal: number) => member(ordinal, 2, SPEC, dbPod(ordinal, 2).status, 60);
    const partition = { rollingUpdate: { partition: 1 }, type: "RollingUpdate" };
    const { workload } = set(member(0, 1, open, crashing), made(SPEC));

    expect(
      remedyFor(pod(), {
        ...set(member(0, 1, open, crashing), made(SPEC)),
        incident: incident({ workload: DB, requested: { action: "restart", pod: "db-0" } }),
        workload: { ...workload, spec: { ...workload?.spec, replicas: 2, updateStrategy: partition } } as StatefulSet,
        pods: [member(0, 1, open, crashing), well(1)],
      }),
    ).toContain("which pod db-0 violates");
  });
});

describe("a restart where the controller may make no pods", () => {
  const message = 'pods "web-" is forbidden: exceeded quota: slots, requested: pods=1, used: pods=2, limited: pods=2';
  const holder = (said: string, status = "True"): ReplicaSet => {
    const made = replicaSet(1, { available: 1 });
    const conditions = [{ type: "ReplicaFailure", status, reason: "FailedCreate", message: said }];
    return { ...made, status: { replicas: 1, availableReplicas: 1, ...made.status, conditions } };
  };

  it("is refused, with what the API server says", () => {
    const said = remedyFor(crashed(), { holders: [holder(message)] });

    expect(said).toContain("NoSafeRemedy: Not restarted: its controller could not make a further pod");
    expect(said).toContain("a quota of the namespace has no room");
  });

  it.each([
    ["the next try may be let in", "the server is currently unable to handle the request", "True"],
    ["it could since", message, "False"],
  ])("is done where %s", (_what, said, status) => {
    expect(remedyFor(crashed(), { holders: [holder(said, status)] })).toBe("restart");
  });

  it("is done for pods of a revision whose controller may, though that of another may not", () => {
    const other = holder(message);

    expect(
      remedyFor(crashed(), {
        holders: [replicaSet(1, { available: 1 }), { ...other, metadata: { ...other.metadata, uid: "rs-9-uid" } }],
      }),
    ).toBe("restart");
  });

  const event = (secondsAgo: number): KubernetesEvent => ({
    metadata: { name: "db.1", namespace: "shop" },
    type: "Warning",
    reason: "FailedCreate",
    message: 'create Pod db-2 in StatefulSet db failed error: pods "db-2" is forbidden: exceeded quota: slots',
    involvedObject: { kind: "StatefulSet", name: "db", uid: "db-uid" },
    lastTimestamp: ago(secondsAgo),
  });
  const warning = (said: string, secondsAgo: number): KubernetesEvent => ({
    ...event(secondsAgo),
    involvedObject: { kind: "ReplicaSet", name: "web-1", uid: "rs-1-uid" },
    message: `Error creating: ${said}`,
  });
  const slow = "etcdserver: request timed out";

  it.each<[string, string, KubernetesEvent[]]>([
    ["began to be slow, and has refused since", slow, [warning(message, 30)]],
    ["was slow since it refused", message, [warning(slow, 30)]],
    ["was slow in between", slow, [warning(slow, 30), warning(message, 60)]],
  ])("is refused for what the API server refuses, where it %s", (_what, said, events) => {
    expect(remedyFor(crashed(), { holders: [holder(said)] }, { events })).toContain("exceeded quota: slots");
  });

  it("is done where it could since the warnings", () => {
    expect(remedyFor(crashed(), { holders: [holder("", "False")] }, { events: [warning(message, 30)] })).toBe(
      "restart",
    );
  });

  const set = (events: KubernetesEvent[], made: number) => ({
    incident: incident({ workload: DB, requested: { action: "restart" as const, pod: "db-0" } }),
    workload: db({ status: { readyReplicas: 1 } }),
    holders: [controllerRevision(2)],
    pods: [dbPod(0, 2, { ready: false, metadata: { creationTimestamp: ago(made) } })],
    surroundings: { ...NO_SURROUNDINGS, events },
  });

  it("is refused for a member of a set where nothing was made since a warning", () => {
    expect(remedyFor(pod(), set([event(30)], 600))).toContain("could not make a further pod lately");
  });

  it("is done where a pod was made since, and where the warning is old", () => {
    expect(remedyFor(pod(), set([event(700)], 600))).toBe("restart");
    expect(remedyFor(pod(), set([event(2_000)], 9_000))).toBe("restart");
  });
});

describe("a restart where a pod before it is not ready", () => {
  const members = (podManagementPolicy: string, ready: boolean[]) => ({
    incident: incident({ workload: DB, requested: { action: "restart" as const, pod: "db-2" } }),
    workload: db({ spec: { podManagementPolicy }, status: { readyReplicas: 1 } }),
    holders: [controllerRevision(2)],
    pods: ready.map((isReady, ordinal) => dbPod(ordinal, 2, { ready: isReady })),
  });

  it("is refused, as its controller makes it again only after that", () => {
    expect(remedyFor(pod(), members("OrderedReady", [true, false, false]))).toContain(
      "NoSafeRemedy: Not restarted: its controller makes pod db-2 again only once db-1 is ready",
    );
  });

  it("is done where all before it are ready, and where its controller does not wait", () => {
    expect(remedyFor(pod(), members("OrderedReady", [true, true, false]))).toBe("restart");
    expect(remedyFor(pod(), members("Parallel", [true, false, false]))).toBe("restart");
  });
});

describe("a restart of a pod that reads what is gone", () => {
  const reads = (optional: boolean) =>
    crashed({ containers: [{ name: "app", envFrom: [{ configMapRef: { name: "web", optional } }] }] });
  const config = (state: "missing" | "there", optional: boolean): Evidence["config"] => [
    { kind: "ConfigMap", name: "web", optional, ...(state === "there" ? { state, metadata: {} } : { state }) },
  ];

  it("is refused where no pod starts without it", () => {
    expect(remedyFor(reads(false), { config: config("missing", false) })).toContain(
      "NoSafeRemedy: Not restarted: ConfigMap web, which pod web-1-aaaaa was started with, is not there",
    );
  });

  it("is refused for a pod of an earlier revision that reads what the present one does not", () => {
    const neededByPods = config("missing", false);

    expect(remedyFor(reads(false), { neededByPods })).toContain(
      "ConfigMap web, which pod web-1-aaaaa was started with",
    );
  });

  it("is done where it is there, and where it may be missing", () => {
    expect(remedyFor(reads(false), { config: config("there", false) })).toBe("restart");
    expect(remedyFor(reads(true), { config: config("missing", true) })).toBe("restart");
  });
});

describe("a restart of a pod that names what is not there any more", () => {
  const account = { kind: "ServiceAccount", name: "web", isGoing: false } as const;

  it("is refused, as none like it could be made", () => {
    expect(remedyFor(crashed({ serviceAccountName: "web" }), { absent: [account] })).toContain(
      "NoSafeRemedy: Not restarted: ServiceAccount web, which pod web-1-aaaaa names, does not exist",
    );
  });

  it("is refused for a priority that its template asks for, and done where a default has given it to the pod", () => {
    const absent = [{ kind: "PriorityClass", name: "high", isGoing: false } as const];
    const made: PodTemplate = { ...template(), spec: { containers: [{ name: "app" }], priorityClassName: "high" } };
    const high = crashed({ priorityClassName: "high" });

    expect(remedyFor(high, { absent, workload: deployment({ template: made }) })).toContain("PriorityClass high");
    expect(remedyFor(high, { absent })).toBe("restart");
  });

  it("is done where another one is not there", () => {
    expect(remedyFor(crashed({ serviceAccountName: "web-2" }), { absent: [account] })).toBe("restart");
    expect(remedyFor(crashed({ priorityClassName: "web" }), { absent: [account] })).toBe("restart");
  });
});

describe("a restart beside pods that wait for their image", () => {
  const asked = incident({ requested: { action: "restart", pod: "web-1-aaaaa" } });
  const target = pod({ metadata: { creationTimestamp: ago(9_000) } });
  const beside = (seconds: number, revision = 1): Pod => {
    const made = imagePullPod('failed to resolve reference "shop/web:1": not found');
    const metadata = { ...made.metadata, name: "web-1-bbbbb", uid: "b-uid", creationTimestamp: ago(seconds) };
    return ofRevision(revision, { ...made, metadata });
  };
  const third = pod({ name: "web-1-ccccc", metadata: { creationTimestamp: ago(9_000) } });
  const restarting = (other: Pod, one = target) => remedyFor(one, { incident: asked, pods: [one, other, third] });

  it("is refused where these were made later, as the next one may wait as well", () => {
    expect(restarting(beside(900))).toContain(
      "NoSafeRemedy: Not restarted: pod web-1-bbbbb of the same template, which was made later, waits for an image",
    );
  });

  it("is done where these are of another template, or older, and for a pod that waits itself", () => {
    expect(restarting(beside(900, 9))).toBe("restart");
    expect(restarting(beside(9_900))).toBe("restart");
    const waiting = imagePullPod("not found");
    const metadata = { ...waiting.metadata, creationTimestamp: ago(9_000) };
    expect(restarting(beside(900), { ...waiting, metadata })).toBe("restart");
  });
});

describe("a restart of a pod whose claim is being deleted", () => {
  const using = (claimName: string) => crashed({ volumes: [{ name: "data", persistentVolumeClaim: { claimName } }] });

  it("is refused, as what is on the volume may go with the pod", () => {
    expect(remedyFor(using("data-0"), { goingClaims: ["data-0"] })).toContain(
      "NoSafeRemedy: Not restarted: its claim data-0 is being deleted",
    );
  });

  it("is done where another claim is, which it does not use", () => {
    expect(remedyFor(using("data-0"), { goingClaims: ["data-1"] })).toBe("restart");
  });
});

describe("a restart of a pod on a cordoned node", () => {
  const cordoned: Node = {
    metadata: { name: "node-1", labels: { "kubernetes.io/hostname": "ip-10-0-0-1" } },
    spec: { unschedulable: true },
  };
  const here = { nodeSelector: { "kubernetes.io/hostname": "ip-10-0-0-1" } };
  const byAffinity = (values: string[]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values }] }],
        },
      },
    },
  });
  const tolerant = { tolerations: [{ key: "node.kubernetes.io/unschedulable", operator: "Exists" }] };

  it.each<[string, Partial<PodSpec>]>([
    ["selects it by its label", here],
    ["names it in its affinity", byAffinity(["node-1"])],
  ])("is refused where it %s", (_what, spec) => {
    expect(remedyFor(crashed(spec), {}, { nodes: [cordoned] })).toContain(
      "Not restarted: pod web-1-aaaaa may run on node node-1 alone, which is cordoned",
    );
  });

  it.each<[string, Partial<PodSpec>, Node]>([
    ["may run elsewhere", {}, cordoned],
    ["may run on another as well", byAffinity(["node-1", "node-2"]), cordoned],
    ["tolerates the cordon, as those of a DaemonSet do", { ...byAffinity(["node-1"]), ...tolerant }, cordoned],
    ["is on a node that takes pods", here, { ...cordoned, spec: {} }],
  ])("is done where it %s", (_what, spec, node) => {
    expect(remedyFor(crashed(spec), {}, { nodes: [node] })).toBe("restart");
  });

  const tainted = (key: string, effect = "NoSchedule"): Node => ({
    ...cordoned,
    spec: { taints: [{ key, value: "db", effect }] },
  });
  const tolerates = (operator: string, value?: string) => ({
    ...here,
    tolerations: [{ key: "dedicated", operator, ...(value === undefined ? {} : { value }) }],
  });

  it.each<[string, Partial<PodSpec>, Node, string]>([
    ["was kept for others since", here, tainted("dedicated"), "(dedicated:NoSchedule)"],
    ["is kept for others of another value", tolerates("Equal", "web"), tainted("dedicated"), "Take the taint off"],
    ["is not ready", here, tainted("node.kubernetes.io/not-ready", "NoExecute"), "See to the node first"],
  ])("is refused where its only node %s", (_what, spec, node, said) => {
    expect(remedyFor(crashed(spec), {}, { nodes: [node] })).toContain(said);
  });

  it.each<[string, Partial<PodSpec>, Node]>([
    ["tolerates the taint of any value", tolerates("Exists"), tainted("dedicated")],
    ["tolerates the taint of that value", tolerates("Equal", "db"), tainted("dedicated")],
    ["is only rather not to be there", here, tainted("dedicated", "PreferNoSchedule")],
    ["may run on others, too", {}, tainted("dedicated")],
  ])("is done on a node with a taint where it %s", (_what, spec, node) => {
    expect(remedyFor(crashed(spec), {}, { nodes: [node] })).toBe("restart");
  });

  const kept = (persistentVolumeClaim: { claimName: string } | undefined) => ({
    volumes: [
      { name: "data", ...(persistentVolumeClaim === undefined ? { emptyDir: {} } : { persistentVolumeClaim }) },
    ],
  });

  it("is refused where its volume may be there alone, and done where it has none that stays", () => {
    const mounted = crashed(kept({ claimName: "data-0" }));

    expect(remedyFor(mounted, {}, { nodes: [cordoned] })).toContain(
      "node node-1 of pod web-1-aaaaa is cordoned, and whether its volume (data-0) can be used on another is not known",
    );
    expect(remedyFor(mounted, {}, { nodes: [{ ...cordoned, spec: {} }] })).toBe("restart");
    expect(remedyFor(crashed(kept(undefined)), {}, { nodes: [cordoned] })).toBe("restart");
  });

  it("is done on a node of Fargate's, which is kept for one pod: the next one is given its own", () => {
    const [key, value] = ["eks.amazonaws.com/compute-type", "fargate"];
    const own: Node = {
      metadata: { name: "node-1", labels: { [key]: value } },
      spec: { taints: [{ key, value, effect: "NoSchedule" }] },
    };

    expect(remedyFor(crashed(kept({ claimName: "data-0" })), {}, { nodes: [own] })).toBe("restart");
  });

  it("is refused where the node has lost a label that the pod selects, and done where it has that", () => {
    const node = (labels: Record<string, string>): Node => ({ metadata: { name: "node-1", labels } });
    const selecting = crashed({ nodeSelector: { pool: "blue" } });

    expect(remedyFor(selecting, {}, { nodes: [node({ pool: "green" })] })).toContain(
      "selects nodes by pool=blue, which its node node-1 does not have, and whether any other does is not known",
    );
    expect(remedyFor(selecting, {}, { nodes: [node({ pool: "blue" })] })).toBe("restart");
    expect(remedyFor(selecting)).toBe("restart");
    const moved: PodTemplate = {
      ...template(),
      spec: { containers: [{ name: "app" }], nodeSelector: { pool: "green" } },
    };
    const updated = {
      incident: incident({ workload: DB, requested: { action: "restart" as const, pod: "db-0" } }),
      workload: db({ template: moved, spec: { replicas: 1 } }),
      holders: [controllerRevision(2, { template: moved }), controllerRevision(1)],
      pods: [{ ...dbPod(0, 1), spec: selecting.spec ?? SPEC }],
    };
    expect(remedyFor(pod(), updated, { nodes: [node({ pool: "blue" })] })).toBe("restart");
  });

  const waiting = (message: string): Pod =>
    pod({
      name: "web-1-bbbbb",
      metadata: { creationTimestamp: ago(9_000) },
      status: {
        phase: "Pending",
        conditions: [
          { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime: ago(8_000) },
        ],
        containerStatuses: [],
      },
    });
  const asked = incident({ requested: { action: "restart", pod: "web-1-aaaaa" } });

  it("is refused where another one of its template finds no node for what it would not free", () => {
    const pods = [crashed(), waiting("0/3 nodes are available: 3 node(s) had untolerated taint {spot: true}.")];

    expect(remedyFor(crashed(), { pods, incident: asked })).toContain(
      "pod web-1-bbbbb of the same template finds no node",
    );
  });

  it("is done where what it frees is what the other lacks, unless its node takes no pods", () => {
    const pods = [crashed(), waiting("0/3 nodes are available: 3 Insufficient cpu.")];

    expect(remedyFor(crashed(), { pods, incident: asked })).toBe("restart");
    expect(remedyFor(crashed(), { pods, incident: asked }, { nodes: [cordoned] })).toContain("finds no node");
  });
});
