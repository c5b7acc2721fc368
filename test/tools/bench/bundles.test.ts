import { expect, it } from "vitest";
import { STEP_NAMES } from "../../../infra/functions.ts";
import { measureBundles } from "../../../tools/bench/bundles.ts";

it("every function's bundle is measured, those that need settings to start as well", () => {
  const bundles = measureBundles(1);
  const names = bundles.map(({ name }) => name);

  expect(names).toEqual(expect.arrayContaining([...STEP_NAMES, "agent", "patrol", "git"]));
  expect(
    bundles.filter(({ bytes, importMilliseconds }) => !(bytes > 0 && Number.isFinite(importMilliseconds))),
  ).toEqual([]);
});
