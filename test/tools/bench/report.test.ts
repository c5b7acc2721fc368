import { describe, expect, it } from "vitest";
import { page, type Results } from "../../../tools/bench/report.ts";

const NOTHING: Results = { scans: [], diagnosis: [], bundles: [], executions: [], fixes: [] };
const BUNDLES: Results = { ...NOTHING, bundles: [{ name: "detect", bytes: 2_000, importMilliseconds: 3 }] };
const EXECUTIONS: Results = {
  ...NOTHING,
  executions: [{ what: "a healthy run", outcomes: ["Healthy"], transitions: 4, invocations: 1, seconds: 0.5 }],
};

describe("the page of what was measured", () => {
  it("keeps the sections that are not measured anew, in their order", () => {
    const before = page(EXECUTIONS, "").markdown;
    const { markdown, plot } = page(BUNDLES, before);

    expect(markdown).toContain("| detect   | 2 KB   | 3 ms   |");
    expect(markdown.indexOf("## Functions")).toBeLessThan(markdown.indexOf("## Executions"));
    expect(markdown.slice(markdown.indexOf("## Executions"))).toBe(before.slice(before.indexOf("## Executions")));
    expect(plot, "nothing was scanned, so that the plot stays as it is").toBeUndefined();
  });

  it("is the same when it is written again", () => {
    const once = page(BUNDLES, page(EXECUTIONS, "").markdown).markdown;

    expect(page(NOTHING, once).markdown).toBe(once);
  });
});
