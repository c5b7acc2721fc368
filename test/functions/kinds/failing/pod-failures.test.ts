import { describe, expect, it } from "vitest";
import { podFailures } from "../../../../functions/kinds/failing/pod-failures.ts";
import type { ContainerStatus, Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, container, crashingPod, pod } from "../../../support/objects.ts";

/** A pod with one container, which is not ready unless told otherwise; nor is the pod then, since the given seconds. */
function withContainer(status: Partial<ContainerStatus>, unreadyFor = 100): Pod {
  const { ready = false } = status;
  const condition = { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: ago(unreadyFor) };
  return pod({ status: { conditions: [condition], containerStatuses: [container({ ...status, ready })] } });
}

const waiting = (reason: string): Pod => withContainer({ state: { waiting: { reason } } });
const ended = (exitCode: number, reason = "Error") => ({
  terminated: { exitCode, reason, message: "panic: no config", finishedAt: ago(60) },
});
const running = (since: number) => ({ running: { startedAt: ago(since) } });

/** A pod that has done its work, although a container of it failed on the way. */
const finished = pod({
  status: { phase: "Succeeded", containerStatuses: [container({ restartCount: 1, state: ended(1) })] },
});

describe("a pod", () => {
  it.each<[string, Pod]>([
    ["runs", pod()],
    ["is creating its containers", waiting("ContainerCreating")],
    ["waits for its init containers", waiting("PodInitializing")],
    ["runs again, and is ready, after a crash", withContainer({ ready: true, restartCount: 1, lastState: ended(1) })],
    ["is not ready, and never crashed", withContainer({})],
    ["ended well and starts over", withContainer({ restartCount: 3, lastState: ended(0, "Completed") })],
    ["ended its first attempt just now, and is about to be started again", withContainer({ state: ended(1) })],
    ["has finished", finished],
    ["is being deleted", { ...crashingPod({}), metadata: { deletionTimestamp: ago(1) } }],
  ])("does not fail when it %s", (_what, healthy) => {
    expect(podFailures(healthy)).toEqual([]);
  });

  it.each([
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "RunContainerError",
  ])("fails while a container waits with %s", (reason) => {
    expect(podFailures(waiting(reason))).toMatchObject([{ reason, container: "app" }]);
  });

  it("in a crash loop fails with the exit code of the last attempt", () => {
    expect(podFailures(crashingPod({ exitCode: 3 }))).toMatchObject([{ reason: "CrashLoopBackOff", exitCode: 3 }]);
  });

  it("still fails between two attempts of a crash loop, when its container runs but is not ready yet", () => {
    const between = withContainer({ restartCount: 4, lastState: ended(137, "OOMKilled"), state: running(50) });

    expect(podFailures(between)).toMatchObject([
      { reason: "OOMKilled", container: "app", exitCode: 137, message: "panic: no config" },
    ]);
  });

  it("fails with the only attempt that its restart policy allows", () => {
    const once = { ...withContainer({ state: ended(2) }), spec: { containers: [], restartPolicy: "Never" } };

    expect(podFailures(once)).toMatchObject([{ reason: "Error", container: "app", exitCode: 2 }]);
  });

  it("fails for its init containers, too", () => {
    const init = container({ name: "migrate", ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } });

    expect(podFailures(pod({ status: { initContainerStatuses: [init], containerStatuses: [] } }))).toMatchObject([
      { reason: "CrashLoopBackOff", container: "migrate" },
    ]);
  });

  it("that its node ended fails as a whole, with the node's words", () => {
    const evicted = { phase: "Failed", reason: "Evicted", message: "low on memory", containerStatuses: [] };

    expect(podFailures(pod({ status: evicted }))).toMatchObject([{ reason: "Evicted", message: "low on memory" }]);
  });

  it("that ended for good without a reason of its own is told by the container that failed", () => {
    const statuses = [container({ state: ended(0, "Completed") }), container({ name: "worker", state: ended(2) })];

    expect(podFailures(pod({ status: { phase: "Failed", containerStatuses: statuses } }))).toMatchObject([
      { reason: "Error", container: "worker", exitCode: 2, message: "panic: no config" },
    ]);
  });
});

type Rules = NonNullable<NonNullable<Pod["spec"]>["containers"][number]["restartPolicyRules"]>;

describe("a container with a restart policy of its own", () => {
  const exitCodes = (operator: string, ...values: number[]) => ({ operator, values });
  const ruled = (rules: Rules, restartPolicy = "Never"): NonNullable<Pod["spec"]> => ({
    restartPolicy: "Never",
    containers: [{ name: "app", restartPolicy, restartPolicyRules: rules }],
  });
  const after = (spec: NonNullable<Pod["spec"]>, exitCode: number) =>
    podFailures({ ...withContainer({ state: ended(exitCode) }), spec });

  it("is about to be started again after its first end where a rule says so, or the policy", () => {
    const rule = { action: "Restart", exitCodes: exitCodes("In", 42) };
    const others = { action: "Restart", exitCodes: exitCodes("NotIn", 42) };

    expect(after(ruled([rule]), 42)).toEqual([]);
    expect(after(ruled([rule]), 1)).toMatchObject([{ reason: "Error", exitCode: 1 }]);
    expect(after(ruled([others]), 1)).toEqual([]);
    expect(after(ruled([others]), 42)).toMatchObject([{ exitCode: 42 }]);
    expect(after(ruled([], "OnFailure"), 1)).toEqual([]);
  });

  it("has not failed itself where it was ended for another one that all are started again with", () => {
    const again = { exitCode: 137, reason: "RestartingAllContainers" };

    expect(podFailures(withContainer({ restartCount: 2, state: { terminated: again } }))).toEqual([]);
    expect(
      podFailures(
        withContainer({
          restartCount: 2,
          state: { waiting: { reason: "RestartingAllContainers" } },
          lastState: { terminated: again },
        }),
      ),
    ).toEqual([]);
  });
});

describe("the sidecar of a pod whose work is done", () => {
  const windingUp = (exitCode: number, sidecar: Partial<ContainerStatus>): Pod =>
    pod({
      spec: {
        restartPolicy: "Never",
        initContainers: [{ name: "proxy", restartPolicy: "Always" }],
        containers: [{ name: "app" }],
      },
      status: {
        conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(5) }],
        initContainerStatuses: [container({ name: "proxy", ready: false, restartCount: 1, ...sidecar })],
        containerStatuses: [container({ ready: false, state: ended(exitCode) })],
      },
    });

  it.each<[string, Partial<ContainerStatus>]>([
    ["is ended", { state: ended(143) }],
    ["is not started again", { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended(1) }],
  ])("does not fail when it %s", (_what, sidecar) => {
    expect(podFailures(windingUp(0, sidecar))).toEqual([]);
    expect(podFailures(windingUp(3, sidecar))).toMatchObject([{ container: "app", exitCode: 3 }]);
  });

  it("fails while the work goes on", () => {
    const crashing = windingUp(0, { state: ended(1) });
    const busy = { ...crashing, status: { ...crashing.status, containerStatuses: [container()] } };

    expect(podFailures(busy)).toMatchObject([{ container: "proxy", exitCode: 1 }]);
  });
});
