import { describe, expect, it } from "vitest";
import { BOX, layoutOf, type Layout, type States } from "../../../local/report/layout.ts";
import { loadDefinition } from "../../../local/engine/engine.ts";

const whole = loadDefinition() as unknown as { States: Record<string, { ItemProcessor?: States }> } & States;
const inside = whole.States["Remediate each workload"]?.ItemProcessor as States;

function overlaps({ nodes }: Layout): string[] {
  return nodes.flatMap((a, index) =>
    nodes
      .slice(index + 1)
      .filter((b) => Math.abs(a.x - b.x) < BOX.width && Math.abs(a.y - b.y) < BOX.height)
      .map((b) => `${a.name} and ${b.name}`),
  );
}

describe.each([
  ["the run", whole],
  ["one workload", inside],
])("the drawing of %s", (_what, definition) => {
  const layout = layoutOf(definition);
  const place = (name: string) => layout.nodes.find((node) => node.name === name);

  it("has every state once, inside the drawing, and none on another", () => {
    expect(layout.nodes.map(({ name }) => name).sort()).toEqual(Object.keys(definition.States).sort());
    expect(overlaps(layout)).toEqual([]);
    for (const { name, x, y } of layout.nodes) {
      expect(x >= 0 && x + BOX.width <= layout.width && y >= 0 && y + BOX.height <= layout.height, name).toBe(true);
    }
  });

  it("begins at the top, and leads down but for lines at the side", () => {
    expect(Math.min(...layout.nodes.map(({ y }) => y))).toBe(place(definition.StartAt)?.y);
    for (const { from, to, around } of layout.edges) {
      if (around === undefined)
        expect(place(to)?.y ?? 0, `${from} to ${to}`).toBeGreaterThanOrEqual(place(from)?.y ?? 0);
    }
  });

  it("keeps lines at the side clear of the states, and of each other", () => {
    const sides = layout.edges.map(({ around }) => around).filter((x) => x !== undefined);

    expect(new Set(sides).size).toBe(sides.length);
    for (const x of sides) expect(layout.nodes.some((node) => x > node.x && x < node.x + BOX.width)).toBe(false);
  });
});
