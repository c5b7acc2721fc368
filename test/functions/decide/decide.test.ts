import { createHash } from "node:crypto";
import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { answerLink } from "../../../functions/decide/decide.ts";
import type { WorkloadResult } from "../../../functions/run/contracts.ts";
import { Proposal } from "../../../functions/run/decision-link.ts";
import { parseRequest } from "../../../functions/run/request.ts";
import type { ExecutionState } from "../../../functions/executions/start.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { hostileText } from "../../support/hostile.ts";
import { call, HOST, Links, pathTo, press, PROPOSAL } from "../../support/links.ts";

type Ended = Pick<WorkloadResult, "outcome" | "action" | "reason">;

function heldBack(workload: Ended): ExecutionState {
  return { status: "succeeded", output: { outcomes: [workload.outcome], workloads: [workload] } };
}

describe("a link that is opened", () => {
  it("shows what is proposed of which workload, why, and until when, with a button for each answer", async () => {
    const { statusCode, body } = await answerLink(call("GET", await pathTo()), new Links());

    expect(statusCode).toBe(200);
    for (const shown of ["Deployment shop/web", "prod", PROPOSAL.cause, PROPOSAL.would, PROPOSAL.plan])
      expect(body).toContain(shown);
    expect(body).toContain("2026-06-02T12:00:00Z");
    expect(body).toMatch(/<button[^>]* value="approve">Approve<.*<button[^>]* value="decline">Decline</s);
  });

  it("changes nothing, however often, whatever it carries, and by whatever method but that of the form", async () => {
    const links = new Links();
    const path = await pathTo();
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "post"]) {
      const body = "decision=approve";
      const { statusCode } = await answerLink(call(method, path, { rawQueryString: body, body }), links);
      expect(statusCode, method).toBe(method === "GET" ? 200 : 405);
    }

    expect(links.requests).toEqual([]);
  });

  it("may be neither kept, framed, loaded with anything else, nor told to another site", async () => {
    const { headers, body } = await answerLink(call("GET", await pathTo()), new Links());
    const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? "";
    const digest = createHash("sha256").update(style).digest("base64");

    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(body).not.toContain("<script");
  });

  it("says that it has expired from the moment on that it names, and by nothing but the clock", async () => {
    const links = new Links();
    links.clock = new Date(new Date(PROPOSAL.valid_until).getTime() - 1);
    expect((await answerLink(call("GET", await pathTo()), links)).statusCode).toBe(200);

    links.clock = new Date(PROPOSAL.valid_until);
    const [opened, pressed] = [call("GET", await pathTo()), press(await pathTo(), { decision: "approve" })];
    for (const event of [opened, pressed]) {
      const { statusCode, body } = await answerLink(event, links);
      expect(statusCode).toBe(410);
      expect(body).not.toContain("Approve<");
    }
    expect(links.requests).toEqual([]);
  });
});

describe("a link that this workflow did not make", () => {
  const fields = Object.keys(Proposal.shape) as (keyof Proposal)[];
  const OTHER: Proposal = {
    cluster_name: "test",
    namespace: "blog",
    kind: "StatefulSet",
    name: "database",
    plan: "ffffffffffffffff",
    valid_until: "2030-01-01T00:00:00.000Z",
    cause: "another",
    would: "Would do another thing.",
  };

  async function expectNothing(path: string): Promise<void> {
    for (const event of [call("GET", path), press(path, { decision: "approve" })]) {
      const links = new Links();
      const { statusCode, body } = await answerLink(event, links);
      expect(statusCode).toBe(403);
      for (const shown of Object.values({ ...PROPOSAL, ...OTHER })) expect(body).not.toContain(`>${shown}<`);
      expect(links.requests).toEqual([]);
    }
  }

  it.each(fields)("is refused and shows nothing where its %s is another", async (field) => {
    const mac = (await pathTo()).split("/").at(-1);
    const text = (await pathTo({ ...PROPOSAL, [field]: OTHER[field] })).split("/").at(-2);

    await expectNothing(`/${text}/${mac}`);
  });

  it("is refused where its code is another, cut, longer or missing", async () => {
    const [, text = "", mac = ""] = (await pathTo()).split("/");
    const other = mac.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    for (const path of [
      `/${text}/${other}`,
      `/${text}/${mac.slice(1)}`,
      `/${text}/${mac}0`,
      `/${text}/${mac.toUpperCase()}/`,
      `/${text}/`,
      `/${text}`,
      `/${mac}`,
      "/",
      "",
      "/favicon.ico",
      `/${"a".repeat(5_000)}/${mac}`,
    ])
      await expectNothing(path);
  });

  it("costs no call to the key where it has not even the shape of one", async () => {
    const links = new Links();
    await answerLink(call("GET", "/wp-login.php"), links);
    await answerLink(call("GET", `/${"a".repeat(5_000)}/${"0".repeat(64)}`), links);

    expect(links.asked).toBe(0);
  });

  it("is refused where it is signed, and yet no proposal that is understood", async () => {
    await expectNothing(await pathTo({ ...PROPOSAL, plan: "short" }));
    await expectNothing(await pathTo({ ...PROPOSAL, more: true } as Proposal));
    await expectNothing(await pathTo("{" as unknown as Proposal));
  });
});

