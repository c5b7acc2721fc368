import { WAYS, type Way } from "./ways.ts";
import type { Row } from "./row.ts";

const WIDTH = 420;
const HEIGHT = 260;
const MARGIN = { left: 70, right: 20, top: 40, bottom: 50 };
const COLOURS: Record<Way, string> = {
  detection: "#047857",
  "detection-plain": "#6ee7b7",
  floor: "#6b7280",
  "floor-plain": "#d1d5db",
  "typed-client": "#7c3aed",
  "typed-client-plain": "#c4b5fd",
  kubectl: "#b45309",
  "kubectl-plain": "#fcd34d",
};

interface Point {
  x: number;
  y: number;
}

/** Time and memory over the number of pods, side by side, both axes logarithmic, as an SVG picture. */
export function plot(rows: Row[]): string {
  const share = [...new Set(rows.map((row) => row.share))].sort((a, b) => a - b)[1] ?? rows[0]?.share;
  const namespaces = Math.max(...rows.map((row) => row.namespaces));
  const shown = rows.filter((row) => row.share === share && row.namespaces === namespaces);
  const panels = [
    panel(shown, "seconds", 0, (row) => ("failed" in row.measured ? undefined : row.measured.milliseconds / 1_000)),
    panel(shown, "MB resident", 1, (row) => ("failed" in row.measured ? undefined : row.measured.peakBytes / 1e6)),
  ];
  const legend = WAYS.map(
    (way, index) =>
      `<text x="${MARGIN.left + index * 180}" y="${HEIGHT + 24}" fill="${COLOURS[way]}">&#9679; ${way}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${HEIGHT + 40}" font-family="sans-serif" font-size="12">`,
    `<title>Time and memory over the number of pods, ${namespaces} namespaces, ${(share ?? 0) * 100} % failing</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...panels,
    ...legend,
    "</svg>\n",
  ].join("\n");
}

function panel(rows: Row[], label: string, position: number, valueOf: (row: Row) => number | undefined): string {
  const values = rows.map(valueOf).filter((value) => value !== undefined);
  const x = scale(
    rows.map(({ pods }) => pods),
    position * WIDTH + MARGIN.left,
    (position + 1) * WIDTH - MARGIN.right,
  );
  const y = scale(values, HEIGHT - MARGIN.bottom, MARGIN.top);
  const left = position * WIDTH + MARGIN.left;
  const ticks = (numbers: number[]) => [...new Set(numbers)].sort((a, b) => a - b);
  return [
    `<text x="${left}" y="${MARGIN.top - 16}" font-weight="bold">${label}</text>`,
    `<path d="M${left} ${MARGIN.top} V${HEIGHT - MARGIN.bottom} H${(position + 1) * WIDTH - MARGIN.right}" fill="none" stroke="#9ca3af"/>`,
    ...ticks(rows.map(({ pods }) => pods)).map(
      (pods) =>
        `<text x="${x(pods)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${pods.toLocaleString("en")}</text>`,
    ),
    `<text x="${(x(1) + left) / 2 + WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle">pods</text>`,
    ...powersOfTen(values).map(
      (power) =>
        `<text x="${left - 8}" y="${y(power) + 4}" text-anchor="end">${power}</text><path d="M${left} ${y(power)} h-4" stroke="#9ca3af"/>`,
    ),
    ...WAYS.map((way) =>
      line(
        rows
          .filter((row) => row.way === way)
          .map((row) => ({ pods: row.pods, value: valueOf(row) }))
          .filter((point): point is { pods: number; value: number } => point.value !== undefined)
          .sort((a, b) => a.pods - b.pods)
          .map(({ pods, value }) => ({ x: x(pods), y: y(value) })),
        COLOURS[way],
      ),
    ),
  ].join("\n");
}

function line(points: Point[], colour: string): string {
  const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
  const dots = points.map(
    (point) => `<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="3.5" fill="${colour}"/>`,
  );
  return [`<path d="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`, ...dots].join("");
}

/** Maps positive numbers to pixels, logarithmically, with room for whole powers of ten. */
function scale(values: number[], from: number, to: number): (value: number) => number {
  const low = Math.floor(Math.log10(Math.min(...values)) * 2) / 2;
  const high = Math.ceil(Math.log10(Math.max(...values)) * 2) / 2;
  const span = high - low || 1;
  return (value) => from + ((Math.log10(value) - low) / span) * (to - from);
}

function powersOfTen(values: number[]): number[] {
  const low = Math.ceil(Math.log10(Math.min(...values)) - 0.5);
  const high = Math.floor(Math.log10(Math.max(...values)) + 0.5);
  return Array.from({ length: high - low + 1 }, (_value, index) => 10 ** (low + index));
}
