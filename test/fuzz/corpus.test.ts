import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { corpusFile, distilled, readCorpus } from "./corpus.ts";
import { execute } from "./execute.ts";
import { TARGETS } from "./targets.ts";

describe("every promise is kept", () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    "for all that was kept of %s",
    async (name, target) => {
      const inputs = readCorpus(name);
      const broken: string[] = [];
      for (const input of inputs) {
        const executed = await execute(target, input);
        if (executed.broken !== undefined) broken.push(`${executed.broken}: ${JSON.stringify(input).slice(0, 500)}`);
      }

      expect(broken).toEqual([]);
      expect(inputs.length).toBeGreaterThan(3);
    },
  );
});

describe("what is kept", () => {
  it("is small in all", () => {
    const bytes = TARGETS.map(({ name }) => readFileSync(corpusFile(name)).length);

    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(300_000);
  });

  it("reaches every block that was reached, with few inputs, and short ones", () => {
    const kept = [
      { input: "a".repeat(500), blocks: [1, 2, 3] },
      { input: "b", blocks: [1, 2] },
      { input: "c", blocks: [2] },
      { input: "d", blocks: [3] },
    ];

    expect(distilled(kept, 1_000)).toEqual(["b", "d"]);
  });

  it("is not larger than it may be", () => {
    const kept = [
      { input: "a".repeat(500), blocks: [1, 2, 3] },
      { input: "b", blocks: [1] },
    ];

    expect(distilled(kept, 100)).toEqual(["b"]);
  });
});
