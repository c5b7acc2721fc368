import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { describeRest, rowsThatFit, tableLines } from "../../../local/live/view.ts";
import { NOW } from "../../support/objects.ts";
import type { Row } from "../../../local/live/rows.ts";

const row: Row = {
  workload: "Deployment shop/web",
  failure: "CrashLoopBackOff (2 pods)",
  diagnosis: "CrashLoopAfterRollout",
  remedy: "rollback",
  replicas: { ready: 1, wanted: 2 },
  progress: "well so far",
  wait: { until: new Date(NOW.getTime() + 42_000), what: "next look" },
  outcome: undefined,
  needsPerson: false,
};
const plain = (_style: unknown, text: string) => text;
const marked = (style: unknown, text: string) => `<${String(style)}>${text}</>`;

describe("the table of workloads", () => {
  it("has a line for each, under its titles", () => {
    expect(tableLines([row, { ...row, workload: "Deployment shop/api" }], 200, plain, NOW)).toEqual([
      "WORKLOAD             READY  FAILURE                    DIAGNOSIS              REMEDY    OUTCOME  PROGRESS",
      "Deployment shop/web  1/2    CrashLoopBackOff (2 pods)  CrashLoopAfterRollout  rollback           42 s to the next look; well so far",
      "Deployment shop/api  1/2    CrashLoopBackOff (2 pods)  CrashLoopAfterRollout  rollback           42 s to the next look; well so far",
    ]);
  });

  it("ends with the outcome, and who has to look", () => {
    const [, line] = tableLines(
      [{ ...row, outcome: "Skipped", progress: "OptedOut", needsPerson: true }],
      200,
      marked,
      NOW,
    );

    expect(line).toContain("<yellow>Skipped</>");
    expect(line).toMatch(/a person has to look; OptedOut$/);
  });

  it("never is wider than the terminal, down to a narrow one", () => {
    const long = { ...row, workload: `Deployment shop/${"x".repeat(200)}`, progress: "y".repeat(500) };

    for (const width of [400, 160, 120, 100, 80, 60, 40, 30]) {
      for (const line of tableLines([long], width, plain, NOW)) expect(line.length, `${width}`).toBeLessThan(width);
    }
  });

  it("keeps the workload and how it goes on a narrow terminal, and leaves out the rest", () => {
    const ended = { ...row, outcome: "Skipped" as const, progress: "OptedOut" };

    expect(tableLines([row, ended], 40, plain, NOW)).toEqual([
      "WORKLOAD             PROGRESS",
      "Deployment shop/web  42 s to the next …",
      "Deployment shop/web  Skipped: OptedOut",
    ]);
  });
});

describe("what a workload says about itself", () => {
  const PRINTED = [
    ["wide characters", "Deployment shop/支付支付支付支付支付支付支付支付支付支付"],
    ["emoji", `Deployment shop/${"👩‍👩‍👧‍👦🎉".repeat(20)}`],
    ["marks that take no room", `Deployment shop/${"é".repeat(60)}`],
    ["escape bytes", "Deployment shop/\u001b[2J\u001b[31mweb\u001b]0;title\u0007"],
    ["line breaks", "Deployment shop/a\r\nb\u2028c"],
    ["characters that turn the direction of text", "Deployment shop/\u202eweb\u2066"],
  ] as const;

  it.each(PRINTED)("does not break the table with %s", (_what, text) => {
    for (const width of [200, 80, 40]) {
      const lines = tableLines([{ ...row, workload: text, progress: text }, row], width, plain, NOW);

      expect(lines).toHaveLength(3);
      for (const line of lines) {
        expect(stringWidth(line), line).toBeLessThan(width);
        expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}]/u);
      }
      // Where the second column begins on the screen.
      const starts = lines.slice(1).map((line) => stringWidth(line.split("1/2")[0] ?? ""));
      if (width > 40) expect(starts[0]).toBe(starts[1]);
    }
  });
});

describe("the table at 80 columns", () => {
  it("says how many replicas are ready, and how it goes, and leaves out what the end says", () => {
    expect(tableLines([row], 80, plain, NOW)).toEqual([
      "WORKLOAD             READY  REMEDY    OUTCOME  PROGRESS",
      "Deployment shop/web  1/2    rollback           42 s to the next look; well so …",
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
