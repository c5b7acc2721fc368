import { describe, expect, it } from "vitest";
import { NOTHING_RESTS } from "../../../functions/run/detection.ts";
import { REMEDIES } from "../../../functions/remedies/contracts.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { loadDefinition, type ExecutionEvent } from "../../../local/engine/engine.ts";
import { tell } from "../../../local/live/story.ts";
import { incident } from "../../support/objects.ts";
import { appliedRun, claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

function event(overrides: Partial<ExecutionEvent>): ExecutionEvent {
  return {
    type: "exited",
    state: "Diagnose",
    iteration: 0,
    input: claimedRun(),
    output: {},
    error: undefined,
    ...overrides,
  };
}

const text = (overrides: Partial<ExecutionEvent>) => tell(event(overrides))?.text;

/** A run in which each step asks for another wait. */
const waiting: WorkloadRun = {
  ...claimedRun({ diagnosis: diagnosis() }),
  remedy: remedyResult({ wait_seconds: 11 }),
  verification: {
    verdict: "settling",
    reasons: ["1 of 2 replicas ready"],
    wait_seconds: 22,
    observation: { digest: "d", well_since: null },
  },
  undo: { status: "applied", message: "It was undone.", wait_seconds: 33, deadline: "2026-06-01T12:30:00.000Z" },
};

interface States {
  [name: string]: { Type: string; SecondsPath?: string; ItemProcessor?: { States: States } };
}

/** Every state of the definition, those inside the Map included. */
function statesOf(states: States): [string, States[string]][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, States[string]],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);
}

const STATES = statesOf(loadDefinition().States);
const WAITS = STATES.filter(([, { Type }]) => Type === "Wait").map(
  ([name, { SecondsPath = "" }]) => [name, SecondsPath] as const,
);

describe("the story of a run", () => {
  it.each(WAITS)("says how long it waits in the state %s, which is %s", (state, path) => {
    const step = path.split(".")[1] as "remedy" | "verification" | "undo";

    expect(text({ type: "entered", state, input: waiting })).toBe(`for ${waiting[step]?.wait_seconds ?? "?"} s`);
  });

  it("names the workload that a line is about, and none for the run as a whole", () => {
    const storm = { report: { outcome: "Storm", summary: "30 of 50 workloads fail." } };

    expect(tell(event({ state: "Restart", output: waiting }))?.workload).toBe("shop/web");
    expect(tell(event({ state: "Report storm", iteration: undefined, output: storm }))).toEqual({
      workload: undefined,
      state: "Report storm",
      text: "Storm: 30 of 50 workloads fail.",
    });
  });

  it("tells what was found", () => {
    const crash = incident({ failures: [{ reason: "CrashLoopBackOff", count: 2 }] });
    const detection = {
      ...{ status: "failing", pods_seen: 5, workloads_seen: 2, incidents: [crash], out_of_scope: 1 },
      ...{ in_rollout: [], resting: NOTHING_RESTS, unseen: [] },
    };
    const found = (overrides: object) =>
      text({ state: "Detect failures", iteration: undefined, output: { detection: { ...detection, ...overrides } } });

    for (const part of ["5 pods", "2 workloads", "1 incident", "Deployment shop/web (CrashLoopBackOff)", "1 more in"]) {
      expect(found({})).toContain(part);
    }
    expect(found({ status: "healthy", incidents: [], out_of_scope: 0 })).toMatch(
      /5 pods .*2 workloads.* nothing fails$/,
    );
    const unseen = [{ what: "pods in namespace vault", error: "Forbidden", message: "" }];
    expect(found({ incidents: [], in_rollout: [crash.workload], unseen })).toContain(
      "still being rolled out: Deployment shop/web; could not see pods in namespace vault (Forbidden)",
    );
    expect(found({ incidents: [{ ...crash, requested: { action: "rollback" } }] })).toBe("found Deployment shop/web");
  });

  it("tells the cause with its proof, and the remedy or why there is none", () => {
    const refused = diagnosis({ remedy: { action: "none", refusal: "RolloutPaused", message: "Resume it." } });

    expect(text({ output: { diagnosis: diagnosis() } })).toBe(
      "CrashLoopAfterRollout (high confidence): 2 pods crash since revision 2 was rolled out. " +
        "[revision 1 has 2 available replicas] -> remedy: rollback",
    );
    expect(text({ output: { diagnosis: refused } })).toContain("-> no remedy (RolloutPaused): Resume it.");
  });

  it.each([
    ["Claim workload", "claimed until 2026-06-01T12:30:00.000Z"],
    ["Roll back", "Rolled back from revision 2 to the template of revision 1."],
    ["Verify", "settling: 1 of 2 replicas ready"],
    ["Undo rollback", "It was undone."],
  ])("tells what came of %s", (state, line) => {
    expect(text({ state, output: waiting })).toBe(line);
  });

  it.each(REMEDIES)("tells what came of every remedy, such as $action, and of its undo", ({ apply, undo }) => {
    expect(text({ state: apply.name, output: waiting })).toBe(waiting.remedy?.message);
    if (undo !== "cannot be undone") expect(text({ state: undo.name, output: waiting })).toBe(waiting.undo?.message);
  });

  it("tells which error a step failed with, in the words of the error alone", () => {
    const error = {
      name: "Forbidden",
      message: JSON.stringify({ errorType: "Forbidden", errorMessage: "You may not." }),
    };

    expect(text({ type: "failed", error })).toBe("failed with Forbidden: You may not.");
    expect(text({ type: "retried", error })).toBe("tries again");
  });

  it("is silent about every state that only routes, whatever happens in it", () => {
    const routing = STATES.filter(([, { Type }]) => ["Choice", "Map", "Pass", "Succeed"].includes(Type));
    const lines = routing.flatMap(([state]) =>
      (["entered", "exited"] as const).map((type) =>
        tell(event({ type, state, input: appliedRun(), output: waiting })),
      ),
    );

    expect(routing.length).toBeGreaterThan(5);
    expect(lines.filter((line) => line !== undefined)).toEqual([]);
  });
});
