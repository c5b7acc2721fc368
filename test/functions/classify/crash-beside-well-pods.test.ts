import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  readyPod,
  replicaSet,
  template,
} from "../../support/objects.ts";

/** A pod of revision 2 that has been ready for so many seconds. */
const ready = (name: string, seconds: number): Pod => ofRevision(2, readyPod(name, seconds));
const crashing = (name: string, reason = "Error"): Pod =>
  ofRevision(2, crashingPod({ name, startedAgo: 1_490, restarts: 8, reason }));

/** Ten replicas, whose rollout of revision 2 is past its deadline with these pods; eight of revision 1 serve. */
function stuck(pods: Pod[], overrides: Partial<Evidence> = {}): Evidence {
  const old = Array.from({ length: 8 }, (_, index) => ofRevision(1, pod({ name: `web-1-${index}` })));
  return evidence({
    workload: deployment({
      replicas: 10,
      template: template("shop/web:2"),
      progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      status: { replicas: 8 + pods.length, updatedReplicas: pods.length, readyReplicas: 10, availableReplicas: 10 },
    }),
    holders: [
      replicaSet(2, { replicas: pods.length, available: pods.length - 1, created: ago(1_500) }),
      replicaSet(1, { replicas: 8, available: 8, created: ago(900_000) }),
    ],
    pods: [...old, ...pods],
    ...overrides,
  });
}

describe("a pod that crashes while more of its revision run well", () => {
  const one = [ready("a", 1_480), ready("b", 1_480), crashing("c")];

  it("does not condemn the revision: it alone is restarted", () => {
    expect(classify(stuck(one), policy())).toMatchObject({
      cause: "CrashLoopBesideWellPods",
      summary: expect.stringContaining("1 pod crashes beside 2 of the same revision that run well") as string,
      remedy: { action: "restart", mode: "evict", pods: [{ name: "c" }] },
    });
  });

  it("is rolled back with its revision where that did not help and the rollout is stuck at it", () => {
    expect(classify(stuck(one, { tried: ["restart"] }), policy()).remedy).toMatchObject({
      action: "rollback",
      after: { revision: 1 },
    });
  });

  it("is left to a person where that did not help and the rollout is complete", () => {
    const complete = {
      workload: deployment({ replicas: 3, template: template("shop/web:2") }),
      holders: [
        replicaSet(2, { replicas: 3, available: 2, created: ago(1_500) }),
        replicaSet(1, { created: ago(900_000) }),
      ],
      pods: one,
    };

    expect(classify(stuck(one, complete), policy()).remedy).toMatchObject({ action: "restart" });
    expect(classify(stuck(one, { ...complete, tried: ["restart"] }), policy()).remedy).toMatchObject({
      action: "none",
      refusal: "NoSafeRemedy",
    });
  });

  it.each<[string, Pod[]]>([
    ["no more run well than fail", [ready("a", 1_480), crashing("c")]],
    ["the others have not been ready for long", [ready("a", 500), ready("b", 500), crashing("c")]],
    ["it runs out of memory", [ready("a", 1_480), ready("b", 1_480), crashing("c", "OOMKilled")]],
  ])("is the rollout's where %s", (_what, pods) => {
    expect(classify(stuck(pods), policy())).toMatchObject({
      cause: "CrashLoopAfterRollout",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });
});
