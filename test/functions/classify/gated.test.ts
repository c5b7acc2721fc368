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
