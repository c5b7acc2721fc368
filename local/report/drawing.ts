import { escape } from "./escape.ts";
import { BOX, layoutOf, type Edge, type Layout, type Node, type States } from "./layout.ts";

/**
 * A level of the workflow as SVG, with the paths that were taken through it. Where there are several, each state says how
 * many of them passed it.
 *
 * @param paths of each, the states that were entered, in order
 * @param label what the drawing shows, for those who cannot see it, before how many passed each state
 */
export function drawing(definition: States, paths: readonly (readonly string[])[], label: string): string {
  const layout = layoutOf(definition);
  const steps = paths.flatMap((path) => path.slice(1).map((to, index) => ({ from: path[index] ?? "", to })));
  const taken = new Set(steps.map(keyOf));
  const known = new Set(layout.edges.map(keyOf));
  const passed = new Map(
    layout.nodes.map(({ name }) => [name, paths.filter((path) => path.includes(name)).length] as const),
  );
  // An error leads past the lines of the definition.
  const errors = new Map(steps.filter((step) => !known.has(keyOf(step))).map((step) => [keyOf(step), step]));
  const isTaken = (edge: Edge) => taken.has(keyOf(edge));
  const numbers = [...passed].filter(([, number]) => number > 0);
  const told = numbers.map(([name, number]) => (paths.length > 1 ? `${name} ${number}` : name)).join(", ");
  return [
    `<svg viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" height="${layout.height}" role="img" aria-label="${escape(`${label}: ${told}`)}">`,
    ...layout.edges.filter((edge) => !isTaken(edge)).map((edge) => line(edge, layout, "edge")),
    ...layout.edges.filter(isTaken).map((edge) => line(edge, layout, "edge taken")),
    ...[...errors.values()].map((edge) => line(edge, layout, "edge taken error")),
    ...layout.nodes.map((node) => box(node, passed.get(node.name) ?? 0, paths.length > 1)),
    "</svg>",
  ].join("\n");
}

function keyOf({ from, to }: Edge): string {
  return `${from} ${to}`;
}

function box({ name, type, x, y }: Node, passed: number, isCounted: boolean): string {
  const round = type === "Choice" ? 17 : type === "Task" ? 4 : 12;
  const state = passed > 0 ? " visited" : "";
  const number =
    passed === 0 || !isCounted
      ? ""
      : `<text class="passed" x="${x + BOX.width - 8}" y="${y + BOX.height / 2 + 4}">${passed}</text>`;
  return (
    `<g class="state ${type.toLowerCase()}${state}"><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="${round}"/>` +
    `<text x="${x + BOX.width / 2}" y="${y + BOX.height / 2 + 4}">${escape(name)}</text>${number}</g>`
  );
}

function line({ from, to, around }: Edge, { nodes }: Layout, kind: string): string {
  const [a, b] = [from, to].map((name) => nodes.find((node) => node.name === name));
  if (a === undefined || b === undefined) return "";
  return `<path class="${kind}" d="${around === undefined ? straight(a, b) : aside(a, b, around)}"/>`;
}

/** From the bottom of one state to the top of the next, or across to one beside it. */
function straight(a: Node, b: Node): string {
  const [x1, y1, x2] = [a.x + BOX.width / 2, a.y + BOX.height, b.x + BOX.width / 2];
  if (b.y <= a.y) {
    const toTheRight = b.x > a.x;
    return `M${toTheRight ? a.x + BOX.width : a.x},${y1 - BOX.height / 2} H${toTheRight ? b.x : b.x + BOX.width}`;
  }
  const bend = Math.min(40, (b.y - y1) / 2 + 10);
  return `M${x1},${y1} C${x1},${y1 + bend} ${x2},${b.y - bend} ${x2},${b.y}`;
}

/** Out at the side, along it, and in again. The ends are a little apart from the middle, where other lines end. */
function aside(a: Node, b: Node, x: number): string {
  const right = x > a.x;
  const [xa, xb] = right ? [a.x + BOX.width, b.x + BOX.width] : [a.x, b.x];
  const [ya, yb] = [a.y + BOX.height * 0.7, b.y + BOX.height * 0.35];
  const corner = right ? -8 : 8;
  const turn = yb > ya ? 8 : -8;
  return `M${xa},${ya} H${x + corner} Q${x},${ya} ${x},${ya + turn} V${yb - turn} Q${x},${yb} ${x + corner},${yb} H${xb}`;
}
