import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectToEks } from "../../../functions/lambda/eks.ts";
import { publishToSns } from "../../../functions/notify/sns.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import { describeExecution } from "../../../functions/executions/describe.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { within } from "../../../functions/shared/time-left.ts";

/** The beginning of an answer of any service; the rest never comes. */
const HALF = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"cluster":{"name":';
const STEP_MS = 400;
/** What Lambda leaves a function that has given up: longer, and it is ended without a word. */
const MOST_MS = STEP_MS + 1_000;

/** AWS begins to answer each call, and falls silent half-way. */
describe("AWS that stops half-way through its answer", () => {
  const sockets = new Set<Socket>();
  let aws: Server;
  let answers: string[] = [];
  beforeEach(async () => {
    answers = [];
    aws = createServer((socket) => {
      sockets.add(socket.on("error", () => undefined));
      socket.on("data", () => socket.write(answers.shift() ?? HALF));
    });
    await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(aws.address() as AddressInfo).port}`);
    vi.stubEnv("AWS_REGION", "eu-west-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => aws.close(resolve));
  });

  /** How a step ends that does this, and after how many milliseconds. */
  async function endOf(work: () => Promise<unknown>): Promise<{ name: string; message: string; took: number }> {
    const began = performance.now();
    const error = await within(STEP_MS, work).then(
      () => new Error("it ended well"),
      (thrown: unknown) => thrown as Error,
    );
    return { name: error.name, message: error.message, took: performance.now() - began };
  }

  it.each([
    ["a cluster that is looked up", () => connectToEks("prod"), "ClusterUnreachable"],
    [
      "a message",
      () => publishToSns({ subject: "", text: "", attributes: {}, document: {} } as Notification),
      "NotificationFailed",
    ],
    [
      "an execution that is asked for",
      () => describeExecution("arn:aws:states:eu-west-1:1:execution:a:b"),
      "ExecutionUnreadable",
    ],
  ])("ends %s in the time that the step has, by its name", async (_what, work, name) => {
    const end = await endOf(work);

    expect(end.name).toBe(name);
    expect(end.took).toBeLessThan(MOST_MS);
  });

  it("ends the look for a cluster that is not where it was", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    const body = JSON.stringify({ cluster: { name: "prod", endpoint, certificateAuthority: { data: "Q0E=" } } });
    answers = [`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`];
    const cluster = new HttpCluster(await connectToEks("prod"));

    const end = await endOf(() => cluster.get("/api/v1/namespaces/shop/pods/web-1"));

    expect(end.name).toBe("ClusterUnreachable");
    expect(end.took).toBeLessThan(MOST_MS);
  });
});
