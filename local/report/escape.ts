import { withEntities } from "../../functions/shared/html.ts";

/**
 * Text as it may stand in HTML, between tags or in a quoted attribute. Characters that HTML does not allow, and those
 * that turn the direction of the text after them, become spaces.
 */
export function escape(text: string): string {
  return withEntities(text.toWellFormed().replace(/[\p{Cc}\p{Bidi_Control}]/gu, " "));
}

/** The same for a name such as `CrashLoopAfterRollout`, which may be broken where a word begins. */
export function breakable(name: string): string {
  return escape(name).replace(/(?<=[a-z])(?=[A-Z])|(?<=[/-])/g, "<wbr>");
}
