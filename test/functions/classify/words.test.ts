import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type {
  ContainerStatus,
  Deployment,
  Pod,
  PodTemplate,
  ReplicaSet,
} from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

type Spec = NonNullable<PodTemplate["spec"]>;
type Container = Spec["containers"][number];

/** A template of `shop/web` with these fields of its container and of its spec. */
function made(app: Partial<Container>, spec: Partial<Spec> = {}): PodTemplate {
  const plain = template();
  return { ...plain, spec: { ...spec, containers: [{ name: "app", image: "shop/web:1", ...app }] } };
}

/** Revision 2 is past its deadline, and revision 1 serves. */
function rollout(now: PodTemplate, before: PodTemplate, pods: Pod[], events: KubernetesEvent[] = []) {
  return classify(
    evidence({
      workload: deployment({ template: now, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
      holders: [
        replicaSet(2, { template: now, replicas: 1, created: ago(900) }),
        replicaSet(1, { template: before, available: 2, created: ago(90_000) }),
      ],
      pods: pods.map((one) => ofRevision(2, one)),
      surroundings: { ...NO_SURROUNDINGS, events },
    }),
    policy(),
  );
}

/** The same pods, of a workload that was rolled out long before they began to fail. */
function stable(now: PodTemplate, pods: Pod[], events: KubernetesEvent[] = []) {
  return classify(
    evidence({
      workload: deployment({
        template: now,
        progressing: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(90_000) },
      }),
      holders: [replicaSet(1, { template: now, replicas: 2, created: ago(90_100) })],
      pods,
      surroundings: { ...NO_SURROUNDINGS, events },
    }),
    policy(),
  );
}

const waiting = (reason: string, message = "", since = 600): Pod =>
  pod({
    status: {
      phase: "Pending",
      conditions: [
        { type: "PodScheduled", status: "True", lastTransitionTime: ago(since) },
        { type: "Ready", status: "False", lastTransitionTime: ago(since) },
      ],
      containerStatuses: [container({ ready: false, state: { waiting: { reason, message } } })],
    },
  });
const unschedulable = (message: string): Pod =>
  pod({
    status: {
      phase: "Pending",
      conditions: [
        { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime: ago(600) },
      ],
      containerStatuses: [],
    },
  });
const withGeneration = (made: ReplicaSet, generation: number): ReplicaSet => ({
  ...made,
  metadata: { ...made.metadata, generation },
});
const said = (reason: string, message: string, uid = "web-1-aaaaa-uid", secondsAgo = 30): KubernetesEvent => ({
  metadata: {},
  involvedObject: { kind: "Pod", name: "web-1-aaaaa", uid },
  type: "Warning",
  reason,
  message,
  lastTimestamp: ago(secondsAgo),
});
const backsTo1 = { action: "rollback", after: { revision: 1 } };
const left = { action: "none", refusal: "NoSafeRemedy" };
const messageOf = ({ remedy }: ReturnType<typeof classify>) => (remedy.action === "none" ? remedy.message : "");

const DENIED = "pull access denied, repository does not exist or may require authorization";
const PLATFORM = "no match for platform in manifest: not found";

const HOOK =
  "unable to start container process: error during container init: error running prestart hook #0: fork/exec /usr/bin/nvidia-container-runtime-hook: no such file or directory";
const PARSER = 'get apparmor_parser version: exec: "apparmor_parser": executable file not found in $PATH';

describe("an image that a rollout brought", () => {
  const pull = (message: string) => [waiting("ImagePullBackOff", message)];

  it.each([
    ["the registry neither finds nor admits", DENIED, "ImageNotPulled"],
    ["is not built for the node", PLATFORM, "ImageForAnotherPlatform"],
    ["the kubelet says nothing about", "Back-off pulling image", "ImageNotPulled"],
    ["does not exist", "manifest unknown", "ImageNotFound"],
  ])("and that %s is rolled back", (_what, message, cause) => {
    expect(rollout(made({ image: "shop/web:2" }), made({}), pull(message))).toMatchObject({ cause, remedy: backsTo1 });
  });

  it.each([DENIED, PLATFORM, "manifest unknown"])("is none that the revision before has, too: %s", (message) => {
    const diagnosis = rollout(made({ env: [{ name: "A", value: "b" }] }), made({}), pull(message));

    expect(diagnosis.remedy).toMatchObject(left);
    expect(messageOf(diagnosis)).toContain("Revision 1 has the same image");
  });

  it("is rolled back when it is a volume's, which the kubelet says the same of, and another one before", () => {
    const mounting = (reference: string, env: Container["env"] = []) =>
      made(
        { env, volumeMounts: [{ name: "model", mountPath: "/model" }] },
        { volumes: [{ name: "model", image: { reference } }] },
      );
    const missing = pull('Back-off pulling image "shop/model:2": ErrImagePull: docker.io/shop/model:2: not found');

    expect(rollout(mounting("shop/model:2"), mounting("shop/model:1"), missing).remedy).toMatchObject(backsTo1);
    const same = rollout(mounting("shop/model:2", [{ name: "A", value: "b" }]), mounting("shop/model:2"), missing);
    expect(messageOf(same)).toContain("Revision 1 has the same image");
  });

  it("is rolled back when it came with a registry that cannot be reached, and waited for when it did not", () => {
    const message = "dial tcp: lookup registry.exmaple.com: no such host";
    const typo = rollout(
      made({ image: "registry.exmaple.com/web:1" }),
      made({ image: "registry.example.com/web:1" }),
      pull(message),
    );
    const outage = rollout(
      made({ image: "registry.example.com/web:2" }),
      made({ image: "registry.example.com/web:1" }),
      pull(message),
    );

    expect(typo.remedy).toMatchObject(backsTo1);
    expect(outage.remedy.action).toBe("none");
  });

  it.each(["toomanyrequests", "pull QPS exceeded", "no space left on device", "401 Unauthorized"])(
    "is left in place where another one would fare no better: %s",
    (message) => {
      const diagnosis = rollout(made({ image: "shop/web:2" }), made({}), pull(message));
      expect(diagnosis).toMatchObject({ cause: "ImageNotPulled", remedy: { action: "none" } });
      expect(diagnosis.rejected).toContainEqual({ action: "rollback", reason: expect.any(String) as string });
    },
  );

  it("is rolled back when its repository came with the rollout, or the credentials, and the registry refuses", () => {
    const refused = pull("unexpected status from HEAD request: 401 Unauthorized");
    const withSecret = (name: string) => made({}, { imagePullSecrets: [{ name }] });

    expect(rollout(made({ image: "registry.example.com/web:1" }), made({}), refused).remedy).toMatchObject(backsTo1);
    expect(rollout(withSecret("b"), withSecret("a"), refused).remedy).toMatchObject(backsTo1);
    const same = rollout(made({ image: "shop/web@sha256:1f" }), made({}), refused);
    expect(messageOf(same)).toContain("Revision 1 pulls from the same repository with the same credentials");
  });

  it("is not pulled for want of a secret, where the registry refuses and an Event names one that is not there", () => {
    const event = said("FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (regcred)");
    const [denied, unsaid] = [DENIED, "manifest unknown"].map((message) =>
      rollout(made({ image: "shop/web:2" }), made({}), pull(message), [event]),
    );

    expect(denied?.summary).toContain("an image pull secret that the pod names does not exist");
    expect(denied?.evidence.join("\n")).toContain("(regcred)");
    expect(unsaid?.cause).toBe("ImageNotFound");
  });

  it("is what the registry says of it, not the kubelet's own limit on pulls", () => {
    const event = said("Failed", 'Failed to pull image "shop/web:2": rpc error: code = NotFound desc = not found');

    expect(rollout(made({ image: "shop/web:2" }), made({}), pull("pull QPS exceeded"), [event])).toMatchObject({
      cause: "ImageNotFound",
      remedy: backsTo1,
    });
  });

  it.each([
    ["SignatureValidationFailed", "image pull failed for shop/web:2 because the signature validation failed"],
    ["ImagePullBackOff", 'Back-off pulling image "shop/web:2": SignatureValidationFailed: image pull failed'],
  ])("whose signature is refused is never rolled back by itself, also between two pulls: %s", (reason, message) => {
    expect(rollout(made({ image: "shop/web:2" }), made({}), [waiting(reason, message)])).toMatchObject({
      cause: "SignatureRefused",
      remedy: left,
    });
  });

  it("with a short name that the runtime refuses to guess is a wrong name, not a fault of the node", () => {
    const message =
      "Failed to inspect image: short name mode is enforcing, but image name web:2 returns ambiguous list";

    expect(rollout(made({ image: "web:2" }), made({}), [waiting("ImageInspectError", message)])).toMatchObject({
      cause: "ImageNotFound",
      remedy: backsTo1,
    });
  });

  it("that may not be pulled is not said to be missing where the kubelet may hold it back", () => {
    const never = waiting("ErrImageNeverPull", 'Container image "shop/web:1" is not present with pull policy of Never');

    expect(stable(made({}), [never]).summary).toContain("is not on the node, or not for its credentials");
  });

  it("says that the kubelet is silent only where it is", () => {
    const advice = (message: string) => messageOf(stable(made({}), pull(message)));

    expect(advice('Back-off pulling image "shop/web:2"')).toContain("Nothing that was read says why");
    expect(advice('Back-off pulling image "shop/web:2": ErrImagePull: the moon is full')).toContain("in the evidence");
  });

  it("is told of by the Events of an old kubelet, whose status says only that it waits", () => {
    const event = said(
      "Failed",
      'Failed to pull image "shop/web:2": rpc error: code = NotFound desc = manifest unknown',
    );
    const diagnosis = rollout(made({ image: "shop/web:2" }), made({}), pull("Back-off pulling image"), [event]);

    expect(diagnosis).toMatchObject({ cause: "ImageNotFound", remedy: backsTo1 });
    expect(diagnosis.evidence.join("\n")).toContain("manifest unknown");
  });

  it("is never written to on a stable workload, and no earlier revision is spoken of", () => {
    for (const message of [
      DENIED,
      PLATFORM,
      "no space left on device",
      "x509: certificate has expired",
      "toomanyrequests",
    ]) {
      const diagnosis = stable(made({}), pull(message));
      expect(diagnosis.remedy.action, message).toBe("none");
      expect(messageOf(diagnosis)).not.toMatch(/[Rr]evision|before/);
    }
  });
});

describe("a container that is not started", () => {
  const exec = (reason: string) => {
    const crashing = crashingPod({ reason: "Error", exitCode: 255 });
    const [status] = crashing.status?.containerStatuses ?? [];
    if (status?.lastState?.terminated !== undefined) {
      Object.assign(status.lastState.terminated, { reason, message: "exec /app: exec format error" });
    }
    return crashing;
  };

  it("for its processor is rolled back after a rollout, and never restarted on a stable workload", () => {
    expect(rollout(made({ image: "shop/web:2" }), made({}), [exec("Error")])).toMatchObject({
      cause: "ImageForAnotherPlatform",
      remedy: backsTo1,
    });
    expect(stable(made({}), [exec("StartError")])).toMatchObject({ cause: "ImageForAnotherPlatform", remedy: left });
  });

  it.each([
    ["MayNotRunAsRoot", "CreateContainerConfigError", "container has runAsNonRoot and image will run as root"],
    [
      "PathNotMounted",
      "CreateContainerConfigError",
      'failed to prepare subPath for volumeMount "c" of container "app"',
    ],
    ["CommandNotStarted", "RunContainerError", 'exec: "serev": executable file not found in $PATH: unknown'],
    ["MemoryTooLowToStart", "StartError", "container init was OOM-killed (memory limit too low?)"],
    ["ContainerConfigRefused", "CreateContainerConfigError", "something that nobody has heard of"],
  ])("is %s, rolled back after a rollout and reported otherwise", (cause, reason, message) => {
    const pods = [waiting(reason, message)];

    expect(rollout(made({ image: "shop/web:2" }), made({}), pods)).toMatchObject({ cause, remedy: backsTo1 });
    expect(stable(made({}), pods)).toMatchObject({ cause, remedy: left });
  });

  it.each([
    ["a hook of the node's container runtime fails", "RunContainerError", HOOK],
    ["the node has no apparmor_parser", "CreateContainerError", PARSER],
    [
      "seccomp or AppArmor profile",
      "CreateContainerError",
      'cannot load seccomp profile "/a.json": open /a.json: no such file or directory',
    ],
  ])("since %s is no matter of its command, and another node is tried first", (why, reason, message) => {
    const diagnosis = stable(made({}), [waiting(reason, message)]);

    expect(diagnosis).toMatchObject({ cause: "ContainerNotCreated", remedy: { action: "restart" } });
    expect(diagnosis.summary).toContain(why);
    expect(rollout(made({ image: "shop/web:2" }), made({}), [waiting(reason, message)]).remedy.action).toBe("restart");
  });

  it("since the kubelet has not read something yet is waited for, and then reported", () => {
    const message = "services have not yet been read at least once, cannot construct envvars";
    const remedyAfter = (seconds: number) =>
      rollout(made({ image: "shop/web:2" }), made({}), [waiting("CreateContainerConfigError", message, seconds)])
        .remedy;

    expect(remedyAfter(20)).toMatchObject({ action: "none", refusal: "MayPass" });
    expect(remedyAfter(900)).toMatchObject(left);
  });

  it("at a limit of the node's kernel is not one of a full disk, and no other revision is tried for it", () => {
    const message =
      "unable to apply cgroup configuration: mkdir /sys/fs/cgroup/memory/kubepods/pod1f: no space left on device";
    const diagnosis = rollout(made({ image: "shop/web:2" }), made({}), [waiting("RunContainerError", message)]);
    const sandbox = stable(
      made({}),
      [waiting("ContainerCreating")],
      [said("FailedCreatePodSandBox", `Failed to create pod sandbox: ${message}`)],
    );

    expect(diagnosis).toMatchObject({ cause: "ContainerNotCreated", remedy: { action: "restart" } });
    for (const { summary } of [diagnosis, sandbox]) expect(summary).toContain("the node's kernel is at a limit");
    expect(JSON.stringify([diagnosis, sandbox])).not.toContain("The node's disk is full");
  });

  it("for want of room on the node's disk is reported, whatever was rolled out", () => {
    const pods = [waiting("CreateContainerError", "write /var/lib/containerd/x: no space left on device")];

    expect(rollout(made({ image: "shop/web:2" }), made({}), pods)).toMatchObject({
      cause: "NodeDiskFull",
      remedy: left,
    });
  });
});

describe("a Secret or ConfigMap that is missing", () => {
  const config = (message: string) => [waiting("CreateContainerConfigError", message)];
  const keyed = (key: string, image = "shop/web:1") =>
    made({ image, env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key } } }] });

  it("is the rollout's when it alone asks for that key of it", () => {
    const message = "couldn't find key b in ConfigMap shop/settings";

    expect(rollout(keyed("b"), keyed("a"), config(message))).toMatchObject({
      cause: "MissingConfig",
      remedy: backsTo1,
    });
    expect(rollout(keyed("b", "shop/web:2"), keyed("b"), config(message)).remedy).toMatchObject(left);
  });

  it("is read from the Events of a pod that mounts it, and from none that are old", () => {
    const mounting = made({}, { volumes: [{ name: "c", configMap: { name: "settings" } }] });
    const message = 'MountVolume.SetUp failed for volume "c" : configmap "settings" not found';
    const of = (secondsAgo: number) =>
      rollout(
        mounting,
        made({}),
        [waiting("ContainerCreating")],
        [said("FailedMount", message, undefined, secondsAgo)],
      );

    expect(of(60)).toMatchObject({ cause: "MissingConfig", remedy: backsTo1 });
    expect(of(60).summary).toContain('configmap "settings" does not exist');
    expect(of(3_000).cause).toBe("StuckStarting");
  });

  it("is nothing that another revision would mend where no template asks for it, but something adds it to each pod", () => {
    const plain = made({ image: "shop/web:2" });
    const [failing] = config('secret "mesh" not found');
    const env = [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "mesh", key: "token" } } }];
    const given = { ...failing, spec: made({ env }).spec } as Pod;
    const diagnosis = rollout(plain, made({}), [given]);

    expect(diagnosis).toMatchObject({ cause: "MissingConfig", remedy: left });
    expect(messageOf(diagnosis)).toContain('Create or restore secret "mesh". The pod template does not refer to it.');
    expect(rollout(made({ env }), made({}), [given]).remedy).toMatchObject(backsTo1);
  });

  it("is told by its key where the kubelet tells of several at once", () => {
    const message =
      'MountVolume.SetUp failed for volume "all" : [references non-existent secret key: tls.key, references non-existent config key: a.yaml]';

    expect(stable(made({}), [waiting("ContainerCreating")], [said("FailedMount", message)]).summary).toBe(
      "1 pod cannot start: key tls.key of a Secret does not exist.",
    );
  });

  it("is told by its name where it went missing under a stable workload, and nothing else is claimed", () => {
    const diagnosis = stable(made({}), config('secret "db" not found'));

    expect(diagnosis).toMatchObject({ cause: "MissingConfig", remedy: left });
    expect(messageOf(diagnosis)).toBe('Create or restore secret "db", or take the reference to it away.');
  });
});

