import { shownCluster } from "../../shared/cluster-name.ts";
import { count } from "../../shared/text.ts";
import { MAX_DESCRIPTION, plain } from "../chat-form.ts";
import { asciiLine } from "../message.ts";
import { newsMessage } from "../news.ts";
import type { Published } from "../sns.ts";
import type { ScorecardDocument } from "./document.ts";
import { scorecardSections, scorecardTitle, sumOf } from "./words.ts";

/** The message of a week in the form for each protocol. */
export function scorecardMessage(document: ScorecardDocument, isForChat: boolean): Published {
  const title = scorecardTitle(document);
  const lines = scorecardSections(document);
  const [only, ...others] = document.clusters;
  return newsMessage({
    about: "scorecard",
    document,
    subject: asciiLine(`${title}: ${gist(document)}`),
    title,
    lines,
    attributes: {
      needs_person: "false",
      ...(only === undefined || others.length > 0 ? {} : { cluster: only.cluster_name }),
    },
    chat: isForChat
      ? {
          eventType: "remediation.Scorecard",
          description: lines.map(plain).join("\n").slice(0, MAX_DESCRIPTION),
          keywords: document.clusters.map((each) => shownCluster(each.cluster_name)).slice(0, 5),
        }
      : undefined,
  });
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
