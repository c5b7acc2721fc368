import { styleText } from "node:util";
import type { WriteStream } from "node:tty";
import type { Outcome } from "../../functions/shared/contracts.ts";
import type { Row, Rows } from "./rows.ts";

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

const TITLES = ["WORKLOAD", "FAILURE", "DIAGNOSIS", "REMEDY", "OUTCOME", "PROGRESS"];
/** How wide each column may become; the last takes what is left of the line. */
const WIDEST = [32, 34, 26, 8, 10];
/** For a terminal that does not tell its width. */
const USUAL_WIDTH = 120;

/** A table on a terminal that is drawn anew in its place. */
export class LiveView {
  readonly #terminal: WriteStream;
  #lines = 0;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  draw(rows: Rows): void {
    const lines = tableLines([...rows.values()], this.#terminal.columns || USUAL_WIDTH, (style, text) =>
      styleText(style, text, { stream: this.#terminal }),
    );
    // Up to where the last drawing began, each line cleared before it is written.
    const up = this.#lines === 0 ? "" : `\u001b[${this.#lines}A`;
    this.#terminal.write(up + lines.map((line) => `\u001b[2K${line}\n`).join(""));
    this.#lines = lines.length;
  }
}

/** The table's lines, each fitting into the width. */
export function tableLines(
  rows: readonly Row[],
  width: number,
  style: (style: Style, text: string) => string,
): string[] {
  const cells = rows.map(cellsOf);
  const widths = WIDEST.map((widest, column) =>
    Math.min(widest, Math.max(...[TITLES, ...cells].map((line) => line[column]?.length ?? 0))),
  );
  const left = Math.max(10, width - widths.reduce((sum, each) => sum + each + 2, 0) - 1);
  const line = (texts: readonly string[]) => texts.map((text, column) => fitted(text, widths[column] ?? left));
  return [
    style("bold", line(TITLES).join("  ").trimEnd()),
    ...rows.map(({ outcome }, index) => {
      const texts = line(cells[index] ?? []);
      if (outcome !== undefined) texts[4] = style(STYLES[outcome], texts[4] ?? "");
      return texts.join("  ").trimEnd();
    }),
  ];
}

function cellsOf({ workload, failure, diagnosis, remedy, outcome, needsPerson, progress }: Row): string[] {
  const calls = needsPerson ? "a person has to look" : "";
  const last = outcome === undefined ? progress : [progress, calls].filter((text) => text !== "").join("; ");
  return [workload, failure, diagnosis, remedy, outcome ?? "", last];
}

function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
