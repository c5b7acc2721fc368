import type { NotificationDocument } from "./notification.ts";
import { unlinked } from "./unlinked.ts";

/**
 * A notification as a person reads it at three in the morning: what, why, what was done, whether it is verified, what to
 * do next. Every line of a section is indented by a dash, and no value holds a line break, so no text from the cluster can
 * pass for a heading.
 */
export function textOf(document: NotificationDocument, title: string): string {
  const { cause, confidence, execution } = document;
  const section = (heading: string, lines: readonly string[], own?: string) =>
    lines.length === 0 ? [] : ["", `${heading}:`, ...lines.map((line) => `- ${unlinked(line, own)}`)];
  return [
    unlinked(title),
    "",
    unlinked(document.summary),
    ...section("Asked by", askedBy(document)),
    ...section("Decide", document.proposal?.decide ?? [], document.proposal?.url),
    ...section("Found", [
      ...document.found,
      ...(confidence === undefined ? [] : [`cause: ${cause} (confidence ${confidence})`]),
    ]),
    ...section(evidenceHeading(document), document.evidence),
    ...section("Done", document.done),
    ...section("Changed", document.changed),
    ...section("Verified", document.done.length === 0 ? [] : [document.verified]),
    ...section("Not done", document.not_done),
    ...section("Next", document.next_steps),
    ...section("Look at it", document.commands),
    "",
    `Execution: ${execution.console_url ?? unlinked(execution.id)}`,
  ].join("\n");
}

/** The evidence is what was seen when it was diagnosed: what was changed since has changed it. */
export function evidenceHeading({ changed }: NotificationDocument): string {
  return changed.length === 0 ? "Evidence" : "Evidence before the change";
}

/** Who asked or decided, and why; nothing where they did not say. */
export function askedBy({ requested_by, request_reason }: NotificationDocument): string[] {
  return [requested_by, request_reason].filter((text) => text !== undefined);
}
