import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import { isInsideDeadline, rolledOutAt } from "../../../../functions/kinds/deployment/rollout.ts";
import { DEPLOYMENT } from "../../../../functions/kinds/deployment/kind.ts";
import { currentRevision } from "../../../../functions/kinds/revisions/revision.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  NOW,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../../support/objects.ts";

const at = (secondsAgo: number) => new Date(ago(secondsAgo));

/** Revision 2, with the condition that its controller kept from revision 1 when neither had a pod. */
function recreated({ created, unavailableSince }: { created: number; unavailableSince?: number }) {
  const available =
    unavailableSince === undefined
      ? { type: "Available", status: "True", lastTransitionTime: ago(100_000) }
      : { type: "Available", status: "False", lastTransitionTime: ago(unavailableSince) };
  const progressing = { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" };
  const workload = deployment({
    template: template("shop/web:2"),
    status: { conditions: [{ ...progressing, lastUpdateTime: ago(90_000) }, available] },
  });
  const replicaSets = [replicaSet(2, { replicas: 2, created: ago(created) }), replicaSet(1, { created: ago(100_000) })];
  return { workload, replicaSets, current: currentRevision(DEPLOYMENT.history.revisions(workload, replicaSets, [])) };
}

describe("a Deployment's rollout", () => {
  it("was complete when its newest ReplicaSet became available, and not when that is still under way or failed", () => {
    const underWay = deployment({ progressing: { status: "True", reason: "ReplicaSetUpdated" } });
    const failed = deployment({ progressing: { status: "False", reason: "ProgressDeadlineExceeded" } });

    expect(rolledOutAt(deployment(), undefined)).toEqual(at(3_600));
    expect(rolledOutAt(underWay, undefined)).toBeUndefined();
    expect(rolledOutAt(failed, undefined)).toBeUndefined();
    expect([deployment(), underWay, failed].map((each) => isInsideDeadline(each, undefined, NOW))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("was never complete when the condition is that of the revision before, and nothing was available since", () => {
    const { workload, current } = recreated({ created: 700, unavailableSince: 705 });

    expect(rolledOutAt(workload, current)).toBeUndefined();
  });

  it("counts from when the revision was made when the condition is older, but replicas were available since", () => {
    const failedLater = recreated({ created: 5_000, unavailableSince: 300 });
    const stillServing = recreated({ created: 5_000 });

    expect(rolledOutAt(failedLater.workload, failedLater.current)).toEqual(at(5_000));
    expect(rolledOutAt(stillServing.workload, stillServing.current)).toEqual(at(5_000));
  });

  it("is inside its deadline for that long after the revision was made, when no condition says so", () => {
    const fresh = recreated({ created: 590, unavailableSince: 595 });
    const late = recreated({ created: 610, unavailableSince: 615 });
    const serving = recreated({ created: 590, unavailableSince: 20 });

    expect(isInsideDeadline(fresh.workload, fresh.current, NOW)).toBe(true);
    expect(isInsideDeadline(late.workload, late.current, NOW)).toBe(false);
    expect(isInsideDeadline(serving.workload, serving.current, NOW)).toBe(false);
  });

  it("without a deadline is under way while there are old pods, or while nothing was available since", () => {
    const endless = (status: object, made: ReturnType<typeof recreated>) => {
      Object.assign(made.workload.spec ?? {}, { progressDeadlineSeconds: 2_147_483_647 });
      const [, available] = made.workload.status?.conditions ?? [];
      Object.assign(made.workload.status ?? {}, { conditions: [available], ...status });
      return [isInsideDeadline(made.workload, made.current, NOW), rolledOutAt(made.workload, made.current)];
    };
    const serving = () => recreated({ created: 5_000 });

    expect(endless({ replicas: 3, updatedReplicas: 1 }, serving())).toEqual([true, undefined]);
    expect(endless({}, serving())).toEqual([false, at(5_000)]);
    expect(endless({}, recreated({ created: 5_000, unavailableSince: 5_005 }))).toEqual([true, undefined]);
    expect(endless({}, recreated({ created: 5_000, unavailableSince: 300 }))).toEqual([false, at(5_000)]);
  });

  it("is rolled back after its deadline when it never came up, though its condition calls it complete since long ago", () => {
    const { workload, replicaSets: holders } = recreated({ created: 700, unavailableSince: 705 });
    const pods = [ofRevision(2, crashingPod({ restarts: 6, startedAgo: 690, endedAgo: 5 }))];

    const diagnosis = classify(evidence({ workload, holders, pods }), policy());

    expect(diagnosis).toMatchObject({
      cause: "CrashLoopAfterRollout",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });
});
