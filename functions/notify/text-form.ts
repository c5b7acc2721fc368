import type { NotificationDocument } from "./notification.ts";
import { sectionsOf } from "./sections.ts";
import { unlinked } from "./unlinked.ts";

/**
 * A notification as a person reads it at three in the morning: what is broken, what was done, whether that helped, what to do
 * now; then why. Every line of a section is indented by a dash, and no value holds a line break, so no text from the cluster
 * can pass for a heading.
 */
export function textOf(document: NotificationDocument, title: string): string {
  const { execution } = document;
  return [
    unlinked(title),
    "",
    unlinked(document.what),
    ...sectionsOf(document).flatMap(({ heading, lines }) => [
      "",
      `${heading}:`,
      ...lines.map((line) => `- ${unlinked(line, document.proposal?.url)}`),
    ]),
    "",
    `Execution: ${execution.console_url ?? unlinked(execution.id)}`,
  ].join("\n");
}
