import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import type { ContainerStatus, Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const ended = (exitCode: number, reason: string, secondsAgo = 5, ran = 1) => ({
  terminated: { exitCode, reason, startedAt: ago(secondsAgo + ran), finishedAt: ago(secondsAgo) },
});

/** A pod whose app crashes, with these other containers, and these memory limits by container. */
function podWith(parts: {
  app?: Partial<ContainerStatus>;
  init?: ContainerStatus[];
  others?: ContainerStatus[];
  limits?: Record<string, string>;
  podLimit?: string;
}): Pod {
  const { app = {}, init = [], others = [], limits = {}, podLimit } = parts;
  const main = container({
    ready: false,
    restartCount: 3,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
    lastState: ended(1, "Error"),
    ...app,
  });
  const specOf = ({ name }: ContainerStatus) => ({
    name,
    image: "shop/web:1",
    ...(limits[name] === undefined ? {} : { resources: { limits: { memory: limits[name] } } }),
  });
  return pod({
    spec: {
      nodeName: "node-0",
      initContainers: init.map(specOf),
      containers: [main, ...others].map(specOf),
      ...(podLimit === undefined ? {} : { resources: { limits: { memory: podLimit } } }),
    },
    status: {
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(60) }],
      initContainerStatuses: init,
      containerStatuses: [main, ...others],
    },
  });
}

const oom = { lastState: ended(137, "OOMKilled") };
const diagnose = (failing: Pod, more: Parameters<typeof evidence>[0] = {}) =>
  classify(evidence({ pods: [failing], ...more }), policy());

describe("a crash of one container", () => {
  it("is not explained by the memory that another one ran out of long ago", () => {
    const proxy = container({ name: "proxy", restartCount: 1, lastState: ended(137, "OOMKilled", 200_000) });
    const diagnosis = diagnose(podWith({ others: [proxy], limits: { proxy: "64Mi" } }));

    expect(diagnosis.cause).toBe("CrashLoopOfStableWorkload");
    expect(JSON.stringify(diagnosis)).not.toContain("OOMKilled");
  });

  it("does not count as one after a stable time because another container, or an init container, ran for long", () => {
    const begun = { status: { startTime: ago(300) }, metadata: { creationTimestamp: ago(300) } };
    const migrate = container({ name: "migrate", state: ended(0, "Completed", 400, 5_000) });
    const proxy = container({ name: "proxy", restartCount: 1, lastState: ended(1, "Error", 200, 9_000) });
    const crashing = podWith({ init: [migrate], others: [proxy] });
    const recent = deployment({
      progressing: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(290) },
    });
    const failing = {
      ...crashing,
      metadata: { ...crashing.metadata, ...begun.metadata },
      status: { ...crashing.status, ...begun.status },
    };

    expect(diagnose(failing, { workload: recent, holders: [replicaSet(1, { created: ago(300) })] })).toMatchObject({
      cause: "CrashLoopAfterRollout",
    });
  });

  it("is not made one of memory by an exit code alone", () => {
    expect(diagnose(podWith({ app: { lastState: ended(137, "Error") } }))).toMatchObject({
      cause: "CrashLoopOfStableWorkload",
      summary: expect.stringMatching(/: container app was killed \(SIGKILL\)\.$/) as string,
    });
  });
});

