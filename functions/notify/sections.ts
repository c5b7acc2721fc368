import { moment } from "../shared/text.ts";
import type { NotificationDocument } from "./notification.ts";

/** What the sections of a notification are about, in the order in which somebody needs them who was asleep. */
export const HEADINGS = [
  "How it is",
  "Asked by",
  "Decide",
  "Done",
  "Verified",
  "To do",
  "Later",
  "Look at it",
  "Take it back",
  "Changed",
  "What the newer version changed",
  "Found",
  "Last words",
  "Evidence",
  "Not done",
  "Keep the workflow away for good",
  "Hand it back",
] as const;
export type Heading = (typeof HEADINGS)[number];

/** One section: what it is about, and its lines. None is empty. */
export interface Section {
  heading: Heading;
  lines: readonly string[];
}

/** What is to be done where nobody knows more. */
const LOOK = "Look at it, and at what is said of it above.";

/** A notification as every form for people shows it, in whole or in part, with its own marks around each line. */
export function sectionsOf(document: NotificationDocument): Section[] {
  const { cause, confidence, changed, done, evidence, evidence_at: at, last_words: words } = document;
  const proof = evidence.slice(0, evidence.length - words.length);
  // What is well again needs nobody now.
  const isOver = document.outcome === "Recovered" && !document.needs_person;
  const steps = document.next_steps;
  const lines: Record<Heading, readonly string[]> = {
    "How it is": document.status,
    "Asked by": [document.requested_by, document.request_reason].filter((text) => text !== undefined),
    Decide: document.proposal?.decide ?? [],
    Done: done,
    Verified: done.length === 0 ? [] : [document.verified],
    "To do": isOver ? ["nothing"] : steps.length > 0 ? steps : [document.needs_person ? LOOK : "nothing"],
    Later: isOver ? steps : [],
    "Look at it": document.commands,
    "Take it back": document.take_back,
    Changed: changed,
    "What the newer version changed": document.differences,
    Found: [...document.found, ...(confidence === undefined ? [] : [`cause: ${cause} (confidence ${confidence})`])],
    "Last words": words,
    Evidence: asOf(at, proof),
    "Not done": document.not_done.filter((line) => !isSaid(line, document)),
    "Keep the workflow away for good": document.hands_off,
    "Hand it back": document.hand_back,
  };
  return HEADINGS.map((heading) => ({ heading, lines: lines[heading] })).filter((section) => section.lines.length > 0);
}

/** Whether the reason why a remedy was not chosen stands above already, as that of the one that was refused does. */
function isSaid(line: string, { summary }: NotificationDocument): boolean {
  return summary.includes(line.replace(/^[^:]*: /, "").replace(/…$/, ""));
}

/** What was changed since has changed what was seen when it was diagnosed. */
function asOf(at: string | undefined, lines: readonly string[]): readonly string[] {
  return at === undefined || lines.length === 0 ? lines : [`as of ${moment(new Date(at))}`, ...lines];
}