describe("a pod that no node takes", () => {
  const asking = (cpu: string, spec: Partial<Spec> = {}) => made({ resources: { requests: { cpu } } }, spec);
  const noCpu = [
    unschedulable(
      "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    ),
  ];

  it("is the rollout's when it asks for more of what is missing, and not when it asks for as much or less", () => {
    expect(rollout(asking("4"), asking("500m"), noCpu).remedy).toMatchObject(backsTo1);
    for (const cpu of ["1000m", "999m"]) {
      const diagnosis = rollout(asking(cpu), asking("1"), noCpu);
      expect(diagnosis).toMatchObject({ cause: "Unschedulable", remedy: left });
      expect(messageOf(diagnosis)).toContain("Revision 1 asks for no less of that");
    }
  });

  it("is the rollout's where Fargate does not support what that brought, and not where it refuses the revision before, too", () => {
    const refused = [unschedulable("Pod not supported on Fargate: invalid SecurityContext fields: Privileged")];
    const privileged = (image: string) => made({ image, securityContext: { privileged: true } });

    expect(rollout(privileged("shop/web:2"), made({}), refused).remedy).toMatchObject(backsTo1);
    expect(rollout(privileged("shop/web:2"), privileged("shop/web:1"), refused).remedy).toMatchObject(left);
  });

  it("is not the rollout's for its labels where Fargate's own nodes are among those that do not take it", () => {
    const full = [
      unschedulable(
        "0/5 nodes are available: 2 node(s) had untolerated taint {eks.amazonaws.com/compute-type: fargate}, 3 Insufficient cpu.",
      ),
    ];
    const labelled = (version: string) => ({ ...asking("1"), metadata: { labels: { app: "web", version } } });

    expect(rollout(labelled("2"), labelled("1"), full).remedy).toMatchObject(left);
  });

  it("is not said to be as it would be in the revision before where the words are not known", () => {
    const unknown = [unschedulable("0/3 nodes are available: 3 cannot align container: app.")];
    const message = messageOf(rollout(made({ image: "shop/web:2" }), made({}), unknown));

    expect(message).toContain("and nothing says that going back to it would help.");
    expect(message).not.toContain("would not help");
  });

  it("is not the rollout's for what it changes beside what is missing", () => {
    const now = made({ resources: { requests: { cpu: "1", memory: "4Gi" } } });
    const before = made({ resources: { requests: { cpu: "1", memory: "1Gi" } } });

    expect(rollout(now, before, noCpu).remedy).toMatchObject(left);
  });

  it.each<[string, string, Partial<Spec>, Partial<Container>]>([
    ["a node selector", "3 node(s) didn't match Pod's node affinity/selector", { nodeSelector: { disk: "nvme" } }, {}],
    [
      "a claim",
      "pod has unbound immediate PersistentVolumeClaims",
      { volumes: [{ name: "d", persistentVolumeClaim: { claimName: "d" } }] },
      {},
    ],
    [
      "a host port",
      "3 node(s) didn't have free ports for the requested pod ports",
      {},
      { ports: [{ containerPort: 80, hostPort: 80 }] },
    ],
    [
      "the host's network",
      "3 node(s) didn't have free ports for the requested pod ports",
      { hostNetwork: true },
      { ports: [{ containerPort: 80 }] },
    ],
    [
      "a resource by its limit alone",
      "3 Insufficient nvidia.com/gpu",
      {},
      { resources: { limits: { "nvidia.com/gpu": "1" } } },
    ],
  ])("is the rollout's when it brought %s, and not when the revision before has that, too", (_what, why, spec, app) => {
    const message = `0/3 nodes are available: ${why}.`;
    const now = made({ ...app, image: "shop/web:2" }, spec);

    expect(rollout(now, made({ ports: [{ containerPort: 80 }] }), [unschedulable(message)]).remedy).toMatchObject(
      backsTo1,
    );
    expect(rollout(now, made(app, spec), [unschedulable(message)]).remedy).toMatchObject(left);
  });

  it("is the rollout's when the pod as a whole, or its sidecars, ask for more", () => {
    const sidecar = (cpu: string) => ({
      initContainers: [{ name: "proxy", restartPolicy: "Always", resources: { requests: { cpu } } }],
    });
    const whole = (cpu: string) => ({ resources: { requests: { cpu } } });

    for (const [now, before] of [
      [asking("1", sidecar("3")), asking("1")],
      [asking("1", sidecar("3")), asking("1", sidecar("100m"))],
      [asking("1", whole("8")), asking("1")],
      [asking("1", whole("8")), asking("2", whole("4"))],
    ] as const) {
      expect(rollout(now, before, noCpu).remedy).toMatchObject(backsTo1);
      expect(rollout(before, now, noCpu).remedy).toMatchObject(left);
    }
  });

  it.each(["2 Too many pods", "2 node(s) had untolerated taint {node.kubernetes.io/not-ready: }"])(
    "for what no template asks for is a matter of the nodes, and no revision is spoken of: %s",
    (why) => {
      const diagnosis = rollout(asking("4"), asking("1"), [unschedulable(`0/2 nodes are available: ${why}.`)]);

      expect(diagnosis.remedy).toMatchObject(left);
      expect(messageOf(diagnosis)).not.toContain("evision");
    },
  );

  it("says nothing of an earlier revision where there is none", () => {
    const diagnosis = stable(asking("4"), noCpu);

    expect(diagnosis.remedy).toMatchObject(left);
    expect(messageOf(diagnosis)).not.toMatch(/[Rr]evision|nothing new/);
  });
});

describe("pods that may not be created", () => {
  const QUOTA =
    'pods "web-2-x" is forbidden: exceeded quota: small, requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1';
  const cpu = (amount: string) => made({ resources: { requests: { cpu: amount } } });

  function refused(
    message: string,
    now: PodTemplate,
    before: PodTemplate,
    conditions: NonNullable<Deployment["status"]>["conditions"] = [],
    created = 900,
    generation = 1,
  ) {
    const failure = {
      type: "ReplicaFailure",
      status: "True",
      reason: "FailedCreate",
      message,
      lastTransitionTime: ago(880),
    };
    return classify(
      evidence({
        workload: deployment({
          template: now,
          status: { observedGeneration: 1, conditions: [failure, ...conditions] },
        }),
        holders: [
          withGeneration(replicaSet(2, { template: now, created: ago(created) }), generation),
          replicaSet(1, { template: before, created: ago(90_000) }),
        ],
        pods: [],
      }),
      policy(),
    );
  }
  const complete = [
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(899) },
  ];

  it("by a template that was rolled out at zero replicas are made from the one before", () => {
    expect(refused(QUOTA, cpu("2"), cpu("10m"), complete)).toMatchObject({
      cause: "CannotCreatePods",
      remedy: backsTo1,
    });
  });

  it("by a template that was scaled up for the first time long after are made from the one before", () => {
    const atOnce = [{ ...(complete[0] ?? { type: "", status: "" }), lastUpdateTime: ago(80_000) }];
    const generations = [2, 5].map((generation) => refused(QUOTA, cpu("2"), cpu("10m"), atOnce, 80_000, generation));

    expect(generations.map(({ remedy }) => remedy.action)).toEqual(["rollback", "none"]);
  });

  it("by a revision that may have run well for long are reported", () => {
    expect(refused(QUOTA, cpu("2"), cpu("10m"), complete, 80_000).remedy).toMatchObject(left);
  });

  it("for a decision that somebody made leave that alone, and say which it is", () => {
    const limitRange = "maximum cpu usage per Container is 1, but limit is 2";
    const rejected = (message: string) => refused(message, cpu("2"), cpu("2")).rejected.map(({ action }) => action);

    expect(rejected(QUOTA)).toEqual(["restart", "quota"]);
    expect(rejected(limitRange)).toEqual(["restart", "limit range"]);
    expect(rejected('admission webhook "v" denied the request: no')).toEqual(["restart"]);
  });

  it.each([
    ["a smaller request", QUOTA, cpu("2"), cpu("3")],
    [
      "a level that both violate",
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      made({ image: "shop/web:2" }),
      made({}),
    ],
    [
      "a webhook that does not answer",
      'Internal error occurred: failed calling webhook "v": context deadline exceeded',
      made({ image: "shop/web:2" }),
      made({}),
    ],
    [
      "a service account that both name",
      'error looking up service account shop/web: serviceaccount "web" not found',
      made({ image: "shop/web:2" }, { serviceAccountName: "web" }),
      made({}, { serviceAccountName: "web" }),
    ],
  ])("for %s are reported, whatever else was rolled out", (_what, message, now, before) => {
    expect(refused(message, now, before, complete)).toMatchObject({ cause: "CannotCreatePods", remedy: left });
  });

  it.each([
    [
      "a security context",
      'violates PodSecurity "baseline:latest": privileged',
      made({ securityContext: { privileged: true } }),
    ],
    ["a limit", "maximum cpu usage per Container is 1, but limit is 2", made({ resources: { limits: { cpu: "2" } } })],
    [
      "a service account",
      'error looking up service account shop/web: serviceaccount "web" not found',
      made({}, { serviceAccountName: "web" }),
    ],
    ["what a policy refuses", 'admission webhook "v" denied the request: no', made({ image: "shop/web:latest" })],
    ["what nobody has heard of", "because", made({ image: "shop/web:2" })],
  ])("for %s that the rollout brought are made from the revision before", (_what, message, now) => {
    expect(refused(message, now, made({}), complete).remedy).toMatchObject(backsTo1);
  });
});

