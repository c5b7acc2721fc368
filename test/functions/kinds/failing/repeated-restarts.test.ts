import { describe, expect, it } from "vitest";
import { failuresOf } from "../../../../functions/kinds/failing/overdue.ts";
import type { ContainerStatus } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, container, NOW, pod } from "../../../support/objects.ts";
import { DEADLINES, ready } from "../../../support/pod-rows.ts";

/** A ready pod whose container has run for so many seconds, after a run of `ran` seconds that ended `gap` seconds before. */
function again(options: { restarts: number; ran: number; runs: number; end?: Partial<Ended> }) {
  const { restarts, ran, runs, end = {} } = options;
  const gap = 10;
  const terminated = {
    exitCode: 1,
    reason: "Error",
    startedAt: ago(runs + gap + ran),
    finishedAt: ago(runs + gap),
    ...end,
  };
  return pod({
    status: {
      conditions: [ready("True", runs)],
      containerStatuses: [
        container({
          restartCount: restarts,
          state: { running: { startedAt: ago(runs) } },
          lastState: { terminated },
        }),
      ],
    },
  });
}
type Ended = NonNullable<NonNullable<ContainerStatus["lastState"]>["terminated"]>;

const failures = (of: ReturnType<typeof again>) => failuresOf(of, { now: NOW, deadlines: DEADLINES });

describe("a pod without a readiness probe that is ready between two crashes", () => {
  it("fails with its last end, as it does in its back-off", () => {
    expect(failures(again({ restarts: 2, ran: 1, runs: 1, end: { message: "panic: no config" } }))).toEqual([
      {
        reason: "Error",
        container: "app",
        exitCode: 1,
        message: "panic: no config",
        restarts: 2,
        since: ago(11),
      },
    ]);
    expect(failures(again({ restarts: 3, ran: 40, runs: 60, end: { exitCode: 137, reason: "OOMKilled" } }))).toEqual([
      expect.objectContaining({ reason: "OOMKilled", outOfMemory: "OOMKilled" }),
    ]);
  });

  it("fails after its first restart where an earlier look saw it fail", () => {
    const once = again({ restarts: 1, ran: 1, runs: 1 });
    const seenBy = (...names: string[]) =>
      failuresOf(once, { now: NOW, deadlines: DEADLINES, seenFailing: new Set(names) });

    expect(seenBy(once.metadata?.name ?? "")).toMatchObject([{ reason: "Error", restarts: 1 }]);
    expect(seenBy("another")).toEqual([]);
  });

  it("fails when its runs end within the second", () => {
    expect(failures(again({ restarts: 2, ran: 0, runs: 1 }))).toMatchObject([{ reason: "Error" }]);
  });

  it.each([
    ["was restarted once", { restarts: 1, ran: 1, runs: 1 }],
    ["has outlived its last run", { restarts: 4, ran: 10, runs: 30 }],
    ["ended well", { restarts: 4, ran: 1, runs: 1, end: { exitCode: 0 } }],
    ["ran for minutes before, and was restarted less than five times", { restarts: 4, ran: 300, runs: 10 }],
  ])("is well when it %s", (_what, options) => {
    expect(failures(again(options))).toEqual([]);
  });

  it("is told as restarted again and again when it runs for minutes, and has been restarted five times", () => {
    expect(failures(again({ restarts: 5, ran: 300, runs: 10 }))).toMatchObject([{ reason: "RepeatedRestarts" }]);
  });
});
