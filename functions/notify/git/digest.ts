import { createHash } from "node:crypto";

/** A digest of what an issue says, whichever line breaks the server gives back. */
export function digestOfText(title: string, body: string | null | undefined): string {
  const text = JSON.stringify([title, (body ?? "").replaceAll("\r\n", "\n").trim()]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
