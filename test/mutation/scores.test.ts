import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { asPage, mutationChapter, readScores } from "./scores.ts";

it("docs/reliability.md has the scores that are kept", async () => {
  const page = readFileSync(new URL("../../docs/reliability.md", import.meta.url), "utf8");

  expect(page).toContain(await asPage(mutationChapter(readScores())));
});

it("a room without a score is not passed over", () => {
  expect(mutationChapter({ verify: { mutants: 10, killed: 9, explained: 1 } })).toContain("| `claim` | not measured |");
  expect(mutationChapter({ verify: { mutants: 10, killed: 9, explained: 1 } })).toContain(
    "| `verify` | 10 | 9 | 1 | 0 | 90.0 % |",
  );
});
