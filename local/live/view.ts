import { styleText } from "node:util";
import type { WriteStream } from "node:tty";
import { REMEDIES } from "../../functions/remedies/contracts.ts";
import type { Outcome } from "../../functions/run/contracts.ts";
import type { Row, Rows } from "./rows.ts";

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Outcome, Style>> = {
  Healthy: "green",
  Recovered: "green",
  RolledBack: "red",
  Undone: "green",
  Unresolved: "red",
  Storm: "red",
  Skipped: "yellow",
  DryRun: "cyan",
};

const TITLES = ["WORKLOAD", "FAILURE", "DIAGNOSIS", "REMEDY", "OUTCOME", "PROGRESS"];
/** How wide each column may become; the last takes what is left of the line. */
const WIDEST = [32, 34, 26, Math.max(...REMEDIES.map(({ action }) => action.length)), 10];
/** The columns that a narrow terminal goes without, the first first. */
const DISPENSABLE = ["FAILURE", "REMEDY", "DIAGNOSIS", "OUTCOME"];
/** What the last column needs. */
const LEAST = 12;
/** For a terminal that does not tell its size. */
const USUAL = { width: 120, height: 24 };

/** A table on a terminal that is drawn anew in its place. */
export class LiveView {
  readonly #terminal: WriteStream;
  #lines = 0;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  draw(rows: Rows): void {
    const { columns, rows: height } = this.#terminal;
    const { shown, rest } = rowsThatFit([...rows.values()], height || USUAL.height);
    const width = columns || USUAL.width;
    const lines = tableLines(shown, width, (style, text) => styleText(style, text, { stream: this.#terminal }));
    if (rest.length > 0) lines.push(fitted(describeRest(rest), width - 1).trimEnd());
    // Up to where the last drawing began, each line cleared before it is written, and what is left of the last one, too.
    const up = this.#lines === 0 ? "" : `\u001b[${this.#lines}A`;
    this.#terminal.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join("")}\u001b[J`);
    this.#lines = lines.length;
  }
}

/** As many rows as a terminal can show at once, in their order: those that go on, and then the last that have ended. */
export function rowsThatFit(rows: readonly Row[], height: number): { shown: Row[]; rest: Row[] } {
  // Beside them stand the titles, a line for the rest, and the cursor.
  const room = Math.max(1, height - 3);
  if (rows.length <= room + 1) return { shown: [...rows], rest: [] };
  const going = rows.filter(({ outcome }) => outcome === undefined);
  const ended = rows.filter(({ outcome }) => outcome !== undefined).reverse();
  const chosen = new Set([...going, ...ended].slice(0, room));
  return { shown: rows.filter((row) => chosen.has(row)), rest: rows.filter((row) => !chosen.has(row)) };
}

/** What became of the rows that are not shown, in a line. */
export function describeRest(rest: readonly Row[]): string {
  const counts = Map.groupBy(rest, ({ outcome }) => outcome ?? "going on");
  return `… and ${rest.length} more: ${[...counts].map(([what, rows]) => `${rows.length} ${what}`).join(", ")}`;
}

/** The table's lines, each fitting into the width. */
export function tableLines(
  rows: readonly Row[],
  width: number,
  style: (style: Style, text: string) => string,
): string[] {
  const cells = rows.map(cellsOf);
  const widest = WIDEST.map((limit, column) =>
    Math.min(limit, Math.max(...[TITLES, ...cells].map((line) => line[column]?.length ?? 0))),
  );
  const shown = columnsThatFit(widest, width);
  // Where even those do not fit, the workload's name gives way.
  const first = Math.min(widest[0] ?? 0, width - LEAST - 3);
  const widths = [first, ...shown.slice(1, -1).map((column) => widest[column] ?? 0)];
  const left = width - widths.reduce((sum, each) => sum + each + 2, 0) - 1;
  const line = (texts: readonly string[]) =>
    shown.map((column, index) => fitted(texts[column] ?? "", widths[index] ?? left));
  return [
    style("bold", line(TITLES).join("  ").trimEnd()),
    ...rows.map(({ outcome }, index) => {
      const place = shown.indexOf(TITLES.indexOf("OUTCOME"));
      const own = cells[index] ?? [];
      // Where the outcome has no column of its own, the last one begins with it.
      const ending = [outcome, own.at(-1)].filter((text) => text !== undefined && text !== "").join(": ");
      const texts = line(place === -1 ? own.with(-1, ending) : own);
      if (outcome !== undefined && place !== -1) texts[place] = style(STYLES[outcome], texts[place] ?? "");
      return texts.join("  ").trimEnd();
    }),
  ];
}

/** The columns that have room beside the first and the last. */
function columnsThatFit(widest: readonly number[], width: number): number[] {
  let shown = TITLES.map((_title, column) => column);
  for (const title of DISPENSABLE) {
    const needed = shown.slice(0, -1).reduce((sum, column) => sum + (widest[column] ?? 0) + 2, LEAST + 1);
    if (needed <= width) break;
    shown = shown.filter((column) => TITLES[column] !== title);
  }
  return shown;
}

function cellsOf({ workload, failure, diagnosis, remedy, outcome, needsPerson, progress }: Row): string[] {
  const calls = needsPerson ? "a person has to look" : "";
  const last = outcome === undefined ? progress : [progress, calls].filter((text) => text !== "").join("; ");
  return [workload, failure, diagnosis, remedy, outcome ?? "", last];
}

function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
