import { describe, expect, it } from "vitest";
import type { OutcomeRecord } from "../../../../functions/notify/record/record.ts";
import type { Records } from "../../../../functions/notify/record/week.ts";
import { ScorecardDocument } from "../../../../functions/notify/scorecard/document.ts";
import { tellTheWeek } from "../../../../functions/notify/scorecard/weekly.ts";
import { shownOf } from "../../../../functions/notify/deliver/shown.ts";
import type { Published } from "../../../../functions/notify/sns.ts";
import type { Reader } from "../../../../functions/shared/cluster/cluster.ts";
import { RemediationError } from "../../../../functions/shared/errors.ts";
import { ApiServer, refusal } from "../../../support/api-server.ts";

const NOW = new Date("2026-06-08T08:00:00Z");
const ARN = "arn:aws:eks:us-east-1:210987654321:cluster/prod";
const REF = (revision: number) => ({ revision, kind: "ReplicaSet", name: `web-${revision}`, template: `${revision}` });
const ROLLBACK = { before: REF(2), after: REF(1), unblocked: [] };
const PLAN = { action: "rollback", ...ROLLBACK } as const;

let number = 0;
/** What was told of a workload on a day of June. */
function told(day: number, workload: string, overrides: Partial<OutcomeRecord> = {}): OutcomeRecord {
  const [namespace = "", name = ""] = workload.split("/");
  const run = `run-${number++}`;
  return {
    ...{ version: 1, at: `2026-06-0${day}T10:00:00.000Z`, execution: { id: run, name: run }, cluster_name: "prod" },
    ...{ workload: { kind: "Deployment", namespace, name }, asked_by: "found", dry_run: false, outcome: "Skipped" },
    ...{ cause: "CrashLoopAfterRollout", action: "none", summary: "", needs_person: true },
    ...{ found: [], evidence: [], rejected: [], changes: [] },
    ...overrides,
  };
}

const decided = (day: number, workload: string, overrides: Partial<OutcomeRecord> = {}) =>
  told(day, workload, { reason: "DiagnoseOnly", proposed: PLAN, template: "2", ...overrides });
const change = { kind: "rollback", ...ROLLBACK } as const;
const CHANGE = { change, state: "in place", undo: "can be undone" } as const;
const done = (day: number, workload: string, overrides: Partial<OutcomeRecord> = {}) =>
  told(day, workload, { outcome: "Recovered", action: "rollback", changes: [CHANGE], ...overrides });
/** It was decided upon, and an hour later somebody approved it. */
const approved = (day: number, workload: string, cluster = "prod") => [
  decided(day, workload, { cluster_name: cluster }),
  done(day, workload, { asked_by: "person", at: `2026-06-0${day}T11:00:00.000Z`, cluster_name: cluster }),
];

/** The message of a week with these outcomes, on clusters that do not answer. */
async function week(
  records: OutcomeRecord[],
  more: Partial<Records> = {},
  isForChat = false,
  connect: () => Promise<Reader> = () => Promise.reject(new RemediationError("ClusterUnreachable", "no")),
) {
  const messages: Published[] = [];
  const asked: unknown[] = [];
  let connected = 0;
  const document = await tellTheWeek({
    clusterName: "prod",
    now: () => NOW,
    records: (since, most) => {
      asked.push([since, most]);
      return Promise.resolve({ records, unread: 0, isCut: false, ...more });
    },
    connect: () => {
      connected++;
      return connect();
    },
    isForChat,
    publish: (message) => {
      messages.push(message);
      return Promise.resolve();
    },
  });
  const [message, ...others] = messages;
  if (message === undefined || others.length > 0) throw new Error("One message was expected.");
  return { document, message, text: message.forms["email"] ?? "", asked, connected };
}

