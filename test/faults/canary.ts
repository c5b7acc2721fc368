import { randomBytes } from "node:crypto";
import { inspect } from "node:util";

/**
 * Credentials that nobody has, each with a mark in it that stands nowhere else, and the search for these marks. A mark is
 * of letters and digits, so that it is the same in JSON, in a URL and in HTML.
 */
export class Canary {
  readonly #marks = new Map<string, string>();

  /** The mark of that credential. */
  mark(name: string): string {
    const mark = this.#marks.get(name) ?? `canary${randomBytes(9).toString("hex")}`;
    this.#marks.set(name, mark);
    return mark;
  }

  /** The names of the credentials of which something is in the text: as it is, or in Base64 or hexadecimal. */
  sightings(text: string): string[] {
    // Base64 for URLs has other signs for two of its digits.
    const plain = text.replaceAll("-", "+").replaceAll("_", "/");
    return [...this.#marks]
      .filter(([, mark]) => formsOf(mark).some((form) => plain.includes(form)))
      .map(([name]) => name);
  }

  /** The same of any value: an error with its causes, what it holds however deep, also what is hidden. */
  sightingsIn(value: unknown): string[] {
    const shown = inspect(value, { depth: 20, maxStringLength: null, maxArrayLength: null, showHidden: true });
    return this.sightings(typeof value === "string" ? value : `${shown}\n${JSON.stringify([value])}`);
  }
}

/** The mark in each form that a part of a longer text has it in; what stands before and after is not known. */
function formsOf(mark: string): string[] {
  const base64 = [0, 1, 2].map((before) => {
    const whole = Buffer.from(`${"x".repeat(before)}${mark}`).toString("base64");
    // The first digits and the last ones hold bits of what is around it.
    return whole.slice(before === 0 ? 0 : before + 1, -4);
  });
  return [mark, Buffer.from(mark).toString("hex"), ...base64];
}
