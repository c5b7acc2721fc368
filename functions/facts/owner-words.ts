/** What may stand in a sentence and in a command line as it is. Whatever else a mark holds is left out. */
const PLAIN = /^[a-zA-Z0-9][-a-zA-Z0-9._]{0,252}$/;

/** A name that a mark gives; undefined for what no object is called. */
export function nameOf(text: string | undefined): string | undefined {
  return text !== undefined && PLAIN.test(text) ? text : undefined;
}

/** A command line in a sentence, as far as its words are known. */
export function inBackticks(...words: (string | undefined)[]): string {
  return `\`${words.filter((word) => word !== undefined).join(" ")}\``;
}
