import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MODELS, VARIANTS, verdictOf } from "./variants.ts";

const ROOT = new URL("../../", import.meta.url);
const texts = MODELS.map((name) => ({ name, model: readFileSync(new URL(name, import.meta.url), "utf8") }));
const page = readFileSync(new URL("docs/protocol.md", ROOT), "utf8");

it.each(texts)("$name names modules that exist for what its steps are", ({ model }) => {
  const modules = [...model.matchAll(/(?:functions|docs)\/[\w/-]+[.](?:ts|md)/g)].map(([path]) => path);

  expect(modules.length).toBeGreaterThan(5);
  expect(modules.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});

it("has a variant for every rule that can be taken away, but those that are the second of their kind", () => {
  const all = texts.map(({ model }) => model).join("\n");
  const rules = new Set([...all.matchAll(/^#ifn?def (NO_\w+)/gm)].map(([, rule]) => rule));

  expect([...rules].sort()).toEqual(
    [...VARIANTS.map(({ define }) => define), "NO_HOLDER_CHECK", "NO_TAKEOVER_CHECK"].sort(),
  );
  for (const { rule } of VARIANTS) expect(page).toContain(rule);
});

const print = (errors: number, more = "") => `
(Spin Version 6.5.2 -- 6 December 2019)
${more}
State-vector 84 byte, depth reached 151, errors: ${errors}
  8463295 states, stored
`;

it("reads from the checker whether everything was looked at, and what does not hold", () => {
  expect(verdictOf(print(0))).toEqual({ states: 8_463_295, complete: true });
  expect(verdictOf(print(0, "Warning: Search not completed"))).toMatchObject({ complete: false });
  expect(verdictOf(print(0, "error: max search depth too small"))).toMatchObject({ complete: false });
  expect(verdictOf(print(1, "pan:1: assertion violated (remedies==0) (at depth 91)"))).toEqual({
    states: 8_463_295,
    complete: false,
    violated: "assertion violated (remedies==0)",
  });
  expect(() => verdictOf("gcc: error")).toThrow("not what a verifier prints");
});
