import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import { podFailures } from "../../../functions/kinds/failing/pod-failures.ts";
import { repeatedRestarts } from "../../../functions/kinds/failing/repeated-restarts.ts";
import type { ContainerStatus, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, crashingPod, deployment, evidence, NOW, pod, policy } from "../../support/objects.ts";

/** A container that runs again, and of whose last end this is told; the pod is not ready yet. */
function again(terminated: object): Pod {
  const lastState = { terminated } as NonNullable<ContainerStatus["lastState"]>;
  return pod({
    status: {
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(15) }],
      containerStatuses: [
        container({ ready: false, restartCount: 1, state: { running: { startedAt: ago(10) } }, lastState }),
      ],
    },
  });
}

const diagnose = (failing: Pod, events: KubernetesEvent[] = []) =>
  classify(evidence({ pods: [failing], surroundings: { ...NO_SURROUNDINGS, events } }), policy());

describe("an end that nobody saw, as when a node starts anew", () => {
  it.each([
    { exitCode: 255, reason: "Unknown", startedAt: ago(9_000), finishedAt: ago(20) },
    {
      exitCode: 137,
      reason: "ContainerStatusUnknown",
      message: "The container could not be located when the pod was terminated",
      startedAt: null,
      finishedAt: null,
    },
  ])("is no crash: $reason", (end) => {
    expect(podFailures(again(end))).toEqual([]);
    expect(podFailures(again({ ...end, reason: "Error" }))).toHaveLength(1);
  });

  it("is none that comes again and again, however often the node was started anew", () => {
    const ends = ["Unknown", "Error"].map((reason) => {
      const end = { exitCode: 255, reason, startedAt: ago(2_000), finishedAt: ago(600) };
      const restarted = {
        restartCount: 9,
        state: { running: { startedAt: ago(590) } },
        lastState: { terminated: end },
      };
      return repeatedRestarts(pod({ status: { containerStatuses: [container(restarted)] } }), NOW);
    });

    expect(ends.map((found) => found.length)).toEqual([0, 1]);
  });

  it("is not told as one by SIGKILL in a crash loop, whose exit code is made up", () => {
    const diagnosis = diagnose(crashingPod({ exitCode: 137, reason: "ContainerStatusUnknown" }));

    expect(diagnosis.cause).toBe("CrashLoopOfStableWorkload");
    expect(JSON.stringify(diagnosis)).not.toMatch(/SIGKILL|137/);
  });

  it("does not make a node lost that tells of it", () => {
    const state = { terminated: { exitCode: 255, reason: "Unknown", startedAt: ago(90), finishedAt: ago(20) } };
    const failed = pod({ status: { phase: "Failed", containerStatuses: [container({ ready: false, state })] } });

    expect(diagnose(failed).cause).not.toBe("NodeLost");
    expect(diagnose(pod({ status: { phase: "Unknown" } })).cause).toBe("NodeLost");
  });
});

describe("how a container ends", () => {
  it.each<[number, string]>([
    [0, "1 pod ends again and again .*: container app ended with exit code 0, without an error\\."],
    [126, "1 pod crashes .*: container app ended with exit code 126, a shell's for a command that may not be executed"],
    [127, "1 pod crashes .*: container app ended with exit code 127, a shell's for a command that is not found"],
    [134, "1 pod crashes .*: container app ended with exit code 134, as on SIGABRT"],
    [139, "1 pod crashes .*: container app ended with exit code 139, as on SIGSEGV"],
    [143, "1 pod crashes .*: container app ended with exit code 143, as on SIGTERM"],
  ])("is told of exit code %i in words", (exitCode, words) => {
    const reason = exitCode === 0 ? "Completed" : "Error";

    expect(diagnose(crashingPod({ exitCode, reason })).summary).toMatch(new RegExp(`^${words}`));
  });

  it("is not explained where its exit code says no more than that there was an error", () => {
    expect(diagnose(crashingPod({ exitCode: 1 })).summary).not.toContain("exit code");
  });

  it("is told of by the hook that fails after each start, not by the kill that follows", () => {
    const event: KubernetesEvent = {
      metadata: {},
      involvedObject: { kind: "Pod", name: "web-1-aaaaa", uid: "web-1-aaaaa-uid", fieldPath: "spec.containers{app}" },
      type: "Warning",
      reason: "FailedPostStartHook",
      message: "PostStartHook failed",
    };
    const diagnosis = diagnose(crashingPod({ exitCode: 137 }), [event]);

    expect(diagnosis.summary).toMatch(/: the postStart hook of container app failed, for which it is ended\.$/);
  });
});

describe("a container that ends without an error again and again", () => {
  it.each([
    [0, "give it one that keeps running, or make it a Job"],
    [1, "Read the container's log"],
  ])("is told what that takes: exit code %i", (exitCode, advice) => {
    const { cause, remedy } = classify(
      evidence({
        workload: deployment({ progressing: { status: "True", reason: "ReplicaSetUpdated" } }),
        holders: [],
        pods: [crashingPod({ exitCode, startedAgo: 1_000 })],
      }),
      policy(),
    );

    expect(`${cause}: ${remedy.action === "none" ? remedy.message : remedy.action}`).toContain(advice);
  });
});
