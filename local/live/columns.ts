import stringWidth from "string-width";
import { bounded } from "../../functions/shared/text.ts";

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Text from a cluster as a terminal may show it: one line, without escape bytes or anything else that moves the cursor. */
export function printable(text: string): string {
  return bounded(text, Infinity);
}

/** A cell of exactly so many columns of a terminal, on which some characters are two wide; what is too long is cut. */
export function fitted(text: string, width: number): string {
  const clean = printable(text);
  const wide = stringWidth(clean);
  if (wide <= width) return clean + " ".repeat(width - wide);
  let cut = "";
  for (const { segment } of GRAPHEMES.segment(clean)) {
    if (stringWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…${" ".repeat(Math.max(0, width - 1 - stringWidth(cut)))}`;
}

/** How many columns each column of a table needs, its title included. */
export function widthsOf(titles: readonly string[], rows: readonly (readonly string[])[]): number[] {
  return titles.map((_title, column) =>
    Math.max(...[titles, ...rows].map((row) => stringWidth(printable(row[column] ?? "")))),
  );
}

/** Text broken into lines of at most so many columns, between words where that can be. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}
