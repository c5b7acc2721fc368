import { describeWorkload } from "../../kinds/workloads.ts";
import { shownCluster } from "../../shared/cluster-name.ts";
import { moment } from "../../shared/text.ts";
import { fitting, isPlain, type Shown } from "../deliver/shown.ts";
import type { NotificationDocument } from "../notification.ts";
import { sectionsOf, type Heading } from "../sections.ts";
import { code, codeBlock, plainWords } from "./code.ts";
import { isAsked, type Occasion } from "./occasion.ts";
import { markOf, type Deployed, type Post } from "./server.ts";

/** GitHub takes 256 and GitLab 255 characters of a title, and GitHub 65,536 of a body. */
const MAX_TITLE = 240;
const MAX_BODY = 60_000;

/** What can be copied to a shell. */
const COMMANDS: readonly Heading[] = ["Look at it", "Take it back", "Keep the workflow away for good", "Hand it back"];

/** What is written of an outcome. */
export interface Told {
  document: NotificationDocument;
  occasion: Occasion;
  /** When it was published, RFC 3339. */
  at: string;
  /** The commits between which it went back, or why they are not known; undefined where no revert is asked for. */
  deployed?: Deployed | { unsure: string };
  /** Until when no more is opened here, where this is the last of its hour. */
  lastUntil?: Date | undefined;
}

/**
 * An issue, or a comment in one that is there.
 * @param isKept whether it is an issue, which the function adds to and closes
 */
export function issuePost(told: Told, isKept: boolean): Post {
  return postOf(told, [...openingLines(told), ...notReverted(told)], isKept ? [ABOUT_ISSUE] : []);
}

/** A pull or merge request that reverts a commit. */
export function revertPost(told: Told, { from, to }: Deployed): Post {
  const { id } = told.occasion;
  const own = [
    ...openingLines(told),
    `Argo CD had deployed commit ${code(from)} when it failed, and the workflow had it go back to ${code(to)}, the commit right before it, with which it was well for the whole soak time. This takes back exactly what ${code(from)} changed. Nothing is merged by itself: mend the cause instead where that is better, and close this.`,
    "Once this is merged, resume the automated sync, as the text below says.",
  ];
  const post = postOf(told, own, []);
  return { ...post, id, title: plainWords(`Revert ${from.slice(0, 12)}: ${aboutOf(told)}`, MAX_TITLE) };
}

/** A comment that nothing fails any more. */
export function endPost(told: Told): Post {
  return postOf(told, [END], []);
}

/** What ends a thread that is not closed, since the repository holds what failed. */
const END = "Nothing fails any more, as far as the workflow has seen.";
const ABOUT_ISSUE =
  "There is one issue for this workload. What changes is added to it, and so is that it works again; then it is closed, unless somebody has written into it, edited, assigned or labelled it, or the cluster was rolled back.";

function openingLines({ document, occasion, at }: Told): string[] {
  const time = moment(new Date(at));
  switch (occasion.is) {
    case "needed":
      return [`As of ${time}, something fails on a cluster that needs a person.`];
    case "behind": {
      const why = isAsked(document) ? "as somebody has asked for" : "since a newer one did not work";
      return [
        `As of ${time}, the cluster runs an earlier version of this workload, ${why}. If it is deployed from this repository, the next deployment brings the newer one again: mend the cause first.`,
      ];
    }
    case "over":
      return [];
  }
}

function notReverted({ deployed }: Told): string[] {
  if (deployed === undefined) return [];
  return "unsure" in deployed ? [`No revert was opened: ${code(deployed.unsure)}.`] : [];
}

function postOf(told: Told, own: readonly string[], end: readonly string[]): Post {
  const { document, occasion, lastUntil } = told;
  const { console_url: url } = document.execution;
  const last =
    lastUntil === undefined
      ? []
      : [`As much was opened and written here as may be in an hour: until ${moment(lastUntil)} nothing more is.`];
  const about = `${code(describeWorkload(occasion.workload))} on cluster ${code(shownCluster(document.cluster_name))}`;
  // Whoever has the link may decide. On the cluster there is nothing to do, and here there is.
  const leftOut: Heading[] = ["Decide", ...(occasion.is === "behind" ? ["To do" as const] : [])];
  const shown: Shown = {
    title: "",
    what: document.what,
    sections: occasion.is === "over" ? [] : sectionsOf(document).filter(({ heading }) => !leftOut.includes(heading)),
    links: url !== undefined && isPlain(url) ? [{ text: "The execution", url }] : [],
  };
  const body = fitting(
    shown,
    ({ what, sections, links }) =>
      [
        ...[`${about}: **${headline(document)}**`, ...own, ...last, code(what, 1_500)],
        ...sections.map(({ heading, lines }) => `### ${heading}\n\n${shownLines(heading as Heading, lines)}`),
        ...links.map(({ text, url }) => `[${text}](<${url}>)`),
        ...[...end, markOf(occasion.id)],
      ].join("\n\n"),
    (text) => text.length <= MAX_BODY,
  );
  return { title: titleOf(told), body, id: occasion.id };
}

function shownLines(heading: Heading, lines: readonly string[]): string {
  if (COMMANDS.includes(heading)) return codeBlock(lines);
  return lines.map((line) => `- ${code(line)}`).join("\n");
}

function titleOf(told: Told): string {
  const { document, occasion } = told;
  const subject = occasion.is === "behind" ? "Rolled back on the cluster" : document.headline;
  return plainWords(`${subject}: ${aboutOf(told)}`, MAX_TITLE);
}

function aboutOf({ document, occasion }: Told): string {
  return `${describeWorkload(occasion.workload)} on cluster ${shownCluster(document.cluster_name)}`;
}

/** One of a few phrases of the workflow's own, which hold the name of an action at most. */
function headline({ headline: said }: NotificationDocument): string {
  return plainWords(said, 100);
}
