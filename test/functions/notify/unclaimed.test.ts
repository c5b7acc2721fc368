import { describe, expect, it } from "vitest";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { notify } from "../../../functions/notify/handler.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { PastOutcome } from "../../../functions/executions/runs.ts";
import type { Report, WorkloadRun } from "../../../functions/run/contracts.ts";
import { NOW } from "../../support/objects.ts";
import { claimedRun } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

/** A run that could not claim the workload. */
function unclaimed(error = "Forbidden"): WorkloadRun {
  const { claim: _none, ...run } = claimedRun({ error: { Error: error, Cause: "leases is forbidden" } });
  return run;
}

/**
 * The minutes in which people are told, of runs that come each minute and that the next ones look back at.
 * @param canTell whether a message can be published
 */
async function played(
  minutes: number,
  errorIn: (minute: number) => string | undefined,
  canTell: (minute: number) => boolean = () => true,
): Promise<number[]> {
  const told: number[] = [];
  let past: PastOutcome[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const now = new Date(NOW.getTime() + minute * 60_000);
    const sent: Notification[] = [];
    const environment: NotifyEnvironment = {
      ...unreachableEnvironment(new Error("not used"), sent),
      now: () => now,
      pastRuns: {
        failedBefore: () => Promise.resolve({ runs: [], isWhole: true }),
        workedSince: () => Promise.resolve(false),
        outcomesBefore: () => Promise.resolve(past),
      },
    };
    const error = errorIn(minute);
    const report =
      error && ((await notify(environment)({ about: "workload", redrive: 0, run: unclaimed(error) })) as Report);
    if (sent.length > 0) told.push(minute);
    const workloads = report ? [{ ...report, delivered: canTell(minute) }] : [];
    past = [{ ended: now, output: { outcomes: ["Unresolved"], workloads } }, ...past].slice(0, 8);
  }
  return told;
}

describe("a workload that cannot be claimed, so that no claim remembers it", () => {
  it("is told after pauses that double", async () => {
    expect(await played(400, () => "Forbidden")).toEqual([0, 10, 30, 70, 150, 310]);
  });

  it("is told at once for another reason, and when it has been well in between", async () => {
    expect(await played(8, (minute) => (minute < 4 ? "Forbidden" : "ClusterUnavailable"))).toEqual([0, 4]);
    expect(await played(40, (minute) => (minute < 2 || minute > 30 ? "Forbidden" : undefined))).toEqual([0, 31]);
  });

  it("is the same one where a run does not meet it", async () => {
    expect(await played(20, (minute) => (minute % 3 === 0 ? "Forbidden" : undefined))).toEqual([0, 12]);
  });

  it("is told by the next run where it could not be told", async () => {
    expect(
      await played(
        14,
        () => "Forbidden",
        (minute) => minute > 1,
      ),
    ).toEqual([0, 1, 2, 12]);
  });

  it("is told each time where nobody can be asked", async () => {
    const sent: Notification[] = [];
    const environment = { ...unreachableEnvironment(new Error("not used"), sent), now: () => NOW };
    for (let time = 0; time < 2; time++) await notify(environment)({ about: "workload", redrive: 0, run: unclaimed() });

    expect(sent).toHaveLength(2);
  });
});
