import { bounded } from "../../shared/text.ts";
import { MAX_DESCRIPTION, plain } from "../chat-form.ts";
import { asciiLine } from "../message.ts";
import { newsMessage } from "../news.ts";
import type { Published } from "../sns.ts";
import type { DiscoveryDocument } from "./document.ts";
import { discoveryLines, discoveryTitle } from "./words.ts";

/** The message in the form for each protocol. */
export function discoveryMessage(document: DiscoveryDocument, isForChat: boolean): Published {
  const title = discoveryTitle(document);
  const lines = discoveryLines(document);
  return newsMessage({
    about: document.about,
    document,
    subject: asciiLine(title),
    title,
    lines,
    attributes: { needs_person: "true" },
    chat: isForChat
      ? {
          eventType: "remediation.FleetDiscovery",
          description: bounded(lines.map(plain).join(" "), MAX_DESCRIPTION),
          keywords: [],
        }
      : undefined,
  });
}
