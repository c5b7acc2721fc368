import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, policy, template } from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

const crash = { exitCode: 1, reason: "Error", startedAt: ago(305), finishedAt: ago(300) };

function broken(ordinal: number, revision: number): Pod {
  const made = dbPod(ordinal, revision, { ready: false });
  const waiting = { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: crash } };
  return {
    ...made,
    status: { ...made.status, containerStatuses: [container({ ready: false, restartCount: 4, ...waiting })] },
  };
}

/** `db` ran revision 1, its update to 2 is stuck at the last pod, and 3 has been put in place since. */
function stuckAndFixed(overrides: Partial<Evidence> = {}, updateStrategy = { type: "RollingUpdate" }): Evidence {
  return evidence({
    incident: incident({ workload: { ...DB } }),
    workload: db({
      template: template("shop/web:3"),
      status: { currentRevision: "db-r1", updateRevision: "db-r3", updatedReplicas: 0, readyReplicas: 2 },
      spec: { updateStrategy },
    }),
    holders: [
      controllerRevision(3, { created: ago(200) }),
      controllerRevision(2, { created: ago(900) }),
      controllerRevision(1, { created: ago(90_000) }),
    ],
    pods: [dbPod(0, 1), dbPod(1, 1), broken(2, 2)],
    ...overrides,
  });
}

describe("a StatefulSet that got a new template while it waited for a broken pod", () => {
  it("has that pod evicted, so that the new template gets its turn", () => {
    expect(classify(stuckAndFixed(), policy())).toMatchObject({
      cause: "SupersededRevision",
      remedy: { action: "restart", mode: "evict", pods: [{ name: "db-2", uid: "db-2-uid" }] },
    });
  });

  it("is left to its other rules when the new template fails, too", () => {
    const pods = [dbPod(0, 1), broken(1, 2), broken(2, 3)];

    expect(classify(stuckAndFixed({ pods }), policy()).cause).toBe("CrashLoopAfterRollout");
  });

  it("keeps a pod of a revision that works on the others: it would be made from that again", () => {
    const pods = [broken(0, 1), dbPod(1, 1), dbPod(2, 1)];

    expect(classify(stuckAndFixed({ pods }), policy()).cause).not.toBe("SupersededRevision");
  });

  it("keeps its pods where the strategy leaves updates to a person, who is told which to delete", () => {
    const diagnosis = classify(stuckAndFixed({}, { type: "OnDelete" }), policy());

    expect(diagnosis).toMatchObject({
      cause: "SupersededByHand",
      remedy: { action: "none", refusal: "NoSafeRemedy", message: expect.stringContaining("Delete db-2") as string },
    });
    expect(diagnosis.summary).toBe("1 pod fails that was made from an earlier pod template than the present one.");
  });

  it("is told of its own failure where the strategy leaves updates to a person and the present template fails", () => {
    const pods = [dbPod(0, 1), dbPod(1, 1), broken(2, 3)];

    expect(classify(stuckAndFixed({ pods }, { type: "OnDelete" }), policy()).cause).not.toBe("SupersededByHand");
  });

  it("has that pod evicted where its pods are managed in parallel, too, once its controller had its time", () => {
    const { workload, ...rest } = stuckAndFixed();
    const parallel = { ...workload, spec: { ...workload?.spec, podManagementPolicy: "Parallel" } };
    const held = (partition: number) => ({
      ...parallel,
      spec: { ...parallel.spec, updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } } },
    });

    expect(classify({ ...rest, workload: parallel }, policy())).toMatchObject({
      cause: "SupersededRevision",
      remedy: { action: "restart", pods: [{ name: "db-2" }] },
    });
    expect(
      classify({ ...rest, workload: parallel }, policy({ detect: { set_update_seconds: 201 } })).remedy,
    ).toMatchObject({ refusal: "RolloutInProgress" });
    expect(classify({ ...rest, workload: held(3) }, policy()).cause).not.toBe("SupersededRevision");
  });

  it("is not helped twice in the same way", () => {
    expect(classify(stuckAndFixed({ tried: ["restart"] }), policy()).remedy).toMatchObject({
      action: "none",
      refusal: "NoSafeRemedy",
    });
  });

  it("is left alone while its update has only just begun", () => {
    const rules = policy({ detect: { set_update_seconds: 201 } });

    expect(classify(stuckAndFixed(), rules).remedy).toMatchObject({ refusal: "RolloutInProgress" });
    expect(classify(stuckAndFixed(), policy({ detect: { set_update_seconds: 200 } })).remedy.action).toBe("restart");
  });
});
