import { createHmac } from "node:crypto";
import * as z from "zod";
import { RemediationError } from "../../shared/errors.ts";
import { WorkloadRef } from "../../shared/refs.ts";
import { NotificationDocument } from "../notification.ts";
import { digestOfText } from "./digest.ts";
import { refused, sender } from "./request.ts";
import type { GitServer, Post } from "./server.ts";
import type { WebhookSettings } from "./settings.ts";

/** The version of the event. It grows when a field changes its meaning or goes; new fields may come at any time. */
const GIT_EVENT_VERSION = 1;

/** What a webhook is sent: what an issue would say, and what it is made of. */
export const GitEvent = z.strictObject({
  version: z.literal(GIT_EVENT_VERSION),
  /** `opened`: something new. `changed`: it is another thing by now. `over`: nothing fails any more. */
  event: z.enum(["opened", "changed", "over"]),
  /** The same whenever this event is sent again. */
  id: z.string(),
  /** The same for all events of what began with one `opened`, whose `id` it is. */
  thread: z.string(),
  cluster_name: z.string(),
  workload: WorkloadRef,
  /** One line of plain text. */
  title: z.string(),
  /** Markdown, in which text of others stands as code. */
  body: z.string(),
  /** The commits of a rollback through Argo CD: what was deployed when it failed, and what runs again. Absent where no one commit is told. */
  deployed: z.strictObject({ from: z.string(), to: z.string() }).optional(),
  /** The notification. How a proposal is decided upon is not in it. */
  finding: NotificationDocument.omit({ proposal: true }),
});
export type GitEvent = z.output<typeof GitEvent>;

const MEANINGS: Readonly<Record<number, string>> = {
  401: "It does not take the signature: the same key has to be in the secret and with it.",
  403: "It does not take the signature: the same key has to be in the secret and with it.",
};

/** What of an event does not stand in what is written. */
export type EventBasis = Pick<GitEvent, "cluster_name" | "workload" | "finding" | "deployed">;

/** Sends events to an address, signed, in the place of opening issues; what becomes of them there is not asked for. */
export function webhookServer({ url }: WebhookSettings, key: string, basis: EventBasis): GitServer {
  const send = sender((_request, body) => signed(key, body, new Date()));
  const post = async (event: GitEvent["event"], thread: string, { title, body, id }: Post) => {
    const document: GitEvent = { version: GIT_EVENT_VERSION, event, id, thread, title, body, ...basis };
    const request = { method: "POST", url, body: document, shown: `POST to ${new URL(url).host}` } as const;
    const answer = await send(request);
    if (answer.status < 200 || answer.status >= 300) throw refused(request, answer, MEANINGS, key);
  };
  return {
    check: () => Promise.resolve(),
    async open(written) {
      await post("opened", written.id, written);
      return { is: "issue", number: 0, url: "", text: digestOfText(written.title, written.body) };
    },
    // What was sent is sent again: its ID says that it is the same.
    find: () => Promise.resolve(undefined),
    hasComment: () => Promise.resolve(false),
    look: () => Promise.resolve({ isOpen: true, isUntouched: true }),
    comment: async ({ opened_by: thread }, written, isEnd) => {
      await post(isEnd ? "over" : "changed", thread, written);
    },
    close: () => Promise.resolve(),
  };
}

/** The headers by which whoever has the key knows that an event is the workflow's, and not one that was sent before. */
export function signed(key: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = createHmac("sha256", key).update(`${timestamp}.${body}`).digest("hex");
  return { "x-eks-remediation-timestamp": timestamp, "x-eks-remediation-signature": `sha256=${signature}` };
}

/** The finding as a webhook gets it. @throws RemediationError `DeliveryRefused` where it is about no workload */
export function basisOf(document: NotificationDocument, deployed: EventBasis["deployed"]): EventBasis {
  const { proposal: _proposal, workload, ...finding } = document;
  if (workload === undefined) throw new RemediationError("DeliveryRefused", "It is about no workload.");
  const { cluster_name } = document;
  return { cluster_name, workload, finding: { workload, ...finding }, ...(deployed === undefined ? {} : { deployed }) };
}
