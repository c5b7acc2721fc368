import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isReady } from "../../../../functions/shared/kubernetes/pods.ts";
import type { Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { PODS } from "../../../../local/embedded/kinds.ts";
import { Running } from "./running.ts";

let cluster: Running;
beforeEach(() => {
  cluster = new Running();
});
afterEach(() => {
  cluster.stop();
});

interface Options {
  probed?: boolean;
  init?: boolean;
}

async function start(markers: Record<string, string>, { probed = false, init = false }: Options = {}): Promise<void> {
  const probe = probed ? { readinessProbe: { tcpSocket: { port: 80 } } } : {};
  const annotations = Object.fromEntries(Object.entries(markers).map(([name, value]) => [`simulation/${name}`, value]));
  cluster.create<Pod>(PODS, {
    metadata: { name: "one", annotations },
    spec: {
      ...(init ? { initContainers: [{ name: "migrate", image: "shop/migrate:1" }] } : {}),
      containers: [
        { name: "app", image: "shop/web:1", ...probe },
        { name: "proxy", image: "shop/proxy:1" },
      ],
    },
  });
  await cluster.settle();
}

const one = () => cluster.get<Pod>(PODS, "one");
const app = () => one().status?.containerStatuses?.find(({ name }) => name === "app");
const proxy = () => one().status?.containerStatuses?.find(({ name }) => name === "proxy");
const waiting = () => app()?.state?.waiting;
const condition = (type: string) => one().status?.conditions?.find((candidate) => candidate.type === type);

describe("a pod", () => {
  it("is created, initialised, started and ready", async () => {
    await start({}, { init: true });
    await cluster.pass(0.3);
    expect(waiting()?.reason).toBe("PodInitializing");
    expect(condition("Initialized")).toMatchObject({ status: "False", reason: "ContainersNotInitialized" });
    await cluster.pass(2);

    expect(one().status).toMatchObject({ phase: "Running", podIPs: [{ ip: one().status?.podIP }] });
    expect(isReady(one())).toBe(true);
    expect(one().status?.initContainerStatuses?.[0]?.state?.terminated?.reason).toBe("Completed");
    expect(app()).toMatchObject({ ready: true, started: true, restartCount: 0 });
  });

  it("is gone soon after its deletion, and never before its finalizers are", async () => {
    await start({});
    await cluster.pass(2);
    cluster.change<Pod>(PODS, "one", ({ metadata = {} }) => (metadata.finalizers = ["shop.example.com/drain"]));
    cluster.store.delete(PODS, "shop", "one");
    await cluster.pass(5);
    expect(cluster.pods()).toHaveLength(1);
    expect(one().metadata?.deletionGracePeriodSeconds).toBe(30);

    cluster.change<Pod>(PODS, "one", ({ metadata = {} }) => (metadata.finalizers = []));
    await cluster.pass(1);
    expect(cluster.pods()).toEqual([]);
  });
});

describe("a crash loop", () => {
  it("waits ten seconds, then twice as long each time, and counts its restarts", async () => {
    await start({ failure: "crash-loop" });
    const starts: number[] = [];
    await cluster.until(
      "it has restarted four times",
      () => {
        if (app()?.restartCount === starts.length + 1) starts.push(cluster.clock.now().getTime() / 1_000);
        return starts.length === 4;
      },
      200,
    );

    // Each run lasts a second.
    expect(starts.slice(1).map((time, index) => Math.round(time - (starts[index] ?? 0)))).toEqual([21, 41, 81]);
  });

  it("says how it ended, and names its own container alone", async () => {
    await start({ failure: "crash-loop", "exit-code": "127", message: "no such file" });
    await cluster.pass(3);

    const { uid } = one().metadata ?? {};
    expect(waiting()).toEqual({
      reason: "CrashLoopBackOff",
      message: `back-off 10s restarting failed container=app pod=one_shop(${uid ?? ""})`,
    });
    expect(app()?.lastState?.terminated).toMatchObject({ exitCode: 127, reason: "Error", message: "no such file" });
    expect(proxy()?.ready).toBe(true);
    expect(condition("Ready")?.message).toBe("containers with unready status: [app]");
  });

  it("of a container that is killed for its memory says so", async () => {
    await start({ failure: "oom-kill" });
    await cluster.pass(3);
    expect(app()?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
  });

  it.each([
    [true, false],
    [false, true],
  ])("with a probe (%s) counts as ready while it runs: %s", async (probed, expected) => {
    await start({ failure: "crash-loop" }, { probed });
    let ready = false;
    await cluster.until("it crashes", () => {
      ready ||= isReady(one());
      return waiting()?.reason === "CrashLoopBackOff";
    });
    expect(ready).toBe(expected);

    await cluster.until("it has restarted", () => app()?.restartCount === 1);
    expect(isReady(one())).toBe(expected);
  });

  it.each(["8s", "2026-06-01T12:00:10Z"])("begins when it should: %s", async (after) => {
    await start({ failure: "crash-loop", after }, { probed: true });
    await cluster.pass(6);
    expect(isReady(one())).toBe(true);
    await cluster.pass(6);
    expect(waiting()?.reason).toBe("CrashLoopBackOff");
  });

  it("of a pod that ran well begins at once when it is asked for, and ends when it is not any more", async () => {
    await start({});
    await cluster.pass(3);
    cluster.annotatePods({ "simulation/failure": "crash-loop" });
    await cluster.pass(1.5);
    expect(waiting()?.reason).toBe("CrashLoopBackOff");

    cluster.change<Pod>(PODS, "one", ({ metadata = {} }) => (metadata.annotations = {}));
    await cluster.pass(2);
    expect(isReady(one())).toBe(true);
    expect(app()?.restartCount).toBe(1);
  });

  it("of an init container keeps the others from starting", async () => {
    await start({ failure: "crash-loop", "failing-container": "migrate" }, { init: true });
    await cluster.pass(10);

    expect(one().status?.phase).toBe("Pending");
    expect(one().status?.initContainerStatuses?.[0]).toMatchObject({
      restartCount: 4,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(waiting()?.reason).toBe("PodInitializing");
  });
});

describe("a pod that cannot start", () => {
  it("backs off from an image that is not there, and tries again", async () => {
    await start({ failure: "image-pull" });
    await cluster.pass(1);
    expect(waiting()?.reason).toBe("ErrImagePull");
    await cluster.pass(1);
    const pulled =
      'failed to pull and unpack image "shop/web:1": failed to resolve reference "shop/web:1": shop/web:1: not found';
    expect(waiting()).toEqual({
      reason: "ImagePullBackOff",
      message: `Back-off pulling image "shop/web:1": ErrImagePull: ${pulled}`,
    });
    await cluster.pass(20);
    expect(waiting()?.reason).toBe("ErrImagePull");
  });

  it.each<[Record<string, string>, { reason: string; message?: string }]>([
    [{ failure: "waiting" }, { reason: "CreateContainerConfigError", message: 'configmap "settings" not found' }],
    [
      { failure: "waiting", reason: "CreateContainerError", message: "no" },
      { reason: "CreateContainerError", message: "no" },
    ],
    [{ failure: "stuck-pending" }, { reason: "ContainerCreating" }],
  ])("%j waits as it says", async (markers, expected) => {
    await start(markers);
    await cluster.pass(30);
    expect(one().status?.phase).toBe("Pending");
    expect(waiting()).toEqual(expected);
  });
});

describe("a pod that runs", () => {
  it("is never ready behind a probe that fails, and ready after a slow start", async () => {
    await start({ failure: "never-ready" });
    await cluster.pass(60);
    expect(one().status?.phase).toBe("Running");
    expect(isReady(one())).toBe(false);

    cluster.annotatePods({ "simulation/failure": "slow-start", "simulation/after": "3s" });
    await cluster.pass(2.5);
    expect(isReady(one())).toBe(false);
    await cluster.pass(1);
    expect(isReady(one())).toBe(true);
  });

  it("becomes unready when its probe begins to fail", async () => {
    await start({ failure: "never-ready", after: "5s" });
    await cluster.pass(4);
    expect(isReady(one())).toBe(true);
    await cluster.pass(4);
    expect(isReady(one())).toBe(false);
    expect(app()?.state?.running).toBeDefined();
  });

  it.each([
    ["evicted", "Evicted", undefined],
    ["failed", "UnexpectedAdmissionError", 2],
  ])("fails for good: %s", async (failure, reason, containers) => {
    await start({ failure });
    await cluster.pass(4);
    expect(one().status).toMatchObject({ phase: "Failed", reason });
    expect(one().status?.containerStatuses?.length).toBe(containers);
    expect(condition("DisruptionTarget")?.status).toBe("True");
  });

  it("is lost with its node", async () => {
    await start({ failure: "node-lost" });
    await cluster.pass(4);
    const { nodeName = "" } = one().spec ?? {};
    expect(one().status).toMatchObject({
      phase: "Running",
      reason: "NodeLost",
      message: `Node ${nodeName} which was running pod one is unresponsive`,
    });
    expect(isReady(one())).toBe(false);
  });
});
