import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import type { Evidence } from "../../../../functions/facts/evidence.ts";
import type { Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, policy, template } from "../../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../../support/set-objects.ts";

/** A pod that crashes after it ran well for long. */
function crashing(ordinal: number, revision: number): Pod {
  const made = dbPod(ordinal, revision, { ready: false });
  const ended = { exitCode: 1, reason: "Error", startedAt: ago(7_200), finishedAt: ago(60) };
  const status = container({
    ready: false,
    restartCount: 4,
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: { terminated: ended },
  });
  return { ...made, status: { ...made.status, containerStatuses: [status] } };
}

/** `db` is at revision 1, and revision 2 is in place for those that the strategy lets go. */
function between(pods: Pod[], updateStrategy: object): Evidence {
  return evidence({
    incident: incident({ workload: { ...DB } }),
    workload: db({
      template: template("shop/web:2"),
      status: { currentRevision: "db-r1", updateRevision: "db-r2", updatedReplicas: 0, readyReplicas: 2 },
      spec: { updateStrategy },
    }),
    holders: [controllerRevision(2, { created: ago(40_000) }), controllerRevision(1, { created: ago(90_000) })],
    pods,
  });
}

const ROLLING = { type: "RollingUpdate", rollingUpdate: { partition: 2 } };

describe("restarting a crashing pod of a StatefulSet whose update is not finished", () => {
  it("is left to a person where the pod would come back from the present template", () => {
    const { remedy } = classify(between([crashing(1, 1), dbPod(0, 1), dbPod(2, 1)], { type: "OnDelete" }), policy());

    expect(remedy).toMatchObject({
      action: "none",
      refusal: "NoSafeRemedy",
      message: expect.stringContaining(
        "what comes in the place of db-1 would be made from the present pod template",
      ) as unknown,
    });
  });

  it("is done where its partition has it come back from the template that it was made from", () => {
    const { remedy } = classify(between([crashing(1, 1), dbPod(0, 1), dbPod(2, 2)], ROLLING), policy());

    expect(remedy).toMatchObject({ action: "restart", pods: [{ name: "db-1" }] });
  });

  it("is done where it was made from the present template", () => {
    const { remedy } = classify(between([dbPod(0, 1), dbPod(1, 1), crashing(2, 2)], ROLLING), policy());

    expect(remedy).toMatchObject({ action: "restart", pods: [{ name: "db-2" }] });
  });
});
