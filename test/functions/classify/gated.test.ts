import { expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { ago, deployment, evidence, ofRevision, pod, policy, replicaSet, template } from "../../support/objects.ts";

const gatedPod = pod({
  name: "web-2-a",
  spec: { containers: [], schedulingGates: [{ name: "corp/quota" }] },
  status: {
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated", lastTransitionTime: ago(900) }],
    containerStatuses: [],
  },
});

it("a rollout whose pods wait for somebody to lift their scheduling gates is told with the gates", () => {
  const { cause, summary, remedy } = classify(
    evidence({
      workload: deployment({
        template: template("shop/web:2"),
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [
        replicaSet(2, { replicas: 1, created: ago(900) }),
        replicaSet(1, { available: 2, created: ago(90_000) }),
      ],
      pods: [ofRevision(2, gatedPod)],
    }),
    policy(),
  );

  expect(cause).toBe("RolloutStuck");
  expect(summary).toContain("1 pod is held back by scheduling gates (corp/quota)");
  expect(remedy).toMatchObject({ action: "none", refusal: "NoSafeRemedy" });
});

it("a rollout one of whose pods no node has taken yet is told so, and where the scheduler says why", () => {
  const waiting = pod({
    name: "web-2-a",
    status: {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", lastTransitionTime: ago(20) }],
      containerStatuses: [],
    },
  });
  const told = (pods: ReturnType<typeof pod>[]) =>
    classify(
      evidence({
        workload: deployment({ progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
        holders: [replicaSet(1, { replicas: 2, created: ago(900) })],
        pods,
      }),
      policy(),
    );

  const { cause, summary, remedy } = told([pod(), waiting]);
  expect(cause).toBe("RolloutStuck");
  expect(summary).toBe(
    "Its rollout is past its progress deadline, and none of its pods fails: no node has taken 1 pod yet.",
  );
  expect(remedy).toHaveProperty("message", "The scheduler says why: kubectl -n shop describe pod web-2-a.");
  expect(told([pod()]).summary).not.toContain("no node");
});

it("a workload whose pods end without an error, and are not started again, is told so", () => {
  const ended = (restartPolicy?: string) => {
    const app = { name: "app", ...(restartPolicy === undefined ? {} : { restartPolicy }) };
    return pod({ spec: { restartPolicy: "Always", containers: [app] }, status: { phase: "Succeeded" } });
  };
  const told = (one: ReturnType<typeof ended>) =>
    classify(
      evidence({
        workload: deployment({ progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
        holders: [replicaSet(1, { replicas: 1, created: ago(900) })],
        pods: [one],
      }),
      policy(),
    );

  expect(told(ended("Never"))).toMatchObject({
    cause: "RolloutStuck",
    summary:
      "Its rollout is past its progress deadline, and none of its pods fails: 1 pod has ended without an error, and what ends so is not started again.",
    remedy: { message: expect.stringContaining("the restart policy of their own away (app)") as unknown },
  });
  expect(told(ended()).summary).not.toContain("ended");
});

it("a workload that was paused before it was ever rolled out is told so, with what resumes it", () => {
  const told = (paused: boolean) =>
    classify(
      evidence({
        workload: deployment({
          paused,
          status: {
            ...{ replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 },
            conditions: [{ type: "Available", status: "False", lastTransitionTime: ago(900) }],
          },
        }),
        ...{ holders: [], pods: [] },
      }),
      policy(),
    );

  expect(told(true)).toMatchObject({
    cause: "MissingReplicas",
    summary: "It stays short of replicas, and none of its pods fails: its rollout was paused before a pod was made.",
    remedy: {
      message: "It gets its pods once it is resumed: kubectl -n shop rollout resume deployment/web.",
    },
  });
  expect(told(false).summary).not.toContain("paused");
});
