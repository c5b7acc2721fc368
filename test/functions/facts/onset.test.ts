import { describe, expect, it } from "vitest";
import { backOffSeconds } from "../../../functions/facts/onset.ts";
import { readyTimes, stableTime } from "../../../functions/facts/stable.ts";
import { podFailures } from "../../../functions/kinds/failing/pod-failures.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, crashingPod, pod } from "../../support/objects.ts";

const rolledOut = (secondsAgo: number) => new Date(ago(secondsAgo));

/** By the pods alone: the workload's status tells nothing. */
const stableBeforeFailing = (pods: readonly Pod[], since: Date | undefined) =>
  stableTime(
    readyTimes(
      pods.map((pod) => ({ pod, failures: podFailures(pod) })),
      since,
    ),
    {
      rolledOut: undefined,
      unavailableSince: undefined,
      emptyUntil: undefined,
    },
  );

describe("the kubelet's back-offs", () => {
  it.each([
    [0, 0],
    [1, 10],
    [2, 30],
    [5, 310],
    [6, 610],
    [7, 910],
    [105, 310 + 100 * 300],
  ])("behind %i restarts add up to %i s", (restarts, seconds) => {
    expect(backOffSeconds(restarts)).toBe(seconds);
  });
});

describe("the time that a workload ran well", () => {
  it("lasts from the start of the pod to the first crash, counted back over the back-offs and the attempts", () => {
    const crashing = crashingPod({ restarts: 3, ranFor: 2, endedAgo: 5, startedAgo: 3_500 });

    // 5 s since the last crash, 10 + 20 + 40 s of back-off, 3 attempts of 2 s.
    expect(stableBeforeFailing([crashing], rolledOut(3_600)).seconds).toBe(3_500 - 81);
  });

  it("is not counted from before the pod was started, nor from before the rollout was complete", () => {
    const crashing = crashingPod({ restarts: 3, ranFor: 2, endedAgo: 5, startedAgo: 3_500 });

    expect(stableBeforeFailing([crashing], rolledOut(90_000)).seconds).toBe(3_500 - 81);
    expect(stableBeforeFailing([crashing], rolledOut(1_000)).seconds).toBe(1_000 - 81);
    expect(stableBeforeFailing([crashingPod({ restarts: 200 })], rolledOut(90_000)).seconds).toBe(1);
  });

  it("is none when the crashes began before the rollout was complete", () => {
    const crashing = crashingPod({ restarts: 3, ranFor: 0, endedAgo: 5, startedAgo: 300 });

    expect(stableBeforeFailing([crashing], rolledOut(20)).seconds).toBe(0);
  });

  it("is at least as long as the last attempt, also when no rollout ever completed", () => {
    const crashing = crashingPod({ name: "web-1-x", restarts: 3, ranFor: 900 });

    expect(stableBeforeFailing([crashing], undefined)).toEqual({
      seconds: 900,
      evidence: "container app of pod web-1-x ran for 900 s before it last ended",
    });
  });

  it("is that of the pod that held out longest", () => {
    const pods = [crashingPod({ restarts: 6 }), crashingPod({ restarts: 1 }), crashingPod({ restarts: 9 })];

    expect(stableBeforeFailing(pods, rolledOut(3_600))).toEqual(
      stableBeforeFailing([crashingPod({ restarts: 1 })], rolledOut(3_600)),
    );
  });

  it("is not drawn from pods that do not fail", () => {
    const lastState = { terminated: { exitCode: 1, startedAt: ago(3_000), finishedAt: ago(2_000) } };
    const recovered = pod({ status: { containerStatuses: [container({ restartCount: 1, lastState })] } });

    expect(stableBeforeFailing([recovered], rolledOut(3_600))).toEqual({ seconds: 0, evidence: "" });
  });
});
