import { styleText } from "node:util";
import type { WriteStream } from "node:tty";
import { createLogUpdate } from "log-update";
import { REMEDIES } from "../../functions/remedies/contracts.ts";
import type { Outcome } from "../../functions/run/contracts.ts";
import { fitted, widthsOf } from "./columns.ts";
import { progressAt, type Row, type Rows } from "./rows.ts";

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Outcome, Style>> = {
  Healthy: "green",
  Recovered: "green",
  RolledBack: "red",
  Unresolved: "red",
  Storm: "red",
  Skipped: "yellow",
  DryRun: "cyan",
};

const TITLES = ["WORKLOAD", "READY", "FAILURE", "DIAGNOSIS", "REMEDY", "OUTCOME", "PROGRESS"];
/** How wide each column may become; the last takes what is left of the line. */
const WIDEST = [32, 7, 34, 26, Math.max(...REMEDIES.map(({ action }) => action.length)), 10];
/** The columns that a narrow terminal goes without, the first first. */
const DISPENSABLE = ["FAILURE", "DIAGNOSIS", "REMEDY", "OUTCOME", "READY"];
/** What the last column is to have, and what it has at least. */
const PROGRESS = { usual: 28, least: 12 };
/** For a terminal that does not tell its height. */
const USUAL_HEIGHT = 24;
/** How often the time that is left is counted down, in milliseconds. */
const TICK = 1_000;

/** A table on a terminal that is drawn anew in its place, as things happen and as time passes. */
export class LiveView {
  readonly #terminal: WriteStream;
  readonly #now: () => Date;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #ticking: NodeJS.Timeout;
  #rows: Rows = new Map();

  /** @param now the clock of the cluster */
  constructor(terminal: WriteStream, now: () => Date) {
    this.#terminal = terminal;
    this.#now = now;
    this.#update = createLogUpdate(terminal, { showCursor: true });
    this.#ticking = setInterval(() => {
      this.#draw();
    }, TICK).unref();
  }

  show(rows: Rows): void {
    this.#rows = rows;
    this.#draw();
  }

  /** Writes a line above the table. */
  say(line: string): void {
    this.#update.clear();
    this.#terminal.write(`${line}\n`);
    this.#draw();
  }

  /** Takes the table away, and leaves the terminal to others. */
  end(): void {
    clearInterval(this.#ticking);
    this.#update.clear();
    this.#update.done();
  }

  #draw(): void {
    if (this.#rows.size === 0) return;
    const { columns: width, rows: height } = this.#terminal;
    const { shown, rest } = rowsThatFit([...this.#rows.values()], height || USUAL_HEIGHT);
    const style = (of: Style, text: string) => styleText(of, text, { stream: this.#terminal });
    const lines = tableLines(shown, width, style, this.#now());
    if (rest.length > 0) lines.push(fitted(describeRest(rest), width - 1).trimEnd());
    this.#update(lines.join("\n"));
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
  now: Date,
): string[] {
  const cells = rows.map((row) => cellsOf(row, now));
  const needed = widthsOf(TITLES, cells);
  const widest = WIDEST.map((limit, column) => Math.min(limit, needed[column] ?? 0));
  const shown = columnsThatFit(widest, width);
  // Where even those do not fit, the workload's name gives way.
  const first = Math.min(widest[0] ?? 0, width - PROGRESS.least - 3);
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
    const needed = shown.slice(0, -1).reduce((sum, column) => sum + (widest[column] ?? 0) + 2, PROGRESS.usual + 1);
    if (needed <= width) break;
    shown = shown.filter((column) => TITLES[column] !== title);
  }
  return shown;
}

function cellsOf(row: Row, now: Date): string[] {
  const { workload, replicas, failure, diagnosis, remedy, outcome, needsPerson, progress } = row;
  const ready = replicas === undefined ? "" : `${replicas.ready}/${replicas.wanted}`;
  const calls = needsPerson ? "a person has to look" : "";
  const last =
    outcome === undefined ? progressAt(row, now) : [calls, progress].filter((text) => text !== "").join("; ");
  return [workload, ready, failure, diagnosis, remedy, outcome ?? "", last];
}
