import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod, StatefulSet } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, policy } from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

/** A pod that crashes, and stopped being ready so many seconds ago. */
function crashing(ordinal: number, revision: number, since: number, restarts = 5): Pod {
  const made = dbPod(ordinal, revision);
  return {
    ...made,
    metadata: { ...made.metadata, creationTimestamp: ago(5_000) },
    status: {
      phase: "Running",
      startTime: ago(5_000),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(since) }],
      containerStatuses: [
        container({
          ready: false,
          restartCount: restarts,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1, reason: "Error", startedAt: ago(40), finishedAt: ago(30) } },
        }),
      ],
    },
  };
}

/** A StatefulSet whose first two pods a partition keeps at revision 1, as it was complete before. */
const decided = (
  pods: Pod[],
  updateStrategy: NonNullable<NonNullable<StatefulSet["spec"]>["updateStrategy"]> = {
    type: "RollingUpdate",
    rollingUpdate: { partition: 2 },
  },
) =>
  classify(
    evidence({
      incident: incident({ workload: DB }),
      workload: db({
        spec: { updateStrategy },
        status: { currentRevision: "db-r1", updateRevision: "db-r2", updatedReplicas: 1, readyReplicas: 2 },
      }),
      holders: [controllerRevision(2, { created: ago(3_000) }), controllerRevision(1, { created: ago(90_000) })],
      pods,
    }),
    policy(),
  );

describe("a pod that a partition keeps at an earlier revision", () => {
  it("is known to have run well before it crashed, and is started again from that revision", () => {
    const { cause, summary, remedy } = decided([crashing(0, 1, 300), dbPod(1, 1), dbPod(2, 2)]);

    expect({ cause, summary }).toEqual({
      cause: "CrashLoopOfStableWorkload",
      summary: "1 pod crashes after running well for 78 min.",
    });
    expect(remedy).toMatchObject({ action: "restart", pods: [{ name: "db-0" }] });
  });

  it("says nothing of how long one of the newer revision ran", () => {
    expect(decided([dbPod(0, 1), dbPod(1, 1), crashing(2, 2, 4_990)])).toMatchObject({
      cause: "CrashLoopAfterRollout",
      remedy: { action: "rollback" },
    });
  });
});

describe("a pod of the newer revision, which a partition lets alone have it", () => {
  it("is not put down to the rollout where it crashed long after it was made, and nothing is undone or started again", () => {
    const { cause, summary, remedy } = decided([dbPod(0, 1), dbPod(1, 1), crashing(2, 2, 30, 2)]);

    expect({ cause, summary }).toEqual({
      cause: "CrashLoop",
      summary: "1 pod crashes, which did not do so for most of the 83 min since it was started.",
    });
    expect(remedy.action).toBe("none");
  });

  it("is not, either, where its pods are replaced by hand", () => {
    const pods = [dbPod(0, 1), dbPod(1, 1), crashing(2, 2, 30, 2)];
    expect(decided(pods, { type: "OnDelete" }).cause).toBe("CrashLoop");
  });

  it("is put down to the rollout while nobody holds that back", () => {
    const pods = [dbPod(0, 1), dbPod(1, 1), crashing(2, 2, 30, 2)];
    expect(decided(pods, { type: "RollingUpdate" }).cause).toBe("CrashLoopAfterRollout");
  });

  it("is put down to the rollout where it has crashed since it was made", () => {
    expect(decided([dbPod(0, 1), dbPod(1, 1), crashing(2, 2, 30, 18)]).cause).toBe("CrashLoopAfterRollout");
  });
});
