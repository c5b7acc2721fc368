import { describe, expect, it } from "vitest";
import type { FailedRun } from "../../../functions/executions/failures-in-a-row.ts";
import { worksAgain } from "../../../functions/executions/works-again.ts";
import { NOW, policy } from "../../support/objects.ts";

const RULES = policy();
const PRESENT = { id: "arn", name: "schedule-1", request: {} };
const after = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

/** Runs of a machine: those of the schedule that failed, which execution failed last, and whether one has worked since. */
function machine(failed: FailedRun[], newest: string | undefined = failed.length === 0 ? undefined : "failed-1") {
  const state = { failed, newest, hasWorked: false };
  const asked: string[] = [];
  const isFirst = worksAgain({
    newestFailed: () => Promise.resolve(state.newest),
    failedBefore: () => {
      asked.push("failed");
      return Promise.resolve({ runs: state.failed, isWhole: true });
    },
    workedSince: () => {
      asked.push("worked");
      return Promise.resolve(state.hasWorked);
    },
  });
  return { state, asked, at: (minutes: number) => isFirst(PRESENT, RULES, after(minutes)) };
}

describe("whether a run would be the first to show that runs work again", () => {
  it("is no where none has failed, and costs one list", async () => {
    const { at, asked } = machine([]);

    expect(await at(0)).toBe(false);
    expect(asked).toEqual([]);
  });

  it("is no where only runs of others have failed", async () => {
    expect(await machine([], "agent-1").at(600)).toBe(false);
  });

  it("is yes from when none has failed for the policy's pause, until one has worked since", async () => {
    const { at, state } = machine([{ at: NOW, error: "ClusterUnreachable" }]);

    expect(await at(9)).toBe(false);
    expect(await at(10)).toBe(true);
    // That run is under way.
    expect(await at(11)).toBe(true);
    state.hasWorked = true;
    expect(await at(12)).toBe(false);
  });

  it("asks what is known already only once", async () => {
    const { at, state, asked } = machine([{ at: NOW, error: "ClusterUnreachable" }]);
    state.hasWorked = true;
    for (const minute of [8, 9, 10, 11, 12]) await at(minute);

    expect(asked).toEqual(["failed", "worked"]);
  });

  it("begins anew with the next failure", async () => {
    const { at, state } = machine([{ at: NOW, error: "ClusterUnreachable" }]);
    state.hasWorked = true;
    expect(await at(10)).toBe(false);
    state.failed = [{ at: after(100), error: "Forbidden" }, ...state.failed];
    state.newest = "failed-2";
    state.hasWorked = false;

    expect(await at(101)).toBe(false);
    expect(await at(130)).toBe(true);
  });
});