describe("a pod that does not get started", () => {
  const creating = [waiting("ContainerCreating")];
  const claim = { volumes: [{ name: "d", persistentVolumeClaim: { claimName: "d" } }] };

  it("for its volume is the rollout's when that brought the volume", () => {
    const event = said(
      "FailedAttachVolume",
      'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-1-x',
    );

    expect(rollout(made({}, claim), made({}), creating, [event]).remedy).toMatchObject(backsTo1);
    const surge = rollout(made({ image: "shop/web:2" }, claim), made({}, claim), creating, [event]);
    expect(surge).toMatchObject({ cause: "StuckStarting", remedy: left });
    expect(surge.summary).toContain("its volume is attached to another node");
    expect(messageOf(surge)).toContain("Recreate");
  });

  it("for the node's network is nobody's template's fault", () => {
    const event = said(
      "FailedCreatePodSandBox",
      'plugin type="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
    );

    expect(rollout(made({}, claim), made({}), creating, [event]).remedy).toMatchObject(left);
  });

  it("without a word is the rollout's when that changed more than the image", () => {
    expect(rollout(made({}, claim), made({}), creating).remedy).toMatchObject(backsTo1);
    expect(rollout(made({ image: "shop/web:2" }), made({}), creating).remedy).toMatchObject(left);
  });

  it("without a word is not said to be as it would be in the revision before, whose image the nodes may have", () => {
    const message = messageOf(rollout(made({ image: "shop/web:2" }), made({}), creating));

    expect(message).toContain("and nothing says that going back to it would help.");
    expect(message).not.toContain("would not help");
  });

  it("for a device that cannot be prepared is the rollout's when that brought the claim, whatever else it changed", () => {
    const devices = { resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "gpu" }] };
    const event = said(
      "FailedPrepareDynamicResources",
      "Failed to prepare dynamic resources: NodePrepareResources failed for ResourceClaim gpu: device not healthy",
    );

    expect(rollout(made({}, devices), made({}), creating, [event]).remedy).toMatchObject(backsTo1);
    const before = rollout(made({}, { ...claim, ...devices }), made({}, devices), creating, [event]);
    expect(before).toMatchObject({ cause: "StuckStarting", remedy: left });
    expect(before.summary).toContain("a device that it claims cannot be prepared on its node");
  });

  it("for a claim of a device that cannot be made is the rollout's when that brought the claim", () => {
    const devices = { resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "gpu" }] };
    const event = said(
      "FailedResourceClaimCreation",
      'PodResourceClaim gpu: resource claim template "gpu": resourceclaimtemplate.resource.k8s.io "gpu" not found',
    );
    // The scheduler says nothing of such a pod.
    const untouched = pod({ metadata: { creationTimestamp: ago(600) }, status: { phase: "Pending", conditions: [] } });

    expect(rollout(made({}, devices), made({}), [untouched], [event]).remedy).toMatchObject(backsTo1);
    const before = rollout(made({ image: "shop/web:2" }, devices), made({}, devices), [untouched], [event]);
    expect(before).toMatchObject({ cause: "StuckStarting", remedy: left });
    expect(before.summary).toContain("a ResourceClaim of it cannot be made");
  });

  it("for want of user namespaces on its node is the rollout's when that asked for them", () => {
    const event = said(
      "FailedCreatePodSandBox",
      "Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not support user namespaces",
    );
    const own = { hostUsers: false };
    const before = rollout(made({ image: "shop/web:2" }, own), made({}, own), creating, [event]);

    expect(rollout(made({}, own), made({}), creating, [event]).remedy).toMatchObject(backsTo1);
    expect(before.remedy).toMatchObject(left);
    expect(before.summary).toContain("does not run pods in user namespaces");
  });

  it("while the owner of its files is changed is the rollout's when that brought the volume or the group", () => {
    const event = said(
      "VolumePermissionChangeInProgress",
      "Setting volume ownership for 1f/volumes/kubernetes.io~csi/pvc-1, processed 30000 files.",
    );
    const owned = (fsGroup: number) => made({}, { ...claim, securityContext: { fsGroup } });

    expect(rollout(owned(2), owned(1), creating, [event]).remedy).toMatchObject(backsTo1);
    const same = rollout({ ...owned(1), metadata: { labels: { app: "web" } } }, owned(1), creating, [event]);
    expect(same.remedy).toMatchObject(left);
    expect(messageOf(same)).toContain("OnRootMismatch");
  });

  it("for an init container that does not end is the rollout's when that changed it", () => {
    const init = { name: "wait", image: "shop/wait:1" };
    const hanging = pod({
      status: {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: ago(600) }],
        initContainerStatuses: [container({ name: "wait", ready: false })],
        containerStatuses: [container({ ready: false, state: { waiting: { reason: "PodInitializing" } } })],
      },
    });
    const now = made({ image: "shop/web:2" }, { initContainers: [init] });

    expect(rollout(now, made({}), [hanging])).toMatchObject({ cause: "InitContainerHangs", remedy: backsTo1 });
    expect(rollout(now, made({}, { initContainers: [init] }), [hanging]).remedy).toMatchObject(left);
    expect(stable(now, [hanging]).remedy).toMatchObject(left);
  });

  const proxy = { name: "proxy", image: "shop/proxy:1", restartPolicy: "Always" };
  const wait = { name: "wait", image: "shop/wait:1" };
  /** A pod whose init containers run as these statuses say. */
  const initializing = (spec: Spec["initContainers"], statuses: Partial<ContainerStatus>[]) =>
    pod({
      spec: { initContainers: spec ?? [], containers: [{ name: "app" }] },
      status: {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: ago(600) }],
        initContainerStatuses: statuses.map((status) => container({ ready: false, started: false, ...status })),
        containerStatuses: [container({ ready: false, state: { waiting: { reason: "PodInitializing" } } })],
      },
    });

  it("for an init container that does not end is so behind a sidecar, too, and whether that is ready or not", () => {
    for (const ready of [true, false]) {
      const hanging = initializing([proxy, wait], [{ name: "proxy", ready, started: true }, { name: "wait" }]);
      const now = made({}, { initContainers: [proxy, wait] });
      const diagnosis = rollout(now, made({}, { initContainers: [proxy] }), [hanging]);

      expect(diagnosis).toMatchObject({ cause: "InitContainerHangs", remedy: backsTo1 });
      expect(diagnosis.summary).toContain("init container wait does not end");
      expect(diagnosis.evidence.join()).not.toContain("proxy");
    }
  });

  it("for a sidecar that does not pass its startup probe is the rollout's when that changed it", () => {
    const starting = initializing([proxy], [{ name: "proxy" }]);
    const now = made({}, { initContainers: [{ ...proxy, image: "shop/proxy:2" }] });
    const before = made({}, { initContainers: [proxy] });
    const diagnosis = rollout(now, before, [starting]);

    expect(diagnosis).toMatchObject({ cause: "SidecarNotStarted", remedy: backsTo1 });
    expect(diagnosis.summary).toBe("1 pod cannot start: sidecar proxy runs, and does not count as started.");
    expect(rollout(before, before, [starting]).remedy).toMatchObject(left);
    expect(messageOf(stable(before, [starting]))).toContain("kubectl -n shop logs web-1-aaaaa -c proxy");
  });
});

describe("a summary that counts pods", () => {
  it("counts those alone that fail for what it says", () => {
    const denied = waiting("ImagePullBackOff", 'failed to resolve reference "shop/web:1": shop/web:1: not found');
    const { summary } = stable(template(), [denied, crashingPod({}), crashingPod({}), crashingPod({})]);

    expect(summary).toMatch(/^1 pod cannot start: the image does not exist/);
  });
});
