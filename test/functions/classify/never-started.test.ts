import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { firstFailed } from "../../../functions/facts/first-failed.ts";
import { podFailures } from "../../../functions/kinds/failing/pod-failures.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const NO_COMMAND =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "serev": executable file not found in $PATH: unknown';

/** A pod whose program containerd cannot start: it writes the beginning of 1970 as the start of a run that never was. */
function neverStarted(madeAgo = 700, unreadyAgo = madeAgo): Pod {
  const end = { exitCode: 128, reason: "StartError", message: NO_COMMAND };
  const run = { startedAt: "1970-01-01T00:00:00Z", finishedAt: ago(20) };
  return pod({
    metadata: { creationTimestamp: ago(madeAgo) },
    status: {
      startTime: ago(madeAgo),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(unreadyAgo) }],
      containerStatuses: [
        container({
          ready: false,
          restartCount: 5,
          state: { waiting: { reason: "RunContainerError", message: NO_COMMAND } },
          lastState: { terminated: { ...end, ...run } },
        }),
      ],
    },
  });
}

describe("a container whose program was never started", () => {
  it("did not run well since 1970: the rollout that brought its command is rolled back", () => {
    const workload = deployment({
      template: template("shop/web:2"),
      progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
    });
    const holders = [replicaSet(2, { replicas: 1, created: ago(900) }), replicaSet(1, { available: 2 })];

    expect(classify(evidence({ workload, holders, pods: [ofRevision(2, neverStarted())] }), policy())).toMatchObject({
      cause: "CommandNotStarted",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });

  it("has failed for as long as the kubelet's back-offs took, and not for all the time since 1970", () => {
    const failing = { ...neverStarted(), status: { ...neverStarted().status, conditions: [] } };

    // 20 s since the last attempt, and five back-offs of 310 s together before it.
    expect(firstFailed({ pod: failing, failures: podFailures(failing) })).toEqual(new Date(ago(330)));
  });

  it("was well before, where the pod was ready for long, and then no rollout is blamed", () => {
    const diagnosis = classify(evidence({ pods: [neverStarted(3_500, 200)] }), policy());

    expect(diagnosis).toMatchObject({ cause: "CommandNotStarted", remedy: { refusal: "NoSafeRemedy" } });
    expect(diagnosis.evidence.join("\n")).not.toMatch(/\d{8,} s/);
  });
});
