import { expect, it } from "vitest";
import type { Report } from "../../functions/run/contracts.ts";
import { scenarioTable } from "./scenario-table.ts";

const workload = { kind: "Deployment", namespace: "shop", name: "web" };
const report: Report = {
  workload,
  outcome: "Skipped",
  cause: "Unknown",
  action: "none",
  summary: "",
  needs_person: false,
};

/** The cells of one of the page's tables, from below its head. */
function rowsOf(page: string, heading: string): string[][] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(heading)) ?? "";
  const rows = section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return rows.slice(2).map((row) => row.slice(1, -1));
}

it("a table of scenarios has a row for each workload of each run", () => {
  const table = scenarioTable([
    { scenario: "storm", summary: "All | fail.", round: 0, outcomes: ["Storm"], reports: [] },
    {
      scenario: "again",
      summary: "It crashes twice.",
      round: 1,
      outcomes: ["Skipped"],
      reports: [{ ...report, reason: "CoolingDown" }],
    },
    {
      scenario: "again",
      summary: "It crashes twice.",
      round: 0,
      outcomes: ["Recovered"],
      reports: [{ ...report, outcome: "Recovered", cause: "CrashLoop", action: "restart" }],
    },
  ]);

  expect(rowsOf(table, "Scenarios")).toEqual([
    [
      "[again](../test/scenarios/again/scenario.yaml)",
      "It crashes twice.",
      "Deployment web: CrashLoop",
      "restart",
      "Recovered",
    ],
    ["", "run 2", "Deployment web: Unknown", "none", "Skipped (CoolingDown)"],
    ["[storm](../test/scenarios/storm/scenario.yaml)", "All \\| fail.", "-", "-", "Storm"],
  ]);
});

it("the workloads of one run are in the order of their names", () => {
  const named = (name: string): Report => ({ ...report, workload: { ...workload, name } });

  const table = scenarioTable([
    { scenario: "two", summary: "Two fail.", round: 0, outcomes: [], reports: [named("worker"), named("api")] },
  ]);

  expect(rowsOf(table, "Scenarios").map((row) => row[2])).toEqual([
    "Deployment api: Unknown",
    "Deployment worker: Unknown",
  ]);
});

it("each refusal has a row for each sentence that a scenario had for it", () => {
  const refused = (reason: string, summary: string): Report => ({ ...report, reason, summary });
  const opted = refused("OptedOut", "Not touched: it opted out.");
  const played = (scenario: string, round: number, ...reports: Report[]) => {
    return { scenario, summary: "It fails.", round, outcomes: ["Skipped"], reports };
  };

  const table = scenarioTable([
    played("pool", 0, refused("CoolingDown", "Too soon."), { ...report, outcome: "Recovered", summary: "Restarted." }),
    played("owners", 0, opted),
    played("owners", 1, opted),
    played("owners", 2, refused("OptedOut", "Its namespace opted out.")),
    played("edited", 0, { ...refused("ObjectChanged", "It was not undone."), outcome: "Unresolved" }),
  ]);

  const link = (scenario: string) => `[${scenario}](../test/scenarios/${scenario}/scenario.yaml)`;
  expect(rowsOf(table, "What it refuses")).toEqual([
    ["OptedOut", link("owners"), "Not touched: it opted out."],
    ["", link("owners"), "Its namespace opted out."],
    ["CoolingDown", link("pool"), "Too soon."],
  ]);
});
