import { escape } from "./escape.ts";
import { BOX, layoutOf, type Edge, type Layout, type Node, type States } from "./layout.ts";

/**
 * A level of the workflow as SVG, with the path that was taken through it.
 *
 * @param path the states that were entered, in order
 * @param label what the drawing shows, for those who cannot see it; the path is told in words beside it
 */
export function drawing(definition: States, path: readonly string[], label: string): string {
  const layout = layoutOf(definition);
  const taken = new Set(path.slice(1).map((to, index) => `${path[index] ?? ""} ${to}`));
  const visited = new Set(path);
  const known = new Set(layout.edges.map(({ from, to }) => `${from} ${to}`));
  // An error leads past the lines of the definition.
  const errors = path
    .slice(1)
    .map((to, index) => ({ from: path[index] ?? "", to }))
    .filter(({ from, to }) => !known.has(`${from} ${to}`));
  const isTaken = ({ from, to }: Edge) => taken.has(`${from} ${to}`);
  const behind = layout.edges.filter((edge) => !isTaken(edge));
  const before = layout.edges.filter(isTaken);
  return [
    `<svg viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" height="${layout.height}" role="img" aria-label="${escape(label)}">`,
    ...behind.map((edge) => line(edge, layout, "edge")),
    ...before.map((edge) => line(edge, layout, "edge taken")),
    ...errors.map((edge) => line(edge, layout, "edge taken error")),
    ...layout.nodes.map((node) => box(node, visited.has(node.name))),
    "</svg>",
  ].join("\n");
}

function box({ name, type, x, y }: Node, visited: boolean): string {
  const round = type === "Choice" ? 17 : type === "Task" ? 4 : 12;
  const state = visited ? " visited" : "";
  return (
    `<g class="state ${type.toLowerCase()}${state}"><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="${round}"/>` +
    `<text x="${x + BOX.width / 2}" y="${y + BOX.height / 2 + 4}">${escape(name)}</text></g>`
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
