import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, policy, template } from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

/** Pod 0 of a set, which was made so long ago, waited for its volume until it could be started, and crashes since. */
function crashing(revision: number, madeAgo: number, startedAgo: number): Pod {
  const made = dbPod(0, revision, { ready: false, metadata: { creationTimestamp: ago(madeAgo) } });
  const end = { exitCode: 1, reason: "Error", startedAt: ago(7), finishedAt: ago(5) };
  const containers = [{ name: "app", image: "shop/web:1", readinessProbe: { tcpSocket: { port: 80 } } }];
  return {
    ...made,
    spec: { ...made.spec, containers },
    status: {
      startTime: ago(startedAgo),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(startedAgo) }],
      containerStatuses: [
        container({
          ready: false,
          restartCount: 3,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: end },
        }),
      ],
    },
  };
}

/** A set of one pod, whose status calls the present revision the one that was rolled out last. */
function diagnose(pod: Pod, created: number) {
  const status = { replicas: 1, readyReplicas: 0, availableReplicas: 0, updatedReplicas: 1 };
  const revisions = { currentRevision: "db-r1", updateRevision: "db-r1" };
  const workload = db({ spec: { replicas: 1 }, template: template("shop/web:1"), status: { ...status, ...revisions } });
  const holders = [controllerRevision(1, { created: ago(created) })];
  return classify(evidence({ incident: incident({ workload: DB }), workload, holders, pods: [pod] }), policy());
}

describe("the only pod of a set, which crashes", () => {
  it("never ran well where it has been there from the first, and was never ready", () => {
    expect(diagnose(crashing(1, 1_995, 100), 2_000)).toMatchObject({
      cause: "CrashLoopAfterRollout",
      remedy: { action: "none", refusal: "NoHealthyRevision" },
    });
  });

  it("is restarted where it came long after the revision that was rolled out last", () => {
    expect(diagnose(crashing(1, 1_995, 1_990), 90_000)).toMatchObject({
      cause: "CrashLoopOfStableWorkload",
      summary: expect.stringContaining("1 pod crashes after its revision ran well for 24 h") as string,
      remedy: { action: "restart" },
    });
  });
});
