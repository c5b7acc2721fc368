import { expect, it } from "vitest";
import { SILENCES } from "../proxy/fault.ts";
import { DEAD_ENDS } from "./dead-ends.ts";
import { describeTrial, endpointTrials, nameOf, secondsOf } from "./trial.ts";

it("tries every silence at every step, once and for good, and no run twice", () => {
  const trials = endpointTrials();
  const names = trials.map(describeTrial);

  expect(new Set(names).size).toBe(names.length);
  expect(new Set(trials.map(({ during }) => during))).toEqual(
    new Set(["detect", "claim", "diagnose", "remedy", "verify", "report", "release", "undo", "verify undo"]),
  );
  for (const name of [...Object.keys(SILENCES), ...Object.keys(DEAD_ENDS)]) {
    expect(new Set(trials.filter(({ trouble }) => nameOf(trouble) === name).map(({ lasts }) => lasts))).toEqual(
      new Set(["once", "for good"]),
    );
  }
});

it("gives a scan more time than a step, and a step more where it is not even connected", () => {
  const [silent, unconnected] = (["request", "connection"] as const).map((kind) =>
    endpointTrials().find(({ trouble }) => trouble.kind === kind),
  );
  if (silent === undefined || unconnected === undefined) throw new Error("There are no trials of one kind.");

  expect(secondsOf("Detect failures", silent)).toBeGreaterThan(secondsOf("Verify", silent));
  expect(secondsOf("Verify", unconnected)).toBeGreaterThan(secondsOf("Verify", silent));
});
