import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { newestFailed, pastRuns } from "../../../functions/executions/past-runs.ts";

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:remediation";
const arnOf = (name: string) => `${MACHINE.replace("stateMachine", "execution")}:${name}`;
const uuid = (digit: number) => [8, 4, 4, 4, 12].map((length) => String(digit % 10).repeat(length)).join("-");
/** As EventBridge names the executions that it starts. */
const nameOf = (index: number) =>
  `${uuid(index)}_${uuid(Math.floor(index / 10))}`.replace(/^.{4}/, String(index).padStart(4, "0"));

const SCHEDULED = { cluster_name: "prod", origin: "schedule" };

interface Past {
  name: string;
  status: string;
  error?: string;
  request?: object;
  /** How many seconds after its begin it ended; 10 where nothing is said. */
  lasted?: number;
  /** How many minutes before the latest it began; by its place where nothing is said. */
  minutes?: number;
}

/** What Step Functions knows, the latest first, a minute apart. */
let past: Past[] = [];
let described: string[] = [];
let server: Server;

const LATEST = 1_000_000;
const begin = (index: number) => LATEST - (past[index]?.minutes ?? index) * 60;
const end = (index: number) => begin(index) + (past[index]?.lasted ?? 10);

function answer(target: string, body: Record<string, string | number>): object {
  if (target === "AWSStepFunctions.ListExecutions") {
    if (body["stateMachineArn"] !== MACHINE) return { __type: "AccessDeniedException", message: "no" };
    const executions = past.flatMap(({ name, status }, index) =>
      status === body["statusFilter"]
        ? [
            {
              executionArn: arnOf(name),
              stateMachineArn: MACHINE,
              name,
              status,
              startDate: begin(index),
              stopDate: end(index),
            },
          ]
        : [],
    );
    return { executions: executions.slice(0, Number(body["maxResults"])) };
  }
  described.push(String(body["executionArn"]));
  const { name, request, error, status } = past.find(({ name }) => arnOf(name) === body["executionArn"]) ?? {};
  const input = JSON.stringify(request ?? { cluster_name: "prod" });
  const output = JSON.stringify({ of: name });
  return { executionArn: body["executionArn"], stateMachineArn: MACHINE, status, startDate: 1, input, error, output };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, string>;
      response.setHeader("content-type", "application/x-amz-json-1.0");
      const answered = answer(String(request.headers["x-amz-target"]), body);
      response.writeHead("__type" in answered ? 400 : 200).end(JSON.stringify(answered));
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

const scheduled = (index: number, status: string, error?: string, request: object = SCHEDULED): Past => ({
  ...{ name: nameOf(index), status, request },
  ...(error === undefined ? {} : { error }),
});
const own = { id: arnOf(nameOf(0)), name: nameOf(0), request: SCHEDULED };
const errorsBefore = async () => (await pastRuns.failedBefore(own)).runs.map(({ error }) => error);

describe("the scheduled runs that failed before one", () => {
  it("are those of the same schedule with their errors, whatever worked and whoever else started runs in between", async () => {
    past = [
      scheduled(0, "RUNNING"),
      scheduled(1, "FAILED", "Unauthorized"),
      { name: "by-hand", status: "FAILED" },
      // A rule of somebody else's, which EventBridge names in the same way.
      scheduled(2, "FAILED", "Forbidden", { cluster_name: "prod", origin: "event" }),
      { name: nameOf(3), status: "FAILED", error: "InvalidRequest", request: {} },
      scheduled(4, "TIMED_OUT"),
      scheduled(5, "FAILED", "ClusterUnreachable"),
      scheduled(6, "SUCCEEDED"),
      scheduled(7, "FAILED", "Forbidden"),
    ];

    expect(await pastRuns.failedBefore(own)).toEqual({
      runs: [
        { at: new Date(end(1) * 1_000), error: "Unauthorized" },
        { at: new Date(end(6) * 1_000), error: "ClusterUnreachable" },
        { at: new Date(end(8) * 1_000), error: "Forbidden" },
      ],
      isWhole: true,
    });
    expect(described).not.toContain(arnOf("by-hand"));
  });

  it.each([
    ["cluster", { cluster_name: "staging" }],
    ["namespace", { namespace: "shop" }],
    ["way, as a dry run", { dry_run: true }],
  ])("are not those of a schedule that looks at another %s", async (_what, other) => {
    past = [
      scheduled(1, "FAILED", "Unauthorized", { ...SCHEDULED, ...other }),
      scheduled(2, "FAILED", "Forbidden", { origin: "schedule", dry_run: false, cluster_name: "prod" }),
    ];

    expect(await errorsBefore()).toEqual(["Forbidden"]);
  });

  it("are many without the errors of those long ago", async () => {
    past = Array.from({ length: 160 }, (_, index) => scheduled(index, index === 0 ? "RUNNING" : "FAILED", "Forbidden"));
    const { runs, isWhole } = await pastRuns.failedBefore(own);

    expect(isWhole).toBe(true);
    expect(runs).toHaveLength(159);
    expect(runs.filter(({ error }) => error === "Forbidden")).toHaveLength(64);
    expect(described).toHaveLength(64);
  });

  it("cannot be counted where those of another schedule are too many to be asked", async () => {
    const staging = { ...SCHEDULED, cluster_name: "staging" };
    past = Array.from({ length: 160 }, (_, index) =>
      scheduled(index + 1, "FAILED", "Forbidden", index % 2 === 0 ? staging : SCHEDULED),
    );
    const { runs, isWhole } = await pastRuns.failedBefore(own);

    expect(isWhole).toBe(false);
    expect(runs).toHaveLength(32);
  });

  it("are none of the day before, which nothing connects with them", async () => {
    past = [
      scheduled(1, "FAILED", "Forbidden"),
      { ...scheduled(2, "FAILED", "Unauthorized"), minutes: 1_441 },
      { ...scheduled(3, "FAILED", "Unauthorized"), minutes: 1_442 },
    ];

    expect(await errorsBefore()).toEqual(["Forbidden"]);
    expect(described).toEqual([arnOf(nameOf(1))]);
  });

  it("are none where none has failed, which costs one question", async () => {
    past = [scheduled(0, "SUCCEEDED"), scheduled(1, "SUCCEEDED")];

    expect(await pastRuns.failedBefore(own)).toEqual({ runs: [], isWhole: true });
    expect(described).toEqual([]);
  });
});

describe("whether a scheduled run has worked since", () => {
  const hasWorked = (minutes: number, stopped = LATEST + 10) =>
    pastRuns.workedSince(own, new Date((LATEST - minutes * 60) * 1_000), new Date(stopped * 1_000));

  it("says one of the same schedule that began then or later and ended before", async () => {
    past = [
      scheduled(0, "SUCCEEDED"),
      scheduled(1, "FAILED"),
      scheduled(2, "SUCCEEDED", undefined, { ...SCHEDULED, cluster_name: "staging" }),
      scheduled(3, "SUCCEEDED"),
    ];

    expect(await hasWorked(3)).toBe(true);
    expect(await hasWorked(2)).toBe(false);
    expect(described).not.toContain(own.id);
  });

  it("does not say one that ended later, or at the same moment", async () => {
    past = [scheduled(0, "SUCCEEDED"), { ...scheduled(1, "SUCCEEDED"), lasted: 70 }];

    expect(await hasWorked(5)).toBe(false);
    expect(await hasWorked(5, LATEST + 11)).toBe(true);
  });
});

it("what the runs before ended with is that of the latest on the same cluster that worked", async () => {
  past = [
    scheduled(0, "SUCCEEDED"),
    scheduled(1, "FAILED"),
    scheduled(2, "SUCCEEDED", undefined, { ...SCHEDULED, cluster_name: "staging" }),
    scheduled(3, "SUCCEEDED"),
  ];

  expect(await pastRuns.outcomesBefore(own, "prod")).toMatchObject([
    { ended: new Date(end(3) * 1_000), output: { of: nameOf(3) } },
  ]);
});

it("past runs of a state machine that nobody may look at are an error", async () => {
  await expect(pastRuns.failedBefore({ ...own, id: own.id.replace("remediation", "other") })).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});

describe("the execution that failed last", () => {
  it("is the one that ended last, whoever started it and whenever it began", async () => {
    past = [
      scheduled(0, "RUNNING"),
      scheduled(1, "FAILED", "Unauthorized"),
      { name: "agent-1", status: "FAILED", lasted: 600 },
      scheduled(3, "SUCCEEDED"),
    ];

    expect(await newestFailed(own)).toBe(arnOf("agent-1"));
    expect(described).toEqual([]);
  });

  it("is none where none has failed", async () => {
    past = [scheduled(0, "SUCCEEDED")];

    expect(await newestFailed(own)).toBeUndefined();
  });
});