describe("the message of a week", () => {
  it("says so where nothing was decided or done", async () => {
    const { text, message, asked } = await week([told(3, "shop/web", { reason: "NoSafeRemedy" })]);

    expect(text).toBe(
      "Scorecard of cluster prod, 2026-06-01 to 2026-06-08\n\nNothing was decided or done in that time.",
    );
    expect(message.subject).toBe("Scorecard of cluster prod, 2026-06-01 to 2026-06-08: nothing decided");
    expect(asked).toEqual([["2026-06-01T08:00:00.000Z", 10_000]]);
  });

  it("says how often it would have acted, how often that was right, how much sooner, and what is ready for more", async () => {
    const { text, message } = await week(["shop/a", "shop/b", "shop/c"].flatMap((name) => approved(3, name)));

    expect(text).toContain("It would have acted 3 times: as far as can be seen, 3 right, 0 not needed or not wanted");
    expect(text).toContain("The right ones would have come 3 h sooner in all.");
    expect(text).toContain("\nshop: 3 right, 0 wrong, 0 unknown; ready for approve\n");
    expect(message.subject).toMatch(/: would have acted 3 times, 3 right$/);
    expect(message.attributes).toEqual({ about: "scorecard", needs_person: "false", cluster: "prod" });
  });

  it("counts what could not be compared as not known, says so, and asks a lost cluster no second time", async () => {
    const { text, document, connected } = await week([decided(3, "shop/web"), decided(4, "shop/api")]);

    expect(text).toContain(
      "2 times: as far as can be seen, 0 right, 0 not needed or not wanted, 2 that cannot be told.",
    );
    expect(text).toContain("2 decisions could not be compared with what is on the cluster now.");
    expect(document.clusters).toMatchObject([{ would_have_acted: 2, unknown: 2, not_looked_at: 2 }]);
    expect(connected).toBe(1);
  });

  it("takes a workload that is gone for gone, and looks at the others where one may not be read", async () => {
    const api = await ApiServer.start();
    const deployment = (name: string) => `/apis/apps/v1/namespaces/shop/deployments/${name}`;
    api.on("GET", deployment("secret"), refusal(403, "deployments is forbidden"));
    api.on("GET", deployment("gone"), refusal(404, "not found"));
    const decisions = [decided(3, "shop/secret"), decided(4, "shop/gone")];
    const { document, text } = await week(decisions, {}, false, () => Promise.resolve(api.cluster()));
    await api.stop();

    expect(document.clusters).toMatchObject([{ would_have_acted: 2, unknown: 2, not_looked_at: 1 }]);
    expect(text).toContain("1 decision could not be compared with what is on the cluster now.");
  });

  it("says what was done and what came of it, also where nothing was only decided", async () => {
    const { text, message } = await week([done(2, "shop/web"), done(3, "shop/api", { outcome: "RolledBack" })]);

    expect(text).toContain("\n\nIt acted 2 times: 1 held.\nshop: 1 right, 1 wrong, 0 unknown\n");
    expect(message.subject).toMatch(/: acted 2 times, 1 held$/);
  });

  it("is one for all clusters of a hub, which are kept apart", async () => {
    const { text, document, message } = await week([...approved(3, "shop/web"), ...approved(4, "shop/web", ARN)]);

    expect(document.clusters.map((each) => [each.cluster_name, each.right])).toEqual([
      ["prod", 1],
      [ARN, 1],
    ]);
    expect(text).toContain("Scorecard of 2 clusters");
    expect(text).toContain("prod: shop: 1 right");
    expect(text).toContain("prod (210987654321, us-east-1): shop: 1 right");
    expect(message.attributes).toEqual({ about: "scorecard", needs_person: "false" });
  });

  it("says what is not counted", async () => {
    const { text } = await week([], { unread: 2, isCut: true });

    expect(text).toContain("2 outcomes of the record cannot be read, and are not counted.");
    expect(text).toContain("There are more outcomes than are looked through: the oldest are not counted.");
  });

  it("fits, however many namespaces there are, and shows those first that are ready for more", async () => {
    const many = Array.from({ length: 400 }, (_, index) => done(2, `ns-${index}/web`));
    const ready = ["zz/a", "zz/b", "zz/c"].flatMap((name) => approved(3, name));
    const { text, document, message } = await week([...many, ...ready], {}, true);

    expect(Buffer.byteLength(JSON.stringify(message.forms))).toBeLessThan(256 * 1_024);
    expect(document.omitted_namespaces).toBe(201);
    expect(text).toContain("zz: 3 right, 0 wrong, 0 unknown; ready for approve");
    expect(text).toContain("and 201 more namespaces");
    expect(message.subject.length).toBeLessThanOrEqual(100);
  });

  it("has a form for machines, for chat and for what is delivered", async () => {
    const { document, message } = await week([done(2, "shop/web")], {}, true);

    expect(ScorecardDocument.parse(JSON.parse(message.forms["default"] ?? ""))).toEqual(document);
    expect(JSON.parse(message.forms["https"] ?? "")).toMatchObject({
      source: "custom",
      metadata: { threadId: "scorecard" },
    });
    expect(message.forms["sms"]).toBe(message.subject);
    expect(shownOf({ is: "scorecard", document })).toMatchObject({
      title: "Scorecard of cluster prod, 2026-06-01 to 2026-06-08",
      what: "It acted 1 time: 1 held.",
      sections: [
        { heading: "Namespaces", lines: ["shop: 1 right, 0 wrong, 0 unknown", expect.stringContaining("ready")] },
      ],
    });
  });
});
