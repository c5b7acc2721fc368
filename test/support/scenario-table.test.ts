import { expect, it } from "vitest";
import { scenarioTable } from "./scenario-table.ts";

it("a table of scenarios has a row for each workload of each run", () => {
  const workload = { kind: "Deployment", namespace: "shop", name: "web" };
  const report = { workload, summary: "", needs_person: false };

  const table = scenarioTable([
    { scenario: "storm", summary: "All | fail.", round: 0, outcomes: ["Storm"], reports: [] },
    {
      scenario: "again",
      summary: "It crashes twice.",
      round: 1,
      outcomes: ["Skipped"],
      reports: [{ ...report, outcome: "Skipped", cause: "Unknown", action: "none", reason: "CoolingDown" }],
    },
    {
      scenario: "again",
      summary: "It crashes twice.",
      round: 0,
      outcomes: ["Recovered"],
      reports: [{ ...report, outcome: "Recovered", cause: "CrashLoop", action: "restart" }],
    },
  ]);

  const rows = table
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  expect(rows.slice(2)).toEqual([
    [
      "",
      "[again](../test/scenarios/again/scenario.yaml)",
      "It crashes twice.",
      "Deployment web: CrashLoop",
      "restart",
      "Recovered",
      "",
    ],
    ["", "", "run 2", "Deployment web: Unknown", "none", "Skipped (CoolingDown)", ""],
    ["", "[storm](../test/scenarios/storm/scenario.yaml)", "All \\| fail.", "-", "-", "Storm", ""],
  ]);
});
