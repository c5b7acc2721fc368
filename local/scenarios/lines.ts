import { isNode, LineCounter, type Document } from "yaml";
import type * as z from "zod";

/** Tells on which line of a YAML text something stands. */
export class Lines {
  readonly counter = new LineCounter();

  /** The line, from 1, of a field, or of the nearest one around it that is there. */
  of(document: Pick<Document, "getIn" | "contents">, path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.counter.linePos(node.range[0]).line;
    }
    const start = isNode(document.contents) ? (document.contents.range?.[0] ?? 0) : 0;
    return this.counter.linePos(start).line;
  }
}

/** Where an issue is. A field that is not known stands where it is, not where it should not be. */
export function placeOf(issue: z.core.$ZodIssue): PropertyKey[] {
  return issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}
