import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod, StatefulSet } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, policy, template } from "../../support/objects.ts";
import { DB, db, dbPod, controllerRevision } from "../../support/set-objects.ts";

/** A pod that has been ready for 3,400 s. */
const well = (ordinal: number, revision: number): Pod => {
  const made = dbPod(ordinal, revision, { metadata: { creationTimestamp: ago(3_500) } });
  const conditions = [{ type: "Ready", status: "True", lastTransitionTime: ago(3_400) }];
  return { ...made, status: { ...made.status, startTime: ago(3_500), conditions, containerStatuses: [container()] } };
};

/** A pod of revision 2 that crashes again and again since it was made. */
const crashing = (ordinal: number): Pod => {
  const made = dbPod(ordinal, 2, { ready: false });
  const lastState = { terminated: { exitCode: 1, reason: "Error", startedAt: ago(6), finishedAt: ago(5) } };
  const waiting = { reason: "CrashLoopBackOff", message: "back-off 5m0s restarting failed container" };
  return {
    ...made,
    metadata: { ...made.metadata, creationTimestamp: ago(3_400) },
    status: {
      ...made.status,
      startTime: ago(3_400),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(3_400) }],
      containerStatuses: [container({ ready: false, restartCount: 8, state: { waiting }, lastState })],
    },
  };
};

/** Seven replicas of which the newest four have revision 2, and the last of these crashes; a restart did not help. */
const after = (updateStrategy: NonNullable<StatefulSet["spec"]>["updateStrategy"]) =>
  classify(
    evidence({
      incident: incident({ workload: DB }),
      workload: db({
        template: template("shop/web:2"),
        spec: { replicas: 7, ...(updateStrategy === undefined ? {} : { updateStrategy }) },
        status: { replicas: 7, readyReplicas: 6, availableReplicas: 6, updatedReplicas: 4, currentRevision: "db-r1" },
      }),
      holders: [controllerRevision(2, { created: ago(9_000) }), controllerRevision(1, { created: ago(900_000) })],
      pods: [...[0, 1, 2].map((n) => well(n, 1)), ...[3, 4, 5].map((n) => well(n, 2)), crashing(6)],
      tried: ["restart"],
    }),
    policy(),
  );

describe("a member of a set that crashes beside well ones of its revision, and is not helped by a restart", () => {
  it("is rolled back with its revision where the rollout is stuck at it", () => {
    expect(after({ type: "RollingUpdate" })).toMatchObject({
      cause: "CrashLoopBesideWellPods",
      remedy: { action: "rollback" },
    });
  });

  it.each([
    ["a partition keeps the others at the revision before", { type: "RollingUpdate", rollingUpdate: { partition: 3 } }],
    ["somebody replaces its pods one by one", { type: "OnDelete" }],
  ])("is left to a person where %s", (_what, strategy) => {
    expect(after(strategy)).toMatchObject({
      cause: "CrashLoopBesideWellPods",
      remedy: {
        action: "none",
        refusal: "NoSafeRemedy",
        message: expect.stringContaining("look at the node") as string,
      },
    });
  });
});
