import { plain, type ChatNotification } from "./chat-form.ts";
import type { Published } from "./sns.ts";
import { unlinked } from "./unlinked.ts";

/** What there is to tell that is about no one workload or run. */
export interface News {
  /** What it is about, a word for machines: such news goes into one thread. */
  about: string;
  /** Its form for machines. */
  document: object;
  subject: string;
  title: string;
  lines: readonly string[];
  attributes: Record<string, string>;
  /** What the form for chat has beside that; undefined where nobody takes it. */
  chat: NewsInChat | undefined;
}

interface NewsInChat {
  /** `remediation.Scorecard` */
  eventType: string;
  /** In the form for chat, as long as that may be. */
  description: string;
  keywords: readonly string[];
}

/** News in the form for each protocol: text for people, JSON for all others. */
export function newsMessage(news: News): Published {
  const { about, document, subject, title, lines, attributes, chat } = news;
  return {
    subject,
    forms: {
      default: JSON.stringify(document),
      email: unlinked([title, "", ...lines].join("\n")),
      sms: subject,
      ...(chat === undefined ? {} : { https: JSON.stringify(chatOf(news, chat)) }),
    },
    attributes: { about, ...attributes },
  };
}

/** A custom notification for Amazon Q Developer in chat applications. */
function chatOf({ about, title, lines }: News, { eventType, description, keywords }: NewsInChat): ChatNotification {
  return {
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title: plain(title),
      description,
      keywords: [about, ...keywords.map(plain)],
    },
    metadata: {
      threadId: about,
      summary: plain(lines[0] ?? "").slice(0, 200),
      eventType,
      relatedResources: [],
      additionalContext: { about },
    },
  };
}
