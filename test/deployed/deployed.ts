import { readFileSync } from "node:fs";
import { inject } from "vitest";
import { WRITES } from "../../local/scenarios/play.ts";
import { it as scenarioIt } from "../kubernetes/scenario.ts";
import { CLUSTER_NAME } from "./cloud.ts";
import { Inbox } from "./inbox.ts";

/**
 * A test with a namespace of its own, and queues that get what is published: `inbox` about the workloads in it,
 * `failedRuns` about runs that failed as a whole, of any test.
 */
export const it = scenarioIt.extend<{ inbox: Inbox; failedRuns: Inbox }>({
  inbox: async ({ scenario }, use) => {
    await withInbox({ namespace: [scenario.namespace] }, use);
  },
  // Vitest reads from the pattern what a fixture needs: nothing.
  // eslint-disable-next-line no-empty-pattern
  failedRuns: async ({}, use) => {
    await withInbox({ cause: ["RunFailed"] }, use);
  },
});

async function withInbox(filter: Record<string, string[]>, use: (inbox: Inbox) => Promise<void>): Promise<void> {
  const inbox = await Inbox.subscribe(filter);
  await use(inbox);
  await inbox.close();
}

/** A request about a namespace of the stack's cluster. */
export function about(scenario: { namespace: string }, request: object): object {
  return { cluster_name: CLUSTER_NAME, namespace: scenario.namespace, ...request };
}

/** What the stack's functions have changed in a namespace, from the audit log: `patch deployments/scale`. */
export function changesBy(step: string | undefined, namespace: string): string[] {
  return readFileSync(inject("auditLog"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"stage":"ResponseComplete"') && line.includes(`"namespace":"${namespace}"`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ verb, requestURI, user, responseStatus }) => {
      const groups = (user.groups ?? []).filter((group) => group.startsWith("eks-remediation:"));
      const isMeant = step === undefined ? groups.length > 0 : groups.includes(`eks-remediation:${step}`);
      const succeeded = (responseStatus?.code ?? 500) < 300;
      return isMeant && succeeded && WRITES.includes(verb) && !requestURI.includes("dryRun=All");
    })
    .map(({ verb, objectRef }) => `${verb} ${[objectRef?.resource, objectRef?.subresource].filter(Boolean).join("/")}`);
}

interface AuditEvent {
  verb: string;
  requestURI: string;
  user: { groups?: string[] };
  objectRef?: { resource?: string; subresource?: string };
  responseStatus?: { code?: number };
}