describe("a button that is pressed", () => {
  it.each(["approve", "decline"] as const)("starts the workflow with a request to %s just that", async (decision) => {
    const links = new Links();
    const { statusCode, body } = await answerLink(press(await pathTo(), { decision, name: "Ann" }), links);

    expect(statusCode).toBe(200);
    expect(links.requests).toEqual([
      {
        action: decision,
        cluster_name: "prod",
        namespace: "shop",
        kind: "Deployment",
        name: "web",
        plan: PROPOSAL.plan,
        origin: "person",
        requested_by: "Ann (by the link; nobody checked the name)",
      },
    ]);
    expect(links.requests.map(parseRequest)).toEqual(links.requests);
    expect(body).toContain("https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/");
  });

  it.each<[string, Ended | undefined]>([
    ["is under way", undefined],
    ["was carried out", { outcome: "Recovered", action: "rollback" }],
    ["was carried out and undone", { outcome: "RolledBack", action: "rollback" }],
    ["did not help", { outcome: "Unresolved", action: "rollback" }],
    ["may have been begun", { outcome: "Unresolved", action: "rollback", reason: "ClusterUnavailable" }],
    ["is another change by now", { outcome: "Skipped", action: "none", reason: "PlanChanged" }],
    ["came too late", { outcome: "Skipped", action: "none", reason: "ApprovalExpired" }],
    ["was declined meanwhile", { outcome: "Skipped", action: "none", reason: "Declined" }],
  ])("counts once: pressed again when it %s, it says so and starts nothing more", async (_how, ended) => {
    const links = new Links();
    const path = await pathTo();
    await answerLink(press(path, { decision: "approve", name: "Ann" }), links);
    if (ended !== undefined) links.end(ended);
    for (const name of ["Ben", ""]) {
      const { statusCode, body } = await answerLink(press(path, { decision: "approve", name }), links);
      expect(statusCode).toBe(409);
      expect(body).toContain("it was approved before");
    }

    expect(links.requests).toHaveLength(1);
  });

  it("is answered with the execution that runs where the same person presses it again", async () => {
    const links = new Links();
    const event = press(await pathTo(), { decision: "approve", name: "Ann" });
    const pages = [await answerLink(event, links), await answerLink(event, links)];

    expect(pages.map(({ statusCode }) => statusCode)).toEqual([200, 200]);

    expect(links.requests).toHaveLength(1);
  });

  it.each<[string, ExecutionState]>([
    ["somebody else works on it", heldBack({ outcome: "Skipped", action: "none", reason: "AlreadyClaimed" })],
    ["a limit is reached", heldBack({ outcome: "Skipped", action: "rollback", reason: "TooManyAtOnce" })],
    ["a rollout is under way", heldBack({ outcome: "Skipped", action: "none", reason: "RolloutInProgress" })],
    ["it cannot be claimed", heldBack({ outcome: "Unresolved", action: "none", reason: "ClusterUnavailable" })],
    ["the cluster does not answer", { status: "failed", error: { name: "ClusterUnavailable", message: "" } }],
  ])("can be pressed again where %s, and starts one more, once", async (_why, ended) => {
    const links = new Links();
    const pressed = async (name: string) =>
      (await answerLink(press(await pathTo(), { decision: "approve", name }), links)).statusCode;
    expect(await pressed("Ann")).toBe(200);
    links.machine.end(ended);

    expect(await Promise.all(["Ann", "Ben", "Cid"].map(pressed))).toEqual([200, 409, 409]);
    expect(links.requests).toHaveLength(2);

    links.end({ outcome: "Recovered", action: "rollback" });
    expect(await pressed("Ann")).toBe(409);
    for (const name of links.machine.executions.keys()) expect(name).toMatch(/^[\w-]{1,80}$/);
  });

  it.each<[string, ExecutionState]>([
    ["was stopped", { status: "aborted" }],
    ["took too long", { status: "timed_out" }],
    ["could not tell its outcome", { status: "failed", error: { name: "NotificationFailed", message: "" } }],
    ["broke off", { status: "failed", error: { name: "States.DataLimitExceeded", message: "" } }],
    ["answered what nobody understands", { status: "succeeded", output: { outcomes: ["Skipped"] } }],
  ])("starts nothing more where its execution %s, since something may have been done", async (_how, ended) => {
    const links = new Links();
    await answerLink(press(await pathTo(), { decision: "approve" }), links);
    links.machine.end(ended);

    expect((await answerLink(press(await pathTo(), { decision: "approve" }), links)).statusCode).toBe(409);
    expect(links.requests).toHaveLength(1);
  });

  it("says so where it was held back so often that no more is started", async () => {
    const links = new Links();
    const pressed = async () => await answerLink(press(await pathTo(), { decision: "approve" }), links);
    let page = await pressed();
    for (let number = 1; page.statusCode === 200; number++) {
      expect(number).toBeLessThan(100);
      links.end({ outcome: "Skipped", action: "none", reason: "AlreadyClaimed" });
      page = await pressed();
    }

    expect(page.body).toContain("held back each time");
    expect(links.requests.length).toBeGreaterThan(10);
  });

  it("counts anew where the same is proposed again, and where somebody changes their mind", async () => {
    const links = new Links();
    const again = { ...PROPOSAL, valid_until: "2026-06-05T12:00:00.000Z" };
    for (const proposal of [PROPOSAL, again])
      for (const decision of ["approve", "decline"])
        expect((await answerLink(press(await pathTo(proposal), { decision }), links)).statusCode).toBe(200);

    expect(links.requests).toHaveLength(4);
    for (const name of links.machine.executions.keys()) expect(name).toMatch(/^[\w-]{1,80}$/);
  });

  it("says who decided in one line that the workflow takes, whatever is typed", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (name) => {
        const links = new Links();
        await answerLink(press(await pathTo(), { decision: "decline", name: name.slice(0, 300) }), links);
        for (const request of links.requests) expect(() => parseRequest(request)).not.toThrow();
      }),
    );
  });

  it.each([
    ["another site's", 403, { origin: "https://example.com", "sec-fetch-site": "cross-site" }],
    ["a neighbour's", 403, { "sec-fetch-site": "same-site" }],
    ["one that hides where it is from", 403, { origin: "null", "sec-fetch-site": "same-origin" }],
    ["another address's of the same service", 403, { origin: "https://other.lambda-url.eu-west-1.on.aws" }],
    ["plain text", 415, { "content-type": "text/plain" }],
    ["JSON", 415, { "content-type": "application/json" }],
    ["a file", 415, { "content-type": "multipart/form-data; boundary=a" }],
  ])("decides nothing where the form is %s", async (_whose, statusCode, headers) => {
    const links = new Links();
    const answered = await answerLink(press(await pathTo(), { decision: "approve" }, headers), links);

    expect([answered.statusCode, links.requests, links.asked]).toEqual([statusCode, [], 0]);
  });

  it("decides nothing where no browser says whose form it is", async () => {
    const links = new Links();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const event = call("POST", await pathTo(), { headers, body: "decision=approve" });

    expect((await answerLink(event, links)).statusCode).toBe(403);
    expect(links.requests).toEqual([]);
  });

  it("is taken of a browser that tells one of the two, and of a body that came as it is", async () => {
    const type = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
    for (const headers of [{ origin: `https://${HOST}` }, { "sec-fetch-site": "same-origin" }]) {
      const links = new Links();
      const event = call("POST", await pathTo(), { headers: { ...type, ...headers }, body: "decision=decline" });
      expect((await answerLink(event, links)).statusCode).toBe(200);
      expect(links.requests).toMatchObject([{ action: "decline", requested_by: "whoever had the link" }]);
    }
  });

  it("decides nothing where neither of the two was pressed, or more is sent than there are fields", async () => {
    const links = new Links();
    for (const fields of [{}, { decision: "" }, { decision: "detect_failures" }, { name: "approve" }])
      expect((await answerLink(press(await pathTo(), fields), links)).statusCode).toBe(400);
    const large = press(await pathTo(), { decision: "approve", name: "a".repeat(5_000) });
    expect((await answerLink(large, links)).statusCode).toBe(413);

    expect(links.requests).toEqual([]);
  });

  it("ends with the error's name where the key or the workflow does not answer", async () => {
    const links = new Links();
    links.start = () => Promise.reject(new RemediationError("WorkflowNotStarted", "no"));

    await expect(answerLink(press(await pathTo(), { decision: "approve" }), links)).rejects.toMatchObject({
      name: "WorkflowNotStarted",
    });
  });
});

it("whatever the texts of a proposal say, no page has other elements or attributes for it", async () => {
  const elements = (body: string) =>
    [...body.replace(/<style>.*<\/style>/s, "").matchAll(/<[^>]*>/g)].map(([element]) => element);
  const links = new Links();
  const plain = elements((await answerLink(call("GET", await pathTo()), links)).body);
  await fc.assert(
    fc.asyncProperty(hostileText, hostileText, async (cause, would) => {
      const path = await pathTo({ ...PROPOSAL, cause: cause.slice(0, 250), would: would.slice(0, 250) });
      const { statusCode, body } = await answerLink(call("GET", path), links);
      expect(statusCode).toBe(200);
      expect(elements(body)).toEqual(plain);
    }),
  );
});
