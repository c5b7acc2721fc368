import { shownLine } from "../deliver/shown.ts";

/** How long a line may be. */
const MAX_LINE = 600;

/**
 * Text of others as a span of code, in which Markdown, HTML, mentions, references, closing words and quick actions mean nothing. It is
 * one line; the span ends where it does, since it has longer marks than any in the text.
 * Sources: spec.commonmark.org, "Code spans"; docs.github.com, "Mentioning people and teams"; docs.gitlab.com, "GitLab quick actions"
 */
export function code(text: string, limit = MAX_LINE): string {
  const line = shownLine(text, limit);
  if (line === "") return "`-`";
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length));
  const marks = "`".repeat(longest + 1);
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${marks}${space}${line}${space}${marks}`;
}

/** Commands as a block of code, to be copied as they are. */
export function codeBlock(lines: readonly string[]): string {
  const shown = lines.map((line) => shownLine(line, 2_000));
  const longest = Math.max(2, ...shown.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length));
  const marks = "`".repeat(longest + 1);
  return [marks, ...shown, marks].join("\n");
}

/** Text of others in a title, where no code can stand: letters, digits and what names of objects are made of. */
export function plainWords(text: string, limit: number): string {
  return shownLine(text.replace(/[^\p{L}\p{N} .,:()/_-]+/gu, "?").replace(/\/{2,}/g, "/"), limit);
}
