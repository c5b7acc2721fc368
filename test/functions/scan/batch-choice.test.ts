import { describe, expect, it } from "vitest";
import { batchesIn, type SuspectRule } from "../../../functions/kinds/suspects.ts";
import { chooseBatches } from "../../../functions/scan/batch-choice.ts";

const RULE: SuspectRule = {
  columns: ["Name", "Selector"],
  isSuspect: () => true,
  batchesOf: (_name, selector = "") => batchesIn(selector),
};

/** What is chosen for the suspects among rows of a name and a selector. */
function chosen(suspects: readonly string[], rows: readonly [string, string][]) {
  const ways = new Map(
    rows.filter(([name]) => suspects.includes(name)).map(([name, selector]) => [name, batchesIn(selector)]),
  );
  return Object.fromEntries(chooseBatches(ways, new Set(suspects), rows, RULE));
}

const many = (number: number, selector: string) =>
  Array.from({ length: number }, (_, index): [string, string] => [`well-${index}`, selector]);

describe("what a suspect is read by together with others", () => {
  it("is that by which the fewest others come, whose names are left out", () => {
    const rows: [string, string][] = [
      ["a", "release=shop,name=a"],
      ["b", "release=shop,name=b"],
      ["well", "release=shop,name=b"],
    ];

    expect(chosen(["a", "b"], rows)).toMatchObject({
      a: { batch: { label: "name", value: "a" }, others: [] },
      b: { batch: { label: "release", value: "shop" }, others: ["well"] },
    });
  });

  it("names the others no more where they are very many, and few for each", () => {
    const failing = Array.from({ length: 30 }, (_, index): [string, string] => [`f-${index}`, "app=web"]);
    const rows = [...failing, ...many(120, "app=web")];

    expect(chosen(["f-0", "f-1", ...failing.map(([name]) => name)], rows)["f-0"]).toMatchObject({
      batch: { label: "app", value: "web" },
      others: [],
    });
  });

  it("is nothing where very many others come", () => {
    expect(chosen(["a"], [["a", "app=web"], ...many(31, "app=web")])).toEqual({});
    expect(chosen(["a"], [["a", "app=web"], ...many(30, "app=web")])).toMatchObject({ a: { batch: { value: "web" } } });
  });

  it("never leaves out the name of a suspect, whoever else has it", () => {
    const rows: [string, string][] = [
      ["a", "app=a"],
      ["a", "app=b"],
      ["b", "app=b"],
    ];

    expect(chosen(["a", "b"], rows)["b"]).toMatchObject({ others: [] });
  });
});

it("a selector that asks for more than one value of a label, or for none, is no batch", () => {
  expect(batchesIn("<none>")).toEqual([]);
  expect(batchesIn("app in (a,b),!tier,app.kubernetes.io/name=web")).toEqual([
    { label: "app.kubernetes.io/name", value: "web" },
  ]);
});
