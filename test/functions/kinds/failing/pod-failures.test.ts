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
