import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { deliver } from "../../../../functions/notify/deliver/deliver.ts";
import type { Destination } from "../../../../functions/notify/deliver/destinations.ts";
import { post } from "../../../../functions/notify/deliver/post.ts";
import { within } from "../../../../functions/shared/time-left.ts";
import { document, sns } from "./documents.ts";

const SECRET = "/services/T0/B0/topsecrettoken";
const KEY = "R0123456789ABCDEF0123456789ABCDE";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Delivers to a server that answers so, one answer after the other, the last again and again. */
async function delivered(
  answers: readonly RequestListener[],
  {
    destination = "slack",
    message = document(),
    seconds = 60,
  }: { destination?: Destination; message?: unknown; seconds?: number } = {},
) {
  const bodies: string[] = [];
  const slept: number[] = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      bodies.push(Buffer.concat(parts).toString("utf8"));
      answers[Math.min(bodies.length, answers.length) - 1]?.(request, response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}${SECRET}?sig=topsecretquery`);
  let left = seconds * 1_000;
  const result = await within(seconds * 1_000, () =>
    deliver(sns(message), {
      destination,
      address: () => Promise.resolve({ url, ...(destination === "pagerDuty" ? { routingKey: KEY } : {}) }),
      // What never ends is not waited for as long as it is deployed to be.
      post: (to, body, milliseconds) =>
        post(to, body, ENDLESS.includes(answers[bodies.length]) ? Math.min(milliseconds, 500) : milliseconds),
      sleep: (milliseconds) => {
        slept.push(milliseconds);
        left -= milliseconds;
        if (left < 0) throw new Error("It slept for longer than it has.");
        return Promise.resolve();
      },
    }),
  ).catch((error: unknown) => error as Error);
  return { result, bodies, slept };
}

const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
const ok = answer(200, {}, "ok");

const silence: RequestListener = () => undefined;
const unending: RequestListener = (_request, response) => void response.writeHead(500).write("slow");
const ENDLESS: readonly (RequestListener | undefined)[] = [silence, unending];

describe("a message", () => {
  it("is delivered once where it is taken", async () => {
    const { result, bodies } = await delivered([ok]);

    expect(result).toEqual({ status: "delivered" });
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toMatchObject([
      { blocks: [{ type: "header" }, {}, {}, {}, {}, {}, {}] },
    ]);
  });

  it("goes to PagerDuty with the key of the service", async () => {
    const { bodies } = await delivered([answer(202, {}, '{"status":"success"}')], { destination: "pagerDuty" });

    expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ routing_key: KEY, event_action: "trigger" });
  });

  it.each<[string, RequestListener]>([
    ["status 500", answer(500)],
    ["status 503", answer(503, {}, "try later")],
    ["status 429", answer(429)],
    ["no answer", silence],
    ["a connection that is reset", (request) => request.socket.resetAndDestroy()],
    ["an answer that does not end", unending],
  ])("is sent again after %s", async (_what, bad) => {
    const { result, bodies, slept } = await delivered([bad, bad, ok]);

    expect(result).toEqual({ status: "delivered" });
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
    expect(slept).toEqual([1_000, 2_000]);
  });

  it("waits for as long as the destination asks, where there is time for that", async () => {
    const busy = answer(429, { "retry-after": "17" });

    expect((await delivered([busy, ok])).slept).toEqual([17_000]);
    const { result, slept } = await delivered([busy, ok], { seconds: 20 });
    expect(slept).toEqual([]);
    expect(result).toMatchObject({ name: "DeliveryFailed", message: expect.stringContaining("status 429") as string });
  });

  it.each<[string, RequestListener]>([
    ["400", answer(400, {}, "invalid_payload")],
    ["403", answer(403, {}, "action_prohibited")],
    ["404", answer(404, {}, "no_service")],
    ["410", answer(410)],
    ["a redirect", answer(302, { location: "/elsewhere" })],
    ["a redirect that keeps the method", answer(307, { location: "/elsewhere" })],
  ])("is not sent again after %s, nor anywhere else", async (_what, bad) => {
    const { result, bodies } = await delivered([bad, ok]);

    expect(result).toMatchObject({ name: "DeliveryRefused" });
    expect(bodies).toHaveLength(1);
  });

  it("is not taken for delivered where an old webhook of Teams says 200 and that it was not", async () => {
    const failed = answer(200, {}, "Webhook message delivery failed with error: HTTP error 429");

    expect((await delivered([failed, ok], { destination: "teams" })).slept).toEqual([1_000]);
  });

  it("is given up in time, with what was answered last and without the secret", async () => {
    const echo: RequestListener = (request, response) =>
      void response.writeHead(500).end(`cannot serve ${request.url ?? ""} topsecrettoken topsecretquery`);
    const { result } = await delivered([echo], { seconds: 15 });

    expect(result).toMatchObject({ name: "DeliveryFailed" });
    expect((result as Error).message).toContain("status 500: cannot serve");
    expect((result as Error).message).not.toMatch(/topsecret/);
  });

  it("tells no secret where nothing answers", async () => {
    const { result } = await delivered([(request) => request.socket.resetAndDestroy()], { seconds: 10 });

    expect(result).toMatchObject({ name: "DeliveryFailed" });
    expect((result as Error).message).toMatch(/no answer: [A-Z_]+/);
    expect((result as Error).message).not.toMatch(/topsecret/);
  });

  it("is read to a bound, however long the answer is", async () => {
    const { result } = await delivered([answer(400, {}, "x".repeat(5_000_000))]);

    expect((result as Error).message.length).toBeLessThan(300);
  });

  it.each<[string, unknown, Destination]>([
    ["is text", "[FIRING:1]", "slack"],
    ["is of somebody else", { hello: "world" }, "teams"],
    ["is an alarm, of PagerDuty's", { AlarmName: "x", NewStateValue: "ALARM" }, "pagerDuty"],
    ["calls nobody", document({ needs_person: false, reason: "RolloutInProgress" }), "pagerDuty"],
  ])("goes nowhere where it %s", async (_what, message, destination) => {
    const { result, bodies } = await delivered([ok], { message, destination });

    expect(result).toEqual({ status: expect.stringMatching(/not (understood|for it)/) as string });
    expect(bodies).toEqual([]);
  });

  it("tells of an alarm in chat", async () => {
    const alarm = {
      AlarmName: "DeadLetters",
      AlarmDescription: "Read it.",
      NewStateValue: "ALARM",
      NewStateReason: "1 > 0",
    };
    const { bodies } = await delivered([ok], { message: alarm });

    expect(bodies[0]).toContain("Alarm DeadLetters is raised");
    expect(bodies[0]).toContain("Read it.");
  });
});
