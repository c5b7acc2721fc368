import { chatOf } from "../../functions/notify/chat-form.ts";
import { formsOf } from "../../functions/notify/sns.ts";
import { NotificationDocument, type Notification } from "../../functions/notify/notification.ts";
import { unlinked } from "../../functions/notify/unlinked.ts";
import { HEADINGS } from "../support/headings.ts";
import { UNPRINTABLE } from "../support/hostile.ts";
import { expectLine, hold, MAX_PAYLOAD } from "./broken.ts";

/** What a command may be made of: words without anything that a shell reads, one patch of an HPA, and one query, in quotes. */
const COMMAND =
  /^(kubectl|aws)( (-{0,2}[A-Za-z0-9][-A-Za-z0-9._/=]*|'\{"spec":\{"minReplicas":-?\d+,"maxReplicas":-?\d+\}\}'|'cluster\.\[[A-Za-z,]+\]'))+$/;

/** Holds a notification to all that keeps it from being forged by a text in it. */
export function expectHonest(notification: Notification): void {
  const { subject, text, document, attributes } = notification;
  hold(/^[\x20-\x7e]{1,100}$/.test(subject), () => `the subject is ${JSON.stringify(subject.slice(0, 300))}`);
  for (const [name, value] of Object.entries(attributes)) {
    hold(value !== "", () => `attribute ${name} says nothing`);
    expectLine(value, `attribute ${name}`, 256);
  }
  hold(NotificationDocument.safeParse(document).success, () => "the document breaks its contract");
  expectNoForgedLine(text, document);
  const { commands, take_back, hands_off, hand_back } = document;
  for (const command of [...commands, ...take_back, ...hands_off, ...hand_back]) {
    hold(
      COMMAND.test(command) || /^kubectl (--context \S+ )?get --raw \/readyz\?verbose$/.test(command),
      () => `a command is ${JSON.stringify(command.slice(0, 300))}`,
    );
  }
  expectPlainChat(notification);
  for (const chat of [true, false]) {
    const forms = formsOf(notification, chat);
    hold(Buffer.byteLength(JSON.stringify(forms)) < MAX_PAYLOAD, () => "SNS takes no message as large as this");
    hold(
      NotificationDocument.safeParse(JSON.parse(forms["sqs"] ?? "")).success,
      () => "the form for queues is no document",
    );
  }
}

/** Every line of the text is where it belongs: each heading once at most, all else under one of them. */
function expectNoForgedLine(text: string, document: NotificationDocument): void {
  const [title = "", blank, summary, ...rest] = text.split("\n");
  expectLine(title, "the title", 400);
  hold(blank === "" && summary === unlinked(document.what), () => "the text does not begin with title and summary");
  const headings = rest.filter((line) => HEADINGS.some((heading) => line === `${heading}:`));
  hold(new Set(headings).size === headings.length, () => "a heading stands there twice");
  for (const line of rest) {
    hold(!UNPRINTABLE.test(line), () => `a line holds what cannot be printed: ${JSON.stringify(line.slice(0, 200))}`);
    const known = line === "" || line.startsWith("- ") || headings.includes(line) || line.startsWith("Execution: ");
    hold(known, () => `a line is none of a section: ${JSON.stringify(line.slice(0, 200))}`);
  }
}

/** A chat shows no link, mention or format but the workflow's own. */
function expectPlainChat({ document, subject }: Notification): void {
  const { content, metadata } = chatOf(document, subject);
  const own = HEADINGS.map((heading) => `*${heading}*`);
  const commands = document.proposal?.decide.map((line) => `\`${line.replace(/^[^`]*?: /, "")}\``) ?? [];
  const lines = content.description
    .split("\n")
    .filter((line) => line !== document.execution.console_url)
    .map((line) => commands.reduce((rest, command) => rest.replace(command, ""), line));
  for (const line of [...lines.filter((each) => !own.includes(each)), content.title, ...(content.nextSteps ?? [])]) {
    hold(!/[<>@*`~[\]]|_(?=\S*_)/.test(line), () => `a chat formats ${JSON.stringify(line.slice(0, 200))}`);
  }
  for (const word of [...content.keywords, ...metadata.relatedResources, metadata.threadId]) {
    hold(
      !UNPRINTABLE.test(word),
      () => `a keyword holds what cannot be printed: ${JSON.stringify(word.slice(0, 200))}`,
    );
  }
}
