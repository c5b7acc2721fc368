import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerIn } from "../../../../functions/notify/git/ledger.ts";
import type { GitRepository } from "../../../../functions/notify/git/settings.ts";
import { tellGit } from "../../../../functions/notify/git/tell.ts";
import { basisOf, GitEvent, webhookServer } from "../../../../functions/notify/git/webhook.ts";
import { deployedOf } from "../../../../functions/notify/git/deployed.ts";
import type { NotificationDocument } from "../../../../functions/notify/notification.ts";
import { startAws } from "../../../support/aws-over-http.ts";
import { GitServerStandIn, type GitAnswer } from "../../../support/git-server.ts";
import { RecordTable } from "../../../support/record-table.ts";
import { document, sns } from "../deliver/documents.ts";
import { run, SECRET, syncedBack, WORKS_AGAIN } from "./told-in-git.ts";

const KEY = "a-key-of-many-characters";
let server: GitServerStandIn;
let answers: GitAnswer[];
let url: string;
let stopAws: () => void;
let now: number;

beforeEach(async () => {
  answers = [];
  now = Date.parse("2026-06-01T12:00:00.000Z");
  server = new GitServerStandIn(() => answers.shift() ?? { status: 204 });
  url = `${await server.start()}/hooks/topsecretpath`;
  const table = new RecordTable();
  stopAws = await startAws((operation, input) => table.answer(operation, input));
});
afterEach(() => {
  server.stop();
  stopAws();
});

async function tell(overrides: Partial<NotificationDocument>): Promise<string> {
  const event = sns(document(overrides)) as { Records: { Sns: { Timestamp: string } }[] };
  for (const { Sns: published } of event.Records) published.Timestamp = new Date(now).toISOString();
  const repository = { kind: "webhook", url, secret: SECRET, per_hour: 10 } satisfies GitRepository;
  try {
    const { status } = await tellGit(event, {
      repository,
      ledger: ledgerIn("outcomes", "webhook"),
      server: (told) => {
        const deployed = deployedOf(told);
        return Promise.resolve(
          webhookServer(repository, KEY, basisOf(told, "unsure" in deployed ? undefined : deployed)),
        );
      },
      now: () => new Date(now),
      sleep: (milliseconds) => {
        now += milliseconds;
        return Promise.resolve();
      },
    });
    return status;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  } finally {
    now += 60_000;
  }
}

const events = () => server.calls.map(({ body }) => GitEvent.parse(body));

describe("a webhook", () => {
  it("is told what begins, what changes and what is over, as events of one thread that can be told apart", async () => {
    await tell(run("a"));
    await tell(run("b", { cause: "OutOfMemory" }));
    await tell(run("c", WORKS_AGAIN));

    const [opened, changed, over] = events();
    expect(events().map(({ event }) => event)).toEqual(["opened", "changed", "over"]);
    expect(new Set(events().map(({ id }) => id)).size).toBe(3);
    expect(new Set(events().map(({ thread }) => thread))).toEqual(new Set([opened?.id]));
    expect(changed?.finding.cause).toBe("OutOfMemory");
    expect(over?.body).toContain("Nothing fails any more");
  });

  it("gets a signature by which it knows the workflow, and the time", async () => {
    await tell(run("a"));

    const [call] = server.calls;
    const timestamp = String(call?.headers["x-eks-remediation-timestamp"]);
    const expected = createHmac("sha256", KEY)
      .update(`${timestamp}.${JSON.stringify(call?.body)}`)
      .digest("hex");
    expect(call?.headers["x-eks-remediation-signature"]).toBe(`sha256=${expected}`);
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(60);
    expect(JSON.stringify(call)).not.toContain(KEY);
  });

  it("gets the same event again, with the same ID, where it did not answer", async () => {
    answers = [{ status: 500 }];

    expect(await tell(run("a"))).toMatch(/^DeliveryFailed: POST to 127\.0\.0\.1:\d+ is not answered at present/);
    expect(await tell(run("a"))).toBe("opened");
    expect(new Set(events().map(({ id }) => id)).size).toBe(1);
  });

  it("that takes nothing is an error that tells nothing of its path", async () => {
    answers = [{ status: 401, body: { message: "no" } }];

    const told = await tell(run("a"));
    expect(told).toMatch(/^DeliveryRefused: POST to .* It does not take the signature/);
    expect(told).not.toContain("topsecretpath");
  });

  it("gets the commits of a rollback through Argo CD, and never the link by which people decide", async () => {
    const [from, to] = ["a".repeat(40), "b".repeat(40)];
    const proposal = {
      plan: "p",
      valid_until: "2026-06-01T13:00:00.000Z",
      url: "https://decide.example/topsecret",
      decide: [],
    };
    await tell(run("a", { ...syncedBack(from, to), proposal }));

    expect(events()[0]?.deployed).toEqual({ from, to });
    expect(JSON.stringify(server.calls)).not.toContain('topsecret"');
    expect(server.calls[0]?.body["finding"]).not.toHaveProperty("proposal");
  });
});
