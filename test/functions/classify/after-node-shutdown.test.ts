import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

/** A pod of revision 2 that its node ended five minutes ago, after its container ran for so many seconds. */
function endedByNode(seconds: number, { restartCount = 0, reason = "Terminated" } = {}) {
  return ofRevision(
    2,
    pod({
      name: "web-2-old",
      metadata: { creationTimestamp: ago(seconds + 310) },
      status: {
        phase: "Failed",
        reason,
        message: "Pod was terminated in response to imminent node shutdown.",
        startTime: ago(seconds + 310),
        conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(300) }],
        containerStatuses: [
          container({
            ready: false,
            restartCount,
            state: { terminated: { exitCode: 137, startedAt: ago(seconds + 300), finishedAt: ago(300) } },
          }),
        ],
      },
    }),
  );
}

/** Revision 2, which has no readiness probe, was rolled out a day ago; what took the place of the old pod crashes. */
const diagnose = (old: ReturnType<typeof endedByNode>, progressing = "NewReplicaSetAvailable") =>
  classify(
    evidence({
      workload: deployment({
        template: template("shop/web:2"),
        replicas: 1,
        progressing: { status: progressing === "NewReplicaSetAvailable" ? "True" : "False", reason: progressing },
      }),
      holders: [replicaSet(2, { replicas: 1, created: ago(86_400) }), replicaSet(1, { created: ago(864_000) })],
      pods: [ofRevision(2, crashingPod({ name: "web-2-new", startedAgo: 290, restarts: 5 })), old],
    }),
    policy(),
  );

describe("a pod that crashes in the place of one that its node ended", () => {
  it("is not blamed on the rollout where that one had run well for long, and its revision is kept", () => {
    const diagnosis = diagnose(endedByNode(3_000));

    expect(diagnosis).toMatchObject({
      cause: "CrashLoopOfStableWorkload",
      remedy: { action: "restart", pods: [{ name: "web-2-new" }] },
    });
    expect(diagnosis.evidence).toContain("pod web-2-old of the same revision ran for 3000 s until its node ended it");
  });

  it.each<[string, ReturnType<typeof diagnose>]>([
    ["had not run for long", diagnose(endedByNode(500))],
    ["had crashed before", diagnose(endedByNode(3_000, { restartCount: 1 }))],
    ["failed by itself", diagnose(endedByNode(3_000, { reason: "Evicted" }))],
    ["was made by a rollout that was never complete", diagnose(endedByNode(3_000), "ProgressDeadlineExceeded")],
  ])("is blamed on the rollout as before where that one %s", (_what, diagnosis) => {
    expect(diagnosis).toMatchObject({ cause: "CrashLoopAfterRollout", remedy: { action: "rollback" } });
  });
});
