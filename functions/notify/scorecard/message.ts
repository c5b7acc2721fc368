import { shownCluster } from "../../shared/cluster-name.ts";
import { count } from "../../shared/text.ts";
import { plain, type ChatNotification } from "../chat-form.ts";
import { asciiLine } from "../message.ts";
import type { Published } from "../sns.ts";
import { unlinked } from "../unlinked.ts";
import type { ScorecardDocument } from "./document.ts";
import { scorecardSections, scorecardTitle, sumOf } from "./words.ts";

/** The message of a week in the form for each protocol: text for people, JSON for all others. */
export function scorecardMessage(document: ScorecardDocument, isForChat: boolean): Published {
  const title = scorecardTitle(document);
  const lines = scorecardSections(document);
  const subject = asciiLine(`${title}: ${gist(document)}`);
  const text = unlinked([title, "", ...lines].join("\n"));
  const [only, ...others] = document.clusters;
  return {
    subject,
    forms: {
      default: JSON.stringify(document),
      email: text,
      sms: subject,
      ...(isForChat ? { https: JSON.stringify(chatOf(document, title, lines)) } : {}),
    },
    attributes: {
      about: "scorecard",
      needs_person: "false",
      ...(only === undefined || others.length > 0 ? {} : { cluster: only.cluster_name }),
    },
  };
}

/** What a subject has room for. */
function gist({ clusters }: ScorecardDocument): string {
  const { would_have_acted: decided, right, acted, held } = sumOf(clusters);
  const parts = [
    ...(decided === 0 ? [] : [`would have acted ${count(decided, "time")}, ${right} right`]),
    ...(acted === 0 ? [] : [`acted ${count(acted, "time")}, ${held} held`]),
  ];
  return parts.length === 0 ? "nothing decided" : parts.join("; ");
}

/** A custom notification for Amazon Q Developer in chat applications. */
function chatOf(document: ScorecardDocument, title: string, lines: readonly string[]): ChatNotification {
  const clusters = document.clusters.map((each) => shownCluster(each.cluster_name)).slice(0, 5);
  return {
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title: plain(title),
      description: lines.map(plain).join("\n").slice(0, 8_000),
      keywords: ["scorecard", ...clusters.map(plain)],
    },
    metadata: {
      threadId: "scorecard",
      summary: plain(lines[0] ?? "").slice(0, 200),
      eventType: "remediation.Scorecard",
      relatedResources: [],
      additionalContext: { about: "scorecard" },
    },
  };
}
