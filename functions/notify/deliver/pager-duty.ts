import { createHash } from "node:crypto";
import { describeWorkload } from "../../kinds/workloads.ts";
import { plainNameOf, shownCluster } from "../../shared/cluster-name.ts";
import { isCall, isOver } from "../calls.ts";
import type { FleetDocument } from "../fleet/document.ts";
import { fleetLines, fleetTitle } from "../fleet/words.ts";
import type { NotificationDocument } from "../notification.ts";
import { subjectOf } from "../record/record.ts";
import { sectionsOf } from "../sections.ts";
import { shownLine } from "./shown.ts";

/** Source: developer.pagerduty.com, "Send an Alert Event", and "PD-CEF" */
const MAX_SUMMARY = 1_024;
const MAX_KEY = 255;
const MAX_FIELD = 255;
/** The service takes 512 kB, of which much more than this is read by nobody. */
const MAX_LINES = 20;
const MAX_LINE = 600;

/** What PagerDuty is sent, without the key that says to which service. */
export type PagerEvent =
  | { event_action: "resolve"; dedup_key: string }
  | {
      event_action: "trigger";
      dedup_key: string;
      client: string;
      client_url?: string;
      links: { href: string; text: string }[];
      payload: {
        summary: string;
        source: string;
        severity: "critical" | "error" | "warning";
        component: string;
        group?: string;
        class: string;
        custom_details: Record<string, string[]>;
      };
    };

/**
 * The event that an outcome is: it pages where somebody is needed for what a run found by itself, and ends the page where
 * nothing fails any more. Undefined for what is neither: what is fixed by itself, waits, or was only asked for calls nobody.
 */
export function pagerEventOf(document: NotificationDocument): PagerEvent | undefined {
  if (document.dry_run) return undefined;
  const key = { dedup_key: dedupKeyOf(document) };
  if (isOver(document)) return { event_action: "resolve", ...key };
  return isCall(document) ? { event_action: "trigger", ...key, ...detailsOf(document) } : undefined;
}

/** The event that a message of a fleet is: one page for all ways in which its clusters fail alike, until the last is over. */
export function pagerEventOfFleet(document: FleetDocument): PagerEvent | undefined {
  const key = { dedup_key: keyFor(`${document.hub}/fleet`) };
  if (document.begun.length === 0) return document.lasting.length > 0 ? undefined : { event_action: "resolve", ...key };
  const title = fleetTitle(document);
  return {
    event_action: "trigger",
    ...key,
    client: "EKS remediation",
    links: [],
    payload: {
      summary: plain(`${title}: ${document.begun[0]?.what ?? ""}`, MAX_SUMMARY),
      source: plain(plainNameOf(document.hub), MAX_FIELD),
      severity: "critical",
      component: "the fleet",
      class: "FleetStorm",
      custom_details: { "What is known": shownLines(fleetLines(document), undefined) },
    },
  };
}

/** The same for all that is told of one incident: of a workload, of a storm where the same is looked at, of the runs. */
export function dedupKeyOf(document: NotificationDocument): string {
  const { workload, cluster_name: cluster, cause, looked_at: namespace } = document;
  const whole = cause === "FailureStorm" ? ["storm", ...(namespace === undefined ? [] : [namespace])].join("/") : "run";
  return keyFor(`${cluster}/${workload === undefined ? whole : subjectOf({ workload })}`);
}

function keyFor(subject: string): string {
  const key = `eks-remediation/${subject}`;
  if (key.length <= MAX_KEY && /^[!-~]+$/.test(key)) return key;
  return `eks-remediation/${createHash("sha256").update(key).digest("hex")}`;
}

function detailsOf(document: NotificationDocument) {
  const { workload, execution, cluster_name: cluster, proposal } = document;
  const subject = workload === undefined ? document.headline : `${document.headline}: ${describeWorkload(workload)}`;
  const shownOn = shownCluster(cluster);
  const { console_url: url } = execution;
  return {
    client: "EKS remediation",
    ...(url === undefined ? {} : { client_url: url }),
    links: proposal?.url === undefined ? [] : [{ href: proposal.url, text: "Approve or decline it" }],
    payload: {
      summary: plain(`[${shownOn}] ${subject}. ${document.what}`, MAX_SUMMARY),
      source: plain(plainNameOf(cluster), MAX_FIELD),
      severity: severityOf(document),
      component: plain(workload === undefined ? "the whole cluster" : describeWorkload(workload), MAX_FIELD),
      ...(workload === undefined ? {} : { group: plain(workload.namespace, MAX_FIELD) }),
      class: plain(document.cause, MAX_FIELD),
      custom_details: Object.fromEntries(
        sectionsOf(document).map(({ heading, lines }) => [heading, shownLines(lines, proposal?.url)]),
      ),
    },
  };
}

/** How bad it is for its users. */
function severityOf({ cause, standing }: NotificationDocument): "critical" | "error" | "warning" {
  if (cause === "FailureStorm" || standing === "down") return "critical";
  return cause === "RunFailed" || standing === "up_in_part" ? "error" : "warning";
}

/** The link by which people decide stands among the links. */
function shownLines(lines: readonly string[], link: string | undefined): string[] {
  const shown = link === undefined ? lines : lines.filter((line) => !line.includes(link));
  const more = shown.length - MAX_LINES;
  const kept = shown.slice(0, MAX_LINES).map((line) => plain(line, MAX_LINE));
  return more > 0 ? [...kept, `and ${more} more`] : kept;
}

/** Text that neither PagerDuty nor what it hands an incident on to makes a link or a mention of. */
function plain(text: string, limit: number): string {
  return shownLine(text.replaceAll("<", "‹").replaceAll(">", "›").replaceAll("@", "(at)"), limit);
}
