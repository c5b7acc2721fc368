import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GENERATED } from "../../../tools/docs/generated.ts";

describe("a generated document", () => {
  it.each(GENERATED.map(({ path, content }) => [path, content] as const))(
    "%s is as the code has it (npm run docs writes it anew)",
    async (path, content) => {
      expect(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")).toBe(await content());
    },
  );
});
