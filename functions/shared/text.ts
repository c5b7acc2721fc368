/** How long text from the cluster may be where it enters a payload, in characters. */
const MAX_TEXT = 300;

/** Text from the cluster, made fit for a payload or a message: one line, no control characters, bounded. */
export function bounded(text: string, limit = MAX_TEXT): string {
  // Every control, format and unassigned character, line breaks included, and Unicode's own line and paragraph separators.
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
  if (line.length <= limit) return line;
  // A cut in the middle of a surrogate pair would leave half a character.
  return `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** `1 pod`, `3 pods`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `a rollback`, `an argo-cd-rollback`; with another first letter where a sentence begins with it. */
export function withArticle(noun: string, a: "a" | "A" = "a"): string {
  return `${a}${/^[aeiou]/.test(noun) ? "n" : ""} ${noun}`;
}

/** The first few names of a list, and how many more there are: `a, b and 3 more`. */
export function some(names: readonly string[], limit: number): string {
  const shown = names.slice(0, limit).join(", ");
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}

/** A duration for people: `45 s`, `12 min`, `3 h`, `2 days`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A moment for people, to the second: `2026-06-01T12:00:00Z`. */
export function moment(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
