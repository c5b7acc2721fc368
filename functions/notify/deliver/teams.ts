import { fitting, shownLine, type Shown } from "./shown.ts";

/** How many bytes a message may have; a little is left for what the workflow in Teams adds. Source: learn.microsoft.com, "Create incoming webhooks" */
const MAX_BYTES = 27_000;
const MAX_TITLE = 250;
const MAX_WHAT = 1_500;
const MAX_LINE = 600;

/** In a run of text no signs mean anything, as they do in a `TextBlock`. Source: adaptivecards.io, "TextRun" */
interface TextRun {
  type: "TextRun";
  text: string;
  weight?: "Bolder";
  size?: "Large";
}

/** A message for a webhook of Teams. */
export interface TeamsMessage {
  type: "message";
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive";
      contentUrl: null;
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json";
        type: "AdaptiveCard";
        version: "1.4";
        msteams: { width: "Full" };
        body: { type: "RichTextBlock"; inlines: [TextRun]; spacing?: "None" }[];
        actions: { type: "Action.OpenUrl"; title: string; url: string }[];
      };
    },
  ];
}

/**
 * What is shown, as an Adaptive Card for the webhook of a workflow in Teams. Such a webhook cannot write into a thread.
 * Source: learn.microsoft.com, "Create incoming webhooks with Workflows for Microsoft Teams"
 */
export function teamsOf(shown: Shown): TeamsMessage {
  return fitting(shown, messageOf, (message) => Buffer.byteLength(JSON.stringify(message)) <= MAX_BYTES);
}

function messageOf({ title, what, sections, links }: Shown): TeamsMessage {
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: { width: "Full" },
          body: [
            { type: "RichTextBlock", inlines: [{ ...run(title, MAX_TITLE), weight: "Bolder", size: "Large" }] },
            ...(what === "" ? [] : [{ type: "RichTextBlock" as const, inlines: [run(what, MAX_WHAT)] as [TextRun] }]),
            ...sections.flatMap(({ heading, lines }) => [
              { type: "RichTextBlock" as const, inlines: [{ ...run(heading, 100), weight: "Bolder" }] as [TextRun] },
              ...lines.map((line) => ({
                type: "RichTextBlock" as const,
                inlines: [run(`• ${line}`, MAX_LINE)] as [TextRun],
                spacing: "None" as const,
              })),
            ]),
          ],
          actions: links.map(({ text, url }) => ({ type: "Action.OpenUrl", title: text, url })),
        },
      },
    ],
  };
}

/** Text as it is: a card would make a date of `{{DATE(…)}}`. Source: adaptivecards.io, "Text features" */
function run(text: string, limit: number): TextRun {
  return { type: "TextRun", text: shownLine(text, limit).replaceAll("{{", "{ {") };
}
