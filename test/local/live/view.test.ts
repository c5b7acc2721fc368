import { describe, expect, it } from "vitest";
import { describeRest, rowsThatFit, tableLines } from "../../../local/live/view.ts";
import type { Row } from "../../../local/live/rows.ts";

const row: Row = {
  workload: "Deployment shop/web",
  failure: "CrashLoopBackOff (2 pods)",
  diagnosis: "CrashLoopAfterRollout",
  remedy: "rollback",
  progress: "well since 12:00; it has to stay so for 60 s",
  outcome: undefined,
  needsPerson: false,
};
const plain = (_style: unknown, text: string) => text;
const marked = (style: unknown, text: string) => `<${String(style)}>${text}</>`;

describe("the table of workloads", () => {
  it("has a line for each, under its titles", () => {
    expect(tableLines([row, { ...row, workload: "Deployment shop/api" }], 200, plain)).toEqual([
      "WORKLOAD             FAILURE                    DIAGNOSIS              REMEDY    OUTCOME  PROGRESS",
      "Deployment shop/web  CrashLoopBackOff (2 pods)  CrashLoopAfterRollout  rollback           well since 12:00; it has to stay so for 60 s",
      "Deployment shop/api  CrashLoopBackOff (2 pods)  CrashLoopAfterRollout  rollback           well since 12:00; it has to stay so for 60 s",
    ]);
  });

  it("ends with the outcome, and who has to look", () => {
    const [, line] = tableLines([{ ...row, outcome: "Skipped", progress: "OptedOut", needsPerson: true }], 200, marked);

    expect(line).toContain("<yellow>Skipped</>");
    expect(line).toMatch(/OptedOut; a person has to look$/);
  });

  it("never is wider than the terminal, down to a narrow one", () => {
    const long = { ...row, workload: `Deployment shop/${"x".repeat(200)}`, progress: "y".repeat(500) };

    for (const width of [400, 160, 120, 100, 80, 60, 40, 30]) {
      for (const line of tableLines([long], width, plain)) expect(line.length, `${width}`).toBeLessThan(width);
    }
  });

  it("keeps the workload and how it goes on a narrow terminal, and leaves out the rest", () => {
    const ended = { ...row, outcome: "Skipped" as const, progress: "OptedOut" };

    expect(tableLines([row, ended], 40, plain)).toEqual([
      "WORKLOAD             PROGRESS",
      "Deployment shop/web  well since 12:00;…",
      "Deployment shop/web  Skipped: OptedOut",
    ]);
  });
});

describe("more workloads than the terminal has lines", () => {
  const rows = Array.from({ length: 30 }, (_, index): Row => {
    const workload = `Deployment shop/web-${index}`;
    return { ...row, workload, outcome: index < 20 ? "Recovered" : index < 25 ? "Skipped" : undefined };
  });
  const numbers = (shown: readonly Row[]) => shown.map((each) => rows.indexOf(each));

  it("are all shown where they fit, with a line for the titles and one for the cursor", () => {
    expect(rowsThatFit(rows, 32).rest).toEqual([]);
    expect(rowsThatFit(rows, 31).rest).not.toEqual([]);
  });

  it("give way to those that go on, and then to the last that ended", () => {
    const { shown, rest } = rowsThatFit(rows, 12);

    expect(numbers(shown)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29]);
    expect(describeRest(rest)).toBe("… and 21 more: 20 Recovered, 1 Skipped");
  });

  it("are counted among the rest even while they go on", () => {
    const { shown, rest } = rowsThatFit(rows, 6);

    expect(numbers(shown)).toEqual([25, 26, 27]);
    expect(describeRest(rest)).toBe("… and 27 more: 20 Recovered, 5 Skipped, 2 going on");
  });

  it("leave one row on a terminal of no height", () => {
    expect(rowsThatFit(rows, 1).shown).toHaveLength(1);
  });
});
