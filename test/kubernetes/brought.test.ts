import { expect, it } from "vitest";
import { playScenario } from "../../local/scenarios/play.ts";
import { canaryScenario } from "../support/brought/index.ts";
import { placeOf } from "./place.ts";
import { Scenario } from "./scenario.ts";

it("the real control plane plays a kind and its stages as the embedded cluster does", async () => {
  const scenario = await Scenario.create("play-canary");
  try {
    for await (const { comparison } of playScenario(canaryScenario(), placeOf(scenario))) {
      expect(comparison.actual).toEqual(comparison.expected);
    }
  } finally {
    await scenario.remove();
  }
});
