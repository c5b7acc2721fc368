import { expect, it } from "vitest";
import type { WorkloadResult } from "../../../functions/run/contracts.ts";
import type { Expectation } from "../../../local/scenarios/format.ts";
import { compare, type Aftermath } from "../../../local/scenarios/compare.ts";

const result: WorkloadResult = {
  workload: { kind: "Deployment", namespace: "shop", name: "web" },
  outcome: "Skipped",
  cause: "Unknown",
  action: "none",
  reason: "CoolingDown",
  summary: "It was looked after an hour ago; the next try is tomorrow.",
  needs_person: false,
  delivered: false,
};
const aftermath: Aftermath = {
  error: undefined,
  outcomes: ["Skipped"],
  workloads: [result],
  output: {},
  message: "Skipped: Deployment shop/web",
  writes: [],
  read: () => Promise.resolve({}),
};

/** An expectation of the one workload. */
function expectation(workload: object, message: string[] = []): Expectation {
  return { workloads: [{ name: "web", outcome: "Skipped", ...workload }], message, writes: [], cluster: [] };
}

it("a run is as expected when it is so in all that the scenario names", async () => {
  const wanted = expectation({ reason: "CoolingDown", summary: ["an hour ago", "tomorrow"] }, ["shop/web"]);

  const { actual, expected } = await compare(wanted, aftermath);

  expect(actual).toEqual(expected);
});

it.each([
  ["a part of its report's sentence is missing", expectation({ summary: ["an hour ago", "next week"] })],
  ["a part of the message is missing", expectation({}, ["shop/api"])],
  ["the refusal is another one", expectation({ reason: "OptedOut" })],
])("a run is not as expected when %s", async (_what, wanted) => {
  const { actual, expected } = await compare(wanted, aftermath);

  expect(actual).not.toEqual(expected);
});

it("a run that touched something is not as expected where nothing may be touched", async () => {
  const { actual, expected } = await compare(expectation({}), { ...aftermath, writes: ["delete pods"] });

  expect(actual).not.toEqual(expected);
});