describe("memory that ran out", () => {
  it.each<[string, Parameters<typeof podWith>[0], string]>([
    ["the container's limit", { app: oom, limits: { app: "128Mi" }, podLimit: "1Gi" }, "at its memory limit of 128Mi"],
    ["the pod's limit", { app: oom, podLimit: "1Gi" }, "at the pod's memory limit of 1Gi"],
    ["no limit", { app: oom }, "without a memory limit: the node ran out of memory"],
  ])("is told with %s", (_what, parts, words) => {
    const diagnosis = diagnose(podWith(parts));

    expect(diagnosis).toMatchObject({
      cause: "OutOfMemory",
      summary: `1 pod ran out of memory: container app was OOMKilled ${words}.`,
    });
    expect(diagnosis.evidence[0]).toContain(`OOMKilled ${words}`);
  });

  it("is told with the pod's limit beside the container's where others share that", () => {
    const failing = podWith({
      app: oom,
      others: [container({ name: "cache" })],
      limits: { app: "128Mi" },
      podLimit: "1Gi",
    });

    expect(diagnose(failing).summary).toContain(
      "container app was OOMKilled at its memory limit of 128Mi, or at the pod's memory limit of 1Gi.",
    );
  });

  it("is not told with a limit that the container may not have had, where the pod was resized", () => {
    const resized = (given: string, reason?: string) => {
      const failing = podWith({ app: { ...oom, resources: { limits: { memory: given } } }, limits: { app: "1G" } });
      const conditions = reason === undefined ? [] : [{ type: "PodResizePending", status: "True", reason }];
      failing.status = { ...failing.status, conditions: [...(failing.status?.conditions ?? []), ...conditions] };
      failing.metadata = { ...failing.metadata, generation: 2 };
      return diagnose(failing).summary;
    };

    expect(resized("1000000000")).toContain("container app was OOMKilled, with a memory limit of 1G by now.");
    expect(resized("128Mi", "Deferred")).toContain(
      "OOMKilled, with a memory limit of 128Mi by now, while 1G is asked for (its resize is Deferred).",
    );
  });

  it("is told of a first revision, which there is no way back from", () => {
    const crashing = podWith({ app: oom, limits: { app: "64Mi" } });
    crashing.status = { ...crashing.status, startTime: ago(895) };
    const diagnosis = diagnose(crashing, {
      workload: deployment({ progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
      holders: [replicaSet(1, { replicas: 1, created: ago(900) })],
    });

    expect(diagnosis.summary).toContain("container app was OOMKilled at its memory limit of 64Mi");
    expect(diagnosis.remedy).toMatchObject({ refusal: "NoHealthyRevision" });
  });

  it("is told where it kept the container from starting at all", () => {
    const message =
      "OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown";
    const { terminated } = ended(128, "StartError");
    const app = { ...oom, lastState: { terminated: { ...terminated, exitCode: 128, message } } };
    const diagnosis = diagnose(podWith({ app, limits: { app: "5Mi" } }));

    expect(diagnosis.summary).toBe("1 pod cannot start: the memory limit is too low for the container to start.");
    expect(diagnosis.evidence[0]).toContain("OOM-killed before it could start, at its memory limit of 5Mi");
  });

  it("is told of the native sidecar that it happens to, not of the app that waits for it", () => {
    const proxy = container({
      name: "proxy",
      ready: false,
      restartCount: 4,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: ended(137, "OOMKilled"),
    });
    const waits = { state: { waiting: { reason: "PodInitializing" } }, restartCount: 0, lastState: {} };
    const failing = podWith({ app: waits, init: [proxy], limits: { proxy: "32Mi", app: "1Gi" } });

    expect(diagnose(failing).summary).toBe(
      "1 pod ran out of memory: container proxy was OOMKilled at its memory limit of 32Mi.",
    );
  });
});

describe("a probe that ends a container", () => {
  const event = (message: string, fieldPath = "spec.containers{app}", reason = "Unhealthy"): KubernetesEvent => ({
    metadata: {},
    involvedObject: { kind: "Pod", name: "web-1-aaaaa", uid: "web-1-aaaaa-uid", fieldPath },
    type: "Warning",
    reason,
    message,
  });
  const killed = podWith({ app: { lastState: ended(137, "Error") } });
  const surroundedBy = (...events: KubernetesEvent[]) =>
    diagnose(killed, { surroundings: { events, budgets: [], quotas: [], limitRanges: [], nodes: [] } }).summary;

  it.each([
    ["liveness", event("Liveness probe failed: HTTP probe failed with statuscode: 503")],
    ["startup", event("Startup probe failed: connection refused")],
    ["liveness", event("Container app failed liveness probe, will be restarted", undefined, "Killing")],
  ])("is named: %s", (probe, said) => {
    expect(surroundedBy(said)).toContain(`container app was killed (SIGKILL) while its ${probe} probe failed`);
  });

  it.each([
    ["another container's", event("Liveness probe failed: 503", "spec.containers{proxy}")],
    ["a readiness probe", event("Readiness probe failed: 503")],
    ["another pod's", { ...event("Liveness probe failed: 503"), involvedObject: { uid: "another" } }],
  ])("is not named for %s", (_what, said) => {
    expect(surroundedBy(said)).not.toContain("probe");
  });
});

describe("a container that is killed every eleven minutes", () => {
  const killed = (restarts: number, ran: number, runningFor: number, reason = "Error") =>
    ofRevision(
      2,
      pod({
        metadata: { creationTimestamp: ago(90_000) },
        status: {
          startTime: ago(90_000),
          containerStatuses: [
            container({
              restartCount: restarts,
              state: { running: { startedAt: ago(runningFor) } },
              lastState: ended(137, reason, runningFor, ran),
            }),
          ],
        },
      }),
    );

  const rolledOut = (secondsAgo: number) => ({
    workload: deployment({
      template: template("shop/web:2"),
      progressing: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(secondsAgo) },
    }),
    holders: [
      replicaSet(2, { available: 2, created: ago(secondsAgo + 10) }),
      replicaSet(1, { created: ago(secondsAgo + 90_000) }),
    ],
  });

  it("is found while it runs and is ready, and is left to a person where it ran well before", () => {
    expect(diagnose(killed(17, 660, 190), rolledOut(900_000))).toMatchObject({
      cause: "RepeatedRestarts",
      remedy: { action: "none", refusal: "NoSafeRemedy" },
      evidence: [
        expect.stringContaining("restarted 17 times, last after a run of 11 min that ended with exit code 137 (Error)"),
      ],
    });
  });

  it("is told of with what the container said itself at its end", () => {
    const said = killed(17, 660, 190);
    const [status] = said.status?.containerStatuses ?? [];
    Object.assign(status?.lastState?.terminated ?? {}, { message: "watchdog: no heartbeat" });

    expect(diagnose(said, rolledOut(900_000)).evidence[0]).toMatch(/\(Error\): watchdog: no heartbeat$/);
  });

  it("is rolled back where it has been so since the rollout", () => {
    const young = killed(17, 660, 190);
    young.status = { ...young.status, startTime: ago(12_000) };

    expect(diagnose(young, rolledOut(11_900))).toMatchObject({
      cause: "CrashLoopAfterRollout",
      remedy: { action: "rollback" },
    });
  });

  it("is told to run out of memory where that ends it", () => {
    expect(diagnose(killed(17, 660, 190, "OOMKilled"), rolledOut(900_000))).toMatchObject({ cause: "OutOfMemory" });
  });

  it.each<[string, Pod]>([
    ["a single crash in a long life", killed(1, 80_000, 60)],
    ["a few crashes in a row", killed(4, 600, 60)],
    ["many crashes in a long life, days apart", killed(40, 200_000, 60)],
    ["crashes that are over, since it runs for longer than ever", killed(17, 660, 2_000)],
    ["a crash loop that is over", killed(9, 2, 600)],
  ])("is not taken for %s", (_what, well) => {
    expect(diagnose(well)).toMatchObject({ cause: "Unknown", remedy: { refusal: "NotFailingAnymore" } });
  });
});
