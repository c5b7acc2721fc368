import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { failedSinceSuccess } from "../../../functions/notify/past-runs.ts";

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:remediation";
const arnOf = (name: string) => `${MACHINE.replace("stateMachine", "execution")}:${name}`;
const uuid = (digit: number) => [8, 4, 4, 4, 12].map((length) => String(digit % 10).repeat(length)).join("-");
/** As EventBridge names the executions that it starts. */
const nameOf = (index: number) => `${uuid(index)}_${uuid(Math.floor(index / 10))}`;

interface Past {
  name: string;
  status: string;
  error?: string;
  origin?: string;
  /** How many seconds after its begin it ended; 10 where nothing is said. */
  lasted?: number;
}

/** What Step Functions knows, the latest first, a minute apart. */
let past: Past[] = [];
let described: string[] = [];
let server: Server;

function answer(target: string, body: { stateMachineArn?: string; executionArn?: string }): object {
  if (target === "AWSStepFunctions.ListExecutions") {
    expect(body.stateMachineArn).toBe(MACHINE);
    const executions = past.map(({ name, status, lasted = 10 }, index) => ({
      ...{ executionArn: arnOf(name), stateMachineArn: MACHINE, name, status, startDate: 1_000_000 - index * 60 },
      ...(status === "RUNNING" ? {} : { stopDate: 1_000_000 + lasted - index * 60 }),
    }));
    return { executions };
  }
  described.push(body.executionArn ?? "");
  const { origin, error, status } = past.find(({ name }) => arnOf(name) === body.executionArn) ?? {};
  const input = JSON.stringify({ cluster_name: "prod", ...(origin === undefined ? {} : { origin }) });
  return { executionArn: body.executionArn, stateMachineArn: MACHINE, status, startDate: 1, input, error };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as object;
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end(JSON.stringify(answer(String(request.headers["x-amz-target"]), body)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL_SFN", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});
beforeEach(() => {
  described = [];
});
afterEach(() => {
  past = [];
});

const scheduled = (index: number, status: string, error?: string): Past => ({
  ...{ name: nameOf(index), status, origin: "schedule" },
  ...(error === undefined ? {} : { error }),
});
const own = { id: arnOf(nameOf(0)), name: nameOf(0) };

describe("the scheduled runs that failed before one", () => {
  it("are those since the last that worked, with their errors, whoever else started runs in between", async () => {
    past = [
      scheduled(0, "RUNNING"),
      scheduled(1, "FAILED", "Unauthorized"),
      { name: "by-hand", status: "SUCCEEDED" },
      // A rule of somebody else's, which EventBridge names in the same way.
      { name: nameOf(2), status: "SUCCEEDED", origin: "event" },
      { name: nameOf(3), status: "FAILED", error: "InvalidRequest" },
      scheduled(4, "TIMED_OUT"),
      scheduled(5, "FAILED", "ClusterUnreachable"),
      scheduled(6, "SUCCEEDED"),
      scheduled(7, "FAILED", "Forbidden"),
    ];
    const failed = await failedSinceSuccess(own);

    expect(failed.map(({ error }) => error)).toEqual(["Unauthorized", "ClusterUnreachable"]);
    expect(described).not.toContain(arnOf("by-hand"));
    expect(described).not.toContain(arnOf(nameOf(7)));
  });

  it("are none after one that worked, which is all that is asked for then", async () => {
    past = [scheduled(0, "SUCCEEDED"), scheduled(1, "SUCCEEDED"), scheduled(2, "FAILED", "Forbidden")];

    expect(await failedSinceSuccess({ ...own, stopped: 1_000_010_000 })).toEqual([]);
    expect(described).toEqual([arnOf(nameOf(1))]);
  });

  it("are none where it began before them, though it ends after them", async () => {
    past = [
      scheduled(1, "FAILED", "ClusterUnreachable"),
      scheduled(2, "FAILED", "ClusterUnreachable"),
      { ...scheduled(0, "SUCCEEDED"), lasted: 1_200 },
      scheduled(3, "SUCCEEDED"),
    ];

    expect(await failedSinceSuccess({ ...own, stopped: 1_001_080_000 })).toEqual([]);
  });

  it("are counted past one that began before them and ended after them", async () => {
    past = [
      scheduled(0, "FAILED", "ClusterUnreachable"),
      scheduled(1, "FAILED", "ClusterUnreachable"),
      scheduled(2, "FAILED", "ClusterUnreachable"),
      { ...scheduled(3, "SUCCEEDED"), lasted: 170 },
    ];

    expect(await failedSinceSuccess(own)).toHaveLength(2);
  });

  it("are many without the errors of those long ago", async () => {
    past = Array.from({ length: 60 }, (_, index) => scheduled(index, index === 0 ? "RUNNING" : "FAILED", "Forbidden"));
    const failed = await failedSinceSuccess(own);

    expect(failed).toHaveLength(59);
    expect(failed.filter(({ error }) => error === "Forbidden")).toHaveLength(16);
    expect(described).toHaveLength(16);
  });
});
