import type { NotificationDocument } from "./notification.ts";
import { sectionsOf, type Heading } from "./sections.ts";
import { unlinked } from "./unlinked.ts";
import { shownCluster } from "../shared/cluster-name.ts";
import { bounded } from "../shared/text.ts";

/** How long the description may be. Source: Amazon Q Developer in chat applications, custom notifications. */
export const MAX_DESCRIPTION = 8_000;

/** How long one line may be: a summary is the longest. */
const MAX_LINE = 1_500;

/** The sections that are shown: what is to be done stands beside them. */
const SHOWN: readonly Heading[] = [
  "How it is",
  "Asked by",
  "Decide",
  "Done",
  "Verified",
  "What the newer version changed",
  "Last words",
  "Evidence",
  "Take it back",
  "Keep the workflow away for good",
  "Hand it back",
];

/** A custom notification for Amazon Q Developer in chat applications. */
export interface ChatNotification {
  version: "1.0";
  source: "custom";
  content: {
    textType: "client-markdown";
    title: string;
    description: string;
    nextSteps?: string[];
    keywords: string[];
  };
  metadata: {
    threadId: string;
    summary: string;
    eventType: string;
    relatedResources: string[];
    additionalContext: Record<string, string>;
  };
}

/**
 * A notification as Amazon Q Developer shows it in Slack or Teams; what is about one workload goes into one thread.
 * Source: docs.aws.amazon.com/chatbot, "Custom notifications"
 */
export function chatOf(document: NotificationDocument, title: string): ChatNotification {
  const { workload, outcome, cause } = document;
  const cluster = bounded(shownCluster(document.cluster_name), 200);
  const subject = workload === undefined ? "run" : plain(`${workload.kind}/${workload.namespace}/${workload.name}`);
  const { proposal } = document;
  // Last, and never cut: half an address leads nowhere.
  const own = [
    ...(proposal?.url === undefined ? [] : [`Approve or decline it until ${proposal.valid_until}: ${proposal.url}`]),
    ...(document.execution.console_url === undefined ? [] : [document.execution.console_url]),
  ].join("\n");
  const description = [
    plain(document.what),
    ...sectionsOf(document)
      .filter(({ heading }) => SHOWN.includes(heading))
      .flatMap(({ heading, lines }) => {
        const shown = heading === "Decide" ? decideLines(document) : lines.map(plain);
        return [`*${heading}*`, ...shown.map((line) => `• ${line}`)];
      }),
  ].join("\n");
  return {
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title: plain(title.replace(/^\[([^\]]*)\] /, "$1: ")),
      description: `${description.slice(0, MAX_DESCRIPTION - own.length - 1)}\n${own}`.trim(),
      ...(document.next_steps.length === 0 ? {} : { nextSteps: document.next_steps.map(plain) }),
      keywords: [outcome, cause, cluster].map(plain),
    },
    metadata: {
      threadId: `${cluster}/${subject}`,
      summary: bounded(plain(document.summary), 200),
      eventType: `remediation.${outcome}`,
      relatedResources: [subject],
      additionalContext: { outcome, cause: plain(cause), cluster, ...decidable(document) },
    },
  };
}

/** A command by which people decide, and what is said before it. */
const DECIDING = /^([^`]*?: )((?:aws|npm) [^`@]*)$/;

/** How to decide: each command as code, in which no client takes signs for formatting; without the link, which stands at the end. */
function decideLines({ proposal }: NotificationDocument): string[] {
  const { url, decide = [] } = proposal ?? {};
  const lines = url === undefined ? decide : decide.filter((line) => !line.includes(url));
  return lines.map((line) => {
    const [, said, command] = DECIDING.exec(line) ?? [];
    if (said === undefined || command === undefined || unlinked(command) !== command) return plain(line);
    return `${plain(said)} \`${escaped(bounded(command, MAX_LINE))}\``;
  });
}

/** What a button needs to approve or decline what is proposed; nothing where nothing is. The API server has checked the names. */
function decidable({ proposal, workload }: NotificationDocument): Record<string, string> {
  if (proposal === undefined || workload === undefined) return {};
  const { kind, namespace, name } = workload;
  return { plan: proposal.plan, kind, namespace, name, valid_until: proposal.valid_until };
}

/** Text that chat clients show as it is, in one line: no links, mentions or formatting of its own. */
export function plain(text: string): string {
  return escaped(unlinked(bounded(text, MAX_LINE)))
    .replace(/[*_`~[\]]/g, " ")
    .replaceAll("@", "(at)");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
