import { fitting, shownLine, type Shown } from "./shown.ts";

/** Source: docs.slack.dev, "Blocks" and "Header block", "Section block" */
const MAX_BLOCKS = 50;
const MAX_HEADER = 150;
const MAX_TEXT = 3_000;

interface PlainText {
  type: "plain_text";
  text: string;
  emoji: false;
}
/** In this alone signs mean something: it holds the workflow's own words and addresses, and nothing else. */
interface OwnText {
  type: "mrkdwn";
  text: string;
  verbatim: true;
}
type Block = { type: "header"; text: PlainText } | { type: "section"; text: PlainText | OwnText };

/** A message for an incoming webhook of Slack. */
export interface SlackMessage {
  /** What a client shows that shows no blocks, as in the pop-up of a phone. */
  text: string;
  mrkdwn: false;
  unfurl_links: false;
  unfurl_media: false;
  blocks: Block[];
}

/**
 * What is shown, for an incoming webhook of Slack. It cannot write into a thread: the answer of a webhook names no message.
 * Source: docs.slack.dev, "Sending messages using incoming webhooks", "Formatting message text"
 */
export function slackOf(shown: Shown): SlackMessage {
  return fitting(shown, messageOf, ({ blocks }) => blocks.length <= MAX_BLOCKS);
}

function messageOf({ title, what, sections, links }: Shown): SlackMessage {
  const own = links.map(({ text, url }) => `<${url.replaceAll("&", "&amp;")}|${text}>`).join("\n");
  return {
    text: escaped(shownLine(title, MAX_HEADER)),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plain(shownLine(title, MAX_HEADER)) },
      // A block without text is refused, with all of the message.
      ...[shownLine(what, MAX_TEXT)].filter((text) => text !== "").map(section),
      ...sections.map(({ heading, lines }) =>
        section([heading, ...lines.map((line) => `• ${shownLine(line, MAX_TEXT)}`)].join("\n")),
      ),
      ...(own === ""
        ? []
        : [{ type: "section" as const, text: { type: "mrkdwn" as const, text: own, verbatim: true as const } }]),
    ],
  };
}

function section(text: string): Block {
  return { type: "section", text: plain(cut(text, MAX_TEXT)) };
}

function plain(text: string): PlainText {
  return { type: "plain_text", text, emoji: false };
}

/** Several lines, of which none ends in half a character. */
function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The signs with which Slack makes mentions and links of text. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
