import type { Notification } from "../../../functions/notify/notification.ts";
import type { Run } from "../../../local/scenarios/run-workflow.ts";
import { bytesOf, MAX_PAYLOAD } from "../load/payloads.ts";
import { describeRequest, effectiveWrites } from "../invariants.ts";
import type { ProxiedRequest } from "../proxy/proxy.ts";
import { differences, type Snapshot } from "../snapshot.ts";

/** What is known when scans of a whole cluster are over, in which a tenant is at work in one namespace. */
export interface TenantSeen {
  /** Whose failure is to be remedied, and the tenant's. */
  victim: string;
  tenant: string;
  /** The scans, in their order; undefined for one that did not end in time. */
  runs: readonly (Pick<Run, "result" | "notifications" | "events"> | undefined)[];
  requests: readonly ProxiedRequest[];
  /** Of the victim's namespace. */
  before: Snapshot;
  after: Snapshot;
  /** How the victim's workload differs from what the remedy leaves; undefined when it does not. */
  amiss: string | undefined;
}

/** Control characters but for a line break, and marks that change the direction of reading. */
const UNPRINTABLE = /(?!\n)\p{Cc}|\p{Bidi_Control}/u;

/** What the tenant did to others, one line each. */
export function tenantViolations(seen: TenantSeen): string[] {
  const { victim, tenant, runs, requests, before, after, amiss } = seen;
  const notifications = runs.flatMap((run) => run?.notifications ?? []);
  const about = notifications.filter(({ report }) => report.workload?.namespace === victim);
  const outcomes = about.map(({ report }) => report.outcome);
  const writes = effectiveWrites(requests);
  const ofVictim = writes
    .filter(({ path }) => isIn(path, victim))
    .map(({ method, path }) => describeRequest(method, path));
  const elsewhere = writes.filter(({ path }) => !isIn(path, victim) && !isIn(path, tenant));
  return [
    ...runs.flatMap((run, index) => runViolations(run, `scan ${index + 1}`)),
    ...(outcomes.join() === "Recovered" ? [] : [`of the other namespace is told ${outcomes.join() || "nothing"}`]),
    ...(ofVictim.join() === "PATCH deployments"
      ? []
      : [`the other namespace's remedy is ${ofVictim.join() || "nothing"}`]),
    ...(amiss === undefined ? [] : [`the other namespace's workload is not well: ${amiss}`]),
    ...differences(before, after, { "deployments/web": ["spec.template"] }).map(
      (name) => `${name} changed in the other namespace`,
    ),
    ...elsewhere.map(({ method, path }) => `something else changed: ${method} ${path}`),
    ...notifications.filter(isUnprintable).map(({ subject }) => `a message cannot be read: ${JSON.stringify(subject)}`),
  ];
}

function runViolations(run: TenantSeen["runs"][number], name: string): string[] {
  if (run === undefined) return [`${name} was still running when its time was over`];
  const largest = Math.max(0, ...run.events.flatMap(({ input, output }) => [bytesOf(input), bytesOf(output)]));
  return [
    ...(run.result.status === "failed"
      ? [`${name} failed with ${run.result.error.name}: ${run.result.error.cause}`]
      : []),
    ...(run.notifications.some(({ report }) => report.outcome === "Storm") ? [`${name} is a storm`] : []),
    ...(largest <= MAX_PAYLOAD ? [] : [`${name} has a payload of ${largest} bytes`]),
  ];
}

function isIn(path: string, namespace: string): boolean {
  return path.split("/").includes(namespace);
}

function isUnprintable({ subject, text }: Notification): boolean {
  return UNPRINTABLE.test(`${subject}${text}`);
}
