import { RemediationError } from "../../shared/errors.ts";
import { bounded } from "../../shared/text.ts";
import { timeLeft } from "../../shared/time-left.ts";
import { PASSING_STATUSES } from "../answers.ts";
import type { Address } from "./address.ts";
import type { Destination } from "./destinations.ts";
import { pagerEventOf, pagerEventOfFleet } from "./pager-duty.ts";
import type { Posted } from "./post.ts";
import { shownOf } from "./shown.ts";
import { slackOf } from "./slack.ts";
import { teamsOf } from "./teams.ts";
import { toldIn, type Told } from "./told.ts";

/** What the function may use. */
export interface DeliverEnvironment {
  destination: Destination;
  /** @throws RemediationError `DeliveryFailed` when the secret cannot be read, `DeliveryRefused` when it is none */
  address: () => Promise<Address>;
  /** Sends JSON, waiting so many milliseconds at most. */
  post: (url: URL, body: string, milliseconds: number) => Promise<Posted>;
  sleep: (milliseconds: number) => Promise<unknown>;
}

/** How long one request may take, in milliseconds. */
const REQUEST_MS = 8_000;
/** How long to wait after the first request in vain; after each further one twice as long, up to the most. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Secrets are longer than that; what is shorter may be a word of the answer. */
const MIN_SECRET = 8;

/**
 * Delivers one message of the topic to one destination, and tries again while there is time. What is not for it is dropped.
 * @throws RemediationError `DeliveryFailed` when there was no answer, or none that is final, in the time that it has;
 *   `DeliveryRefused` when the destination takes no such message
 */
export async function deliver(event: unknown, environment: DeliverEnvironment): Promise<{ status: string }> {
  const told = toldIn(event);
  if (told === undefined) return { status: "not understood" };
  const form = formOf(told, environment.destination);
  if (form === undefined) return { status: "not for it" };
  const { url, routingKey } = await environment.address();
  const body = JSON.stringify(routingKey === undefined ? form : { routing_key: routingKey, ...form });
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const posted = await environment.post(url, body, Math.max(1, Math.min(REQUEST_MS, timeLeft())));
    if (isTaken(posted)) return { status: "delivered" };
    const words = wordsOf(posted, [url, routingKey]);
    const { destination } = environment;
    if (isFinal(posted))
      throw new RemediationError("DeliveryRefused", `${destination} does not take the message (${words}).`);
    const wait = "retryAfterSeconds" in posted ? Math.max(pause, posted.retryAfterSeconds * 1_000) : pause;
    if (wait + REQUEST_MS > timeLeft())
      throw new RemediationError("DeliveryFailed", `The message could not be delivered to ${destination} (${words}).`);
    await environment.sleep(wait);
  }
}

/** The message in the form of a destination; undefined where it is not for that. */
export function formOf(told: Told, destination: Destination): object | undefined {
  switch (destination) {
    case "slack":
      return slackOf(shownOf(told));
    case "teams":
      return teamsOf(shownOf(told));
    case "pagerDuty":
      if (told.is === "fleet") return pagerEventOfFleet(told.document);
      return told.is === "outcome" ? pagerEventOf(told.document) : undefined;
  }
}

/** The old webhooks of Teams answer 200 also where the message was not posted, and say so. */
const NOT_POSTED = /^Webhook message delivery failed/;

function isTaken(posted: Posted): boolean {
  return "status" in posted && posted.status >= 200 && posted.status < 300 && !NOT_POSTED.test(posted.body);
}

function isFinal(posted: Posted): boolean {
  return "status" in posted && posted.status >= 300 && posted.status < 500 && !PASSING_STATUSES.includes(posted.status);
}

/** What the destination said, without what is secret of the request: something on the way may repeat that. */
function wordsOf(posted: Posted, [url, routingKey = ""]: readonly [URL, string | undefined]): string {
  if ("unanswered" in posted) return `no answer: ${posted.unanswered}`;
  const secrets = [url.href, routingKey, ...url.pathname.split("/"), ...url.searchParams.values()];
  const said = secrets
    .filter((secret) => secret.length >= MIN_SECRET)
    .reduce((text, secret) => text.replaceAll(secret, "(hidden)"), posted.body);
  return `status ${posted.status}${said === "" ? "" : `: ${bounded(said, 200)}`}`;
}
