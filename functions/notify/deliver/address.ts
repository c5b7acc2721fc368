import * as z from "zod";
import { RemediationError } from "../../shared/errors.ts";
import type { Destination } from "./destinations.ts";

/** Where a message goes, and what is sent with it so that it is taken. Both are secret. */
export interface Address {
  url: URL;
  routingKey?: string;
}

/**
 * Where each destination's messages may go: what is in the secret may lead nowhere else.
 * Source: docs.slack.dev, "Sending messages using incoming webhooks"; learn.microsoft.com, "Create incoming webhooks with Workflows"
 */
const HOSTS: Readonly<Record<Exclude<Destination, "pagerDuty">, RegExp>> = {
  slack: /^hooks\.slack(-gov)?\.com$/,
  teams: /^[a-z0-9.-]+\.(webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/,
};

/** Source: developer.pagerduty.com, "Events API v2", and "Service regions" */
const PAGER_DUTY = { us: "https://events.pagerduty.com/v2/enqueue", eu: "https://events.eu.pagerduty.com/v2/enqueue" };
const RoutingKey = z.string().regex(/^[A-Za-z0-9]{32}$/);
const PagerDutySecret = z.strictObject({ routing_key: RoutingKey, region: z.enum(["us", "eu"]).default("us") });

/**
 * Reads what a secret holds: the address of a webhook, or PagerDuty's routing key, alone or as
 * `{"routing_key": "…", "region": "eu"}`. Nothing of it is in the error.
 * @throws RemediationError `DeliveryRefused`
 */
export function addressIn(secret: string, destination: Destination): Address {
  const text = secret.trim();
  if (destination === "pagerDuty") return pagerDutyIn(text);
  const url = URL.parse(text);
  const isIts = url?.protocol === "https:" && HOSTS[destination].test(url.hostname) && url.port === "";
  if (url === null || !isIts || url.username !== "" || url.password !== "")
    throw unusable(destination, "the https address of a webhook of its own");
  return { url };
}

function pagerDutyIn(text: string): Address {
  const { data } = PagerDutySecret.safeParse(text.startsWith("{") ? parsed(text) : { routing_key: text });
  if (data === undefined) throw unusable("pagerDuty", "a routing key of the Events API v2, of 32 letters and digits");
  return { url: new URL(PAGER_DUTY[data.region]), routingKey: data.routing_key };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(destination: Destination, wanted: string): RemediationError {
  return new RemediationError(
    "DeliveryRefused",
    `What the secret for ${destination} holds is not ${wanted}, so nothing is sent. Put that into the secret.`,
  );
}
