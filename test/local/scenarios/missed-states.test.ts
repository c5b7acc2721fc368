import { describe, expect, it } from "vitest";
import { missedStates } from "../../../local/scenarios/missed-states.ts";

const SETTLING = { at: "Wait for it to settle" };
const REMEDY = { at: "Roll back" };
const PATCH = "patch deployments";

describe("a state at which something should have happened meanwhile, and that was not entered,", () => {
  it("is missed when the run should have changed something", () => {
    expect(missedStates([SETTLING], { writes: [PATCH] }, [])).toEqual([SETTLING.at]);
  });

  it("is missed when the run has changed something that it should not", () => {
    expect(missedStates([SETTLING], { writes: [] }, [PATCH])).toEqual([SETTLING.at]);
  });

  it("is not missed when it follows a remedy, and none was wanted or carried out", () => {
    expect(missedStates([SETTLING], { writes: [] }, [])).toEqual([]);
  });

  it("is missed when it comes before anything is changed", () => {
    expect(missedStates([REMEDY, { at: "Claim workload" }], { writes: [] }, [])).toEqual([REMEDY.at, "Claim workload"]);
  });
});
