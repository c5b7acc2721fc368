import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { chatOf } from "../../../functions/notify/chat-form.ts";
import { linkOf, type Link } from "../../../functions/notify/link.ts";
import { workloadMessage } from "../../../functions/notify/message.ts";
import { NotificationDocument } from "../../../functions/notify/notification.ts";
import { formsOf } from "../../../functions/notify/sns.ts";
import type { Report, WorkloadRun } from "../../../functions/run/contracts.ts";
import { MAX_SIGNED, proposalIn, signedIn } from "../../../functions/run/decision-link.ts";
import { bounded } from "../../../functions/shared/text.ts";
import { hostileText } from "../../support/hostile.ts";
import { HOST, sign } from "../../support/links.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

const ADDRESS = `https://${HOST}/`;
const LINKS = { address: ADDRESS, sign };
const REPORT: Report = {
  outcome: "Skipped",
  cause: "CrashLoopAfterRollout",
  action: "none",
  reason: "ApprovalNeeded",
  summary: "2 pods crash. Would roll back.",
  needs_person: true,
  plan: "0123456789abcdef",
  valid_until: "2026-06-02T12:00:00.000Z",
};

/** A run that proposes something. */
function proposing(message = "Would roll back.", summary = "2 pods crash.", workload = {}): WorkloadRun {
  const remedy = { action: "none", refusal: "ApprovalNeeded", message } as const;
  const run = claimedRun({ diagnosis: diagnosis({ summary, remedy }) });
  return { ...run, incident: { ...run.incident, workload: { ...run.incident.workload, ...workload } } };
}

function urlOf(link: Link | undefined): string {
  if (link === undefined || !("url" in link)) throw new Error("There is no link.");
  return link.url;
}

describe("the link to what is proposed", () => {
  it("carries what the page shows, and what the request needs", async () => {
    const url = urlOf(await linkOf(proposing(), REPORT, LINKS));
    const signed = signedIn(new URL(url).pathname);

    expect(signed?.mac).toBe(await sign(signed?.text ?? ""));
    expect(proposalIn(signed?.text ?? "")).toEqual({
      cluster_name: "prod",
      namespace: "shop",
      kind: "Deployment",
      name: "web",
      plan: REPORT.plan,
      valid_until: REPORT.valid_until,
      cause: "2 pods crash.",
      would: "Would roll back.",
    });
  });

  it("stands first among the ways to decide, and can be followed in text and chat", async () => {
    const link = await linkOf(proposing(), REPORT, LINKS);
    const { text, document, subject } = workloadMessage(proposing(), REPORT, [], undefined, link);
    const url = urlOf(link);

    expect(document.proposal).toMatchObject({
      url,
      decide: [
        `Open ${url} to approve or decline it until ${REPORT.valid_until ?? ""}; whoever has this link may do so.`,
        expect.stringMatching(/^Approve it until/),
        expect.stringMatching(/^Decline it/),
      ],
    });
    expect(text).toContain(`- Open ${url} to`);
    expect(chatOf(document, subject).content.description).toContain(`: ${url}\n`);
    expect(NotificationDocument.safeParse(document).error).toBeUndefined();
  });

  it("is not there where nothing is proposed, or links are switched off", async () => {
    const { plan: _plan, ...without } = REPORT;

    expect(await linkOf(proposing(), without, LINKS)).toBeUndefined();
    expect(await linkOf(proposing(), REPORT, undefined)).toBeUndefined();
    expect(workloadMessage(proposing(), REPORT).document.proposal).not.toHaveProperty("url");
  });

  it("keeps no message back where the key does not answer: people are told why, and have the commands", async () => {
    const link = await linkOf(proposing(), REPORT, { ...LINKS, sign: () => Promise.reject(new Error("no access")) });
    const { document } = workloadMessage(proposing(), REPORT, [], undefined, link);

    expect(document.proposal).not.toHaveProperty("url");
    expect(document.proposal?.decide[0]).toBe("There is no link to decide by (no access); the commands do the same.");
    expect(document.proposal?.decide).toHaveLength(3);
  });

  it("fits into one call of the key, is understood by the page, and is followed whole, whatever the cluster says", async () => {
    const longest = { namespace: "n".repeat(63), name: "w".repeat(253) };
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, async (message, summary) => {
        const run = { ...proposing(message, summary, longest), cluster_name: "c".repeat(100) };
        const link = await linkOf(run, REPORT, LINKS);
        const url = urlOf(link);
        const signed = signedIn(new URL(url).pathname);
        expect(signed?.text.length).toBeLessThanOrEqual(MAX_SIGNED);
        expect(proposalIn(signed?.text ?? "")?.would).toBe(bounded(message, 450));

        const made = workloadMessage(run, { ...REPORT, summary: bounded(summary, 900) }, [], undefined, link);
        const forms = formsOf(made, true);
        const chat = chatOf(made.document, made.subject).content.description;
        expect(chat.length).toBeLessThanOrEqual(8_000);
        for (const form of [forms["email"] ?? "", chat]) {
          expect(form).toContain(url);
          const others = form.replaceAll(url, "").replaceAll(made.document.execution.console_url ?? "none", "");
          expect(others).not.toMatch(/:\/\/|\bwww\.|\bmailto:|\bjavascript:/i);
        }
      }),
    );
  });
});

describe("what a button in chat needs", () => {
  it("is beside a proposal, as fields of their own", () => {
    const { document, subject } = workloadMessage(proposing(), REPORT);

    expect(chatOf(document, subject).metadata.additionalContext).toMatchObject({
      cluster: "prod",
      plan: REPORT.plan,
      kind: "Deployment",
      namespace: "shop",
      name: "web",
      valid_until: REPORT.valid_until,
    });
  });

  it("is not there where nothing is proposed", () => {
    const { plan: _plan, ...without } = REPORT;
    const { document, subject } = workloadMessage(proposing(), without);

    expect(chatOf(document, subject).metadata.additionalContext).not.toHaveProperty("plan");
  });
});
