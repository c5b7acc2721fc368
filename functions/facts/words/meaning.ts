/** What words of a component say about why something does not start. */
export interface Meaning {
  /** What it is called in the tables, and in tests. */
  name: string;
  /** What is wrong, as the end of a sentence: `2 pods cannot start: …`. */
  means: string;
  /** What a person can do about it, in sentences that are true whenever the words are said. */
  advice: string;
  /** Parts of messages, without regard to case; `*` stands for anything. */
  words: readonly string[];
  /** Reasons that say it by themselves. */
  reasons?: readonly string[];
  /** It lies outside of any template, so that no other revision fares better. */
  outside?: true;
}

/** One thing that a component says: its reason and its message. */
export interface Saying {
  reason: string;
  message: string;
}

/** The first entry of a table that says what one of the sayings means, in their order; undefined when none does. */
export function meaningOf<Entry extends Meaning>(
  table: readonly Entry[],
  sayings: readonly Saying[],
): Entry | undefined {
  for (const saying of sayings) {
    const found = table.find((entry) => says(entry, saying));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The entries of a table that the sayings mean, each by the first that knows it; in the order of the table. */
export function firstMeaningsOf<Entry extends Meaning>(table: readonly Entry[], sayings: readonly Saying[]): Entry[] {
  const found = new Set(sayings.map((saying) => meaningOf(table, [saying])));
  return table.filter((entry) => found.has(entry));
}

function says({ reasons = [], words }: Meaning, { reason, message }: Saying): boolean {
  // CRI-O passes on what runc has written into its log, with its quotes escaped.
  const plain = message.replaceAll('\\"', '"');
  return reasons.includes(reason) || words.some((word) => patternOf(word).test(plain));
}

const PATTERNS = new Map<string, RegExp>();

function patternOf(words: string): RegExp {
  const known = PATTERNS.get(words);
  if (known !== undefined) return known;
  const literal = words.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(literal.join(".*"), "is");
  PATTERNS.set(words, pattern);
  return pattern;
}

/** The advice of several meanings, each once. */
export function adviceOf(meanings: readonly Meaning[]): string {
  return [...new Set(meanings.map(({ advice }) => advice))].join(" ");
}
