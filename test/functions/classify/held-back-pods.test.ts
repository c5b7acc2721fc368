import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, policy } from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

/** A pod that crashes, and stopped being ready so many seconds ago. */
function crashing(ordinal: number, revision: number, since: number): Pod {
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
          restartCount: 5,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1, reason: "Error", startedAt: ago(40), finishedAt: ago(30) } },
        }),
      ],
    },
  };
}

/** A StatefulSet whose first two pods a partition keeps at revision 1, as it was complete before. */
const decided = (pods: Pod[]) =>
  classify(
    evidence({
      incident: incident({ workload: DB }),
      workload: db({
        spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
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
