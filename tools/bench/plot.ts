import type { Measurement } from "./measure.ts";
import type { Row } from "./row.ts";
import { SCRIPTS, WAYS, type Way } from "./ways.ts";

const WIDTH = 340;
const HEIGHT = 220;
const MARGIN = { left: 70, right: 30, top: 40, bottom: 50 };
const COLOURS: Record<Way, string> = {
  detection: "#047857",
  "detection-plain": "#6ee7b7",
  "one-table": "#2563eb",
  floor: "#6b7280",
  "floor-plain": "#d1d5db",
  "typed-client": "#7c3aed",
  "typed-client-plain": "#c4b5fd",
  kubectl: "#b45309",
  "kubectl-plain": "#fcd34d",
};

interface Size {
  pods: number;
  namespaces: number;
  share: number;
}
type Dimension = keyof Size;

/** What is shown for each dimension, from above. */
const COSTS: readonly { label: string; of: (measured: Measurement) => number }[] = [
  { label: "MB on the wire", of: ({ bytes }) => bytes / 1e6 },
  { label: "requests", of: ({ requests }) => requests },
  { label: "CPU of the API server, s", of: ({ serverCpuSeconds }) => Math.max(0.01, serverCpuSeconds) },
  { label: "CPU of the client, s", of: ({ cpuSeconds }) => cpuSeconds },
];
const DIMENSIONS: readonly { dimension: Dimension; label: string; text: (value: number) => string }[] = [
  { dimension: "pods", label: "pods", text: (pods) => pods.toLocaleString("en") },
  { dimension: "namespaces", label: "namespaces", text: (namespaces) => namespaces.toLocaleString("en") },
  { dimension: "share", label: "failing", text: (share) => `${share * 100} %` },
];

/**
 * The cost over pods, namespaces and the failing share, as far as several of each were measured, the others being as they are
 * most often, as an SVG picture.
 */
export function plot(rows: Row[]): string {
  const middle = middleOf(rows);
  const varied = DIMENSIONS.filter(({ dimension }) => new Set(rows.map((row) => row[dimension])).size > 1);
  const panels = COSTS.flatMap(({ label, of }, row) =>
    varied.map(({ dimension, label: over, text }, column) => {
      const others = DIMENSIONS.map((each) => each.dimension).filter((each) => each !== dimension);
      const shown = rows.filter((each) => others.every((other) => each[other] === middle[other]));
      return panel(shown, { label, of, dimension, over, text, left: column * WIDTH, top: row * HEIGHT });
    }),
  );
  const bottom = COSTS.length * HEIGHT;
  const legend = WAYS.map((way, index) => {
    const y = bottom + 20 + index * 20;
    const name = SCRIPTS[way].name.replaceAll("`", "");
    return `<circle cx="${MARGIN.left}" cy="${y - 4}" r="5" fill="${COLOURS[way]}"/><text x="${MARGIN.left + 12}" y="${y}">${name}</text>`;
  });
  const [width, height] = [Math.max(2, varied.length) * WIDTH, bottom + 20 + WAYS.length * 20];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>Cost over ${varied.map(({ label }) => label).join(" and ")}; else ${middle.pods} pods, ${middle.namespaces} namespaces, ${middle.share * 100} % failing</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...panels,
    ...legend,
    "</svg>\n",
  ].join("\n");
}

/** The size that has the most others beside it that differ from it in one way only. */
function middleOf(rows: readonly Row[]): Size {
  const beside = ({ pods, namespaces, share }: Size) =>
    rows.filter(
      (row) => [row.pods === pods, row.namespaces === namespaces, row.share === share].filter(Boolean).length >= 2,
    ).length;
  const [first] = [...rows].sort((a, b) => beside(b) - beside(a));
  return first ?? { pods: 0, namespaces: 0, share: 0 };
}

interface Panel {
  label: string;
  of: (measured: Measurement) => number;
  dimension: Dimension;
  over: string;
  text: (value: number) => string;
  left: number;
  top: number;
}

/** One cost over one dimension: the cost logarithmic, the sizes side by side. */
function panel(rows: Row[], { label, of, dimension, over, text, left, top }: Panel): string {
  const sizes = [...new Set(rows.map((row) => row[dimension]))].sort((a, b) => a - b);
  const from = left + MARGIN.left;
  const to = left + WIDTH - MARGIN.right;
  const bottom = top + HEIGHT - MARGIN.bottom;
  const x = (size: number) => from + ((to - from) * (sizes.indexOf(size) + 0.5)) / sizes.length;
  const points = rows.flatMap(({ way, measured, [dimension]: size }) =>
    "failed" in measured ? [] : [{ way, size, value: of(measured) }],
  );
  const values = points.map(({ value }) => value);
  const y = scale(values, bottom, top + MARGIN.top);
  const lines = WAYS.map((way) => {
    const own = points.filter((point) => point.way === way).sort((a, b) => a.size - b.size);
    return line(
      own.map(({ size, value }) => ({ x: x(size), y: y(value) })),
      COLOURS[way],
    );
  });
  return [
    `<text x="${from}" y="${top + MARGIN.top - 16}" font-weight="bold">${label}</text>`,
    `<path d="M${from} ${top + MARGIN.top} V${bottom} H${to}" fill="none" stroke="#9ca3af"/>`,
    ...sizes.map((size) => `<text x="${x(size)}" y="${bottom + 18}" text-anchor="middle">${text(size)}</text>`),
    `<text x="${(from + to) / 2}" y="${bottom + 36}" text-anchor="middle">${over}</text>`,
    ...powersOfTen(values).map(
      (power) =>
        `<text x="${from - 8}" y="${y(power) + 4}" text-anchor="end">${power}</text><path d="M${from} ${y(power)} h-4" stroke="#9ca3af"/>`,
    ),
    ...lines,
  ].join("\n");
}

function line(points: { x: number; y: number }[], colour: string): string {
  if (points.length === 0) return "";
  const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
  const dots = points.map(
    (point) => `<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="3.5" fill="${colour}"/>`,
  );
  return [`<path d="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`, ...dots].join("");
}

/** Maps positive numbers to pixels, logarithmically, from one whole power of ten to another. */
function scale(values: number[], from: number, to: number): (value: number) => number {
  const powers = powersOfTen(values);
  const low = Math.log10(powers[0] ?? 1);
  const span = Math.log10(powers.at(-1) ?? 1) - low || 1;
  return (value) => from + ((Math.log10(value) - low) / span) * (to - from);
}

function powersOfTen(values: number[]): number[] {
  if (values.length === 0) return [];
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_value, index) => Number((10 ** (low + index)).toPrecision(1)));
}
