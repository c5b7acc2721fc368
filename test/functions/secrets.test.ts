import { remedyFor } from "../../functions/remedies/remedies.ts";
import { remedyStep } from "../../functions/remedies/step.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { claim } from "../../functions/claim/handler.ts";
import { diagnose } from "../../functions/classify/handler.ts";
import { detect } from "../../functions/detect/handler.ts";
import { notify } from "../../functions/notify/handler.ts";
import { observed } from "../../functions/lambda/lambda.ts";
import { formsOf } from "../../functions/notify/sns.ts";
import { HttpCluster, type Connection } from "../../functions/shared/cluster/http-cluster.ts";
import { WorkloadRun } from "../../functions/run/contracts.ts";
import { isRemediationError } from "../../functions/shared/errors.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import type { Step } from "../../functions/run/step.ts";
import { verifyWorkload } from "../../functions/verify/handler.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import { reportOf } from "../../local/report/html.ts";
import { recordingOf } from "../local/report/recordings.ts";
import { ApiServer, found, type Answer } from "../support/api-server.ts";
import { crashingPod, NOW } from "../support/objects.ts";
import { claimedRun, diagnosis } from "../support/runs.ts";
import { unreachableEnvironment } from "../support/scripted.ts";

const restartPods = remedyStep(remedyFor("restart"));

/** What must never be seen again once it is in a credential. */
const CANARY = "k8s-aws-v1.canary-Zm9yIG5vYm9keSdzIGV5ZXM";
const NO_PAUSE = { "retry-after": "0" };

let api: ApiServer;
let written: string[];
beforeEach(async () => {
  api = await ApiServer.start();
  written = [];
  const keep = (chunk: unknown) => {
    written.push(String(chunk));
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  for (const method of ["debug", "log", "info", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => void keep(inspect(said)));
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.stop();
});

const RUN = claimedRun({
  diagnosis: diagnosis({ remedy: { action: "restart", mode: "evict", pods: [{ name: "web-1", uid: "uid" }] } }),
});
/** The steps that talk to a cluster, each with an input. */
const STEPS: [Step, unknown][] = [
  [detect, { cluster_name: "prod" }],
  [detect, { action: "restart_pod", cluster_name: "prod", namespace: "shop", pod_name: "web-1" }],
  [claim, { operation: "acquire", run: RUN }],
  [diagnose, RUN],
  [restartPods, RUN],
  [verifyWorkload, { operation: "remedy", run: RUN }],
];

/** Where the request is tried again, with pauses in between. */
const ONE_STEP = STEPS.slice(2, 3);

const CONTEXT = {
  functionName: "f",
  functionVersion: "1",
  invokedFunctionArn: "arn",
  memoryLimitInMB: "256",
  awsRequestId: "id",
  getRemainingTimeInMillis: () => 60_000,
};

/**
 * Everything that people and machines could read after every step has met this cluster: what is thrown, logged, answered,
 * told to subscribers, and written into the report of the run. Every step fails with an error that has a name, or not at all.
 */
async function allThatIsSaid(connection: Connection, steps = STEPS): Promise<string> {
  const published: Notification[] = [];
  const environment: NotifyEnvironment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(new HttpCluster(connection)),
    now: () => NOW,
    publish: (notification) => {
      published.push(notification);
      return Promise.resolve();
    },
  };
  const said: unknown[] = [];
  for (const [step, input] of steps) {
    try {
      said.push(await observed(step(environment))(input, CONTEXT));
    } catch (error) {
      if (!isRemediationError(error)) throw error;
      said.push(error, error.stack);
      const caught = {
        Error: error.name,
        Cause: JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") }),
      };
      const run = WorkloadRun.parse({ ...RUN, error: caught });
      await notify(environment)({ about: "failure", request: input, error: caught, execution: RUN.execution });
      await notify(environment)({ about: "workload", run });
      const recording = recordingOf([run]);
      const failed = { status: "failed", error: { name: error.name, cause: error.message } } as const;
      said.push(reportOf(recording), reportOf({ ...recording, result: failed }), recording);
    }
  }
  said.push(
    published,
    ...published.flatMap((notification) => [formsOf(notification, true), formsOf(notification, false)]),
  );
  const shown = said.map((item) =>
    typeof item === "string" ? item : inspect(item, { depth: 12, maxStringLength: null }),
  );
  return [...shown, ...written].join("\n");
}

/** A connection to the server, with the canary in its headers. */
function connection(overrides: Partial<Connection> = {}): Connection {
  return {
    name: "prod",
    server: api.url,
    authenticate: () => Promise.resolve({ authorization: `Bearer ${CANARY}`, "x-identity": `${CANARY}-too` }),
    ...overrides,
  };
}

/** Answers every request so: whatever is asked for, and with whatever method. */
function always(answer: Answer): void {
  const paths = [
    ["GET", "/api/v1/namespaces"],
    ["GET", "/api/v1/nodes"],
    ["GET", "/api/v1/namespaces/shop"],
    ["GET", "/api/v1/namespaces/shop/pods/web-1"],
    ["GET", "/apis/apps/v1/namespaces/shop/deployments/web"],
    ["GET", "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases/deployment.shop.web"],
    ["POST", "/api/v1/namespaces/shop/pods/web-1/eviction"],
  ] as const;
  for (const [method, path] of paths) api.on(method, path, answer);
}

/** An answer that repeats the headers of the request, as a proxy that is being debugged does. */
const echo =
  (status: number, asJson: boolean): Answer =>
  (response, { headers }) => {
    const message = `refused with ${JSON.stringify(headers)}`;
    response.writeHead(status, { ...NO_PAUSE, "content-type": asJson ? "application/json" : "text/html" });
    response.end(
      asJson ? JSON.stringify({ kind: "Status", message, details: { causes: null } }) : `<h1>${message}</h1>`,
    );
  };

const STATUSES = [302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503];

describe("a token in the headers of a connection is never said again", () => {
  it.each(STATUSES)("when the server answers %i and repeats the headers", async (status) => {
    for (const asJson of [true, false]) {
      always(echo(status, asJson));
      expect(await allThatIsSaid(connection())).not.toContain(CANARY);
    }
    expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${CANARY}`);
  });

  it.each([
    ["no JSON", "<html>"],
    ["a list where an object belongs", []],
    ["an object with nothing in it", {}],
    ["a Table without columns", { kind: "Table" }],
    ["a list without items", { kind: "List", items: null, metadata: null }],
  ])("when the server answers with %s", async (_what, body) => {
    always({ status: 200, body });

    expect(await allThatIsSaid(connection())).not.toContain(CANARY);
  });

  it("when the server hangs up, at once or half-way", async () => {
    always((response) => response.destroy());
    expect(await allThatIsSaid(connection(), ONE_STEP)).not.toContain(CANARY);

    always((response, { headers }) => {
      response.writeHead(200, { "content-length": "100000" });
      response.write(JSON.stringify(headers), () => response.destroy());
    });
    expect(await allThatIsSaid(connection(), ONE_STEP)).not.toContain(CANARY);
  });

  it.each([
    ["the server speaks no TLS", () => ({ server: api.url.replace("http:", "https:") })],
    ["nobody listens", () => ({ server: "http://127.0.0.1:1" })],
    ["the address holds a password", () => ({ server: `http://me:${CANARY}@127.0.0.1:1` })],
    ["the address is none", () => ({ server: `not an address ${CANARY}` })],
    [
      "the CA certificate cannot be read",
      () => ({ server: "https://127.0.0.1:1", tls: { ca: `-----BEGIN CERTIFICATE-----\n${CANARY}` } }),
    ],
    [
      "the client's key cannot be read",
      () => ({ server: "https://127.0.0.1:1", tls: { key: `-----BEGIN PRIVATE KEY-----\n${CANARY}` } }),
    ],
    [
      "the token holds a line break",
      () => ({ authenticate: () => Promise.resolve({ authorization: `Bearer ${CANARY}\nx` }) }),
    ],
  ])("when %s", async (_what, overrides) => {
    expect(await allThatIsSaid(connection(overrides()), ONE_STEP)).not.toContain(CANARY);
  });

  it("when all goes well", async () => {
    always(found(crashingPod({ name: "web-1" })));

    expect(await allThatIsSaid(connection())).not.toContain(CANARY);
  });
});

describe("a token in a kubeconfig is never said again", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it.each([401, 403, 500])("when the server answers %i and repeats the headers", async (status) => {
    const file = join(directory, "config");
    writeFileSync(
      file,
      stringify({
        clusters: [{ name: "prod", cluster: { server: api.url, "insecure-skip-tls-verify": true } }],
        users: [{ name: "me", user: { token: CANARY } }],
        contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
        "current-context": "prod",
      }),
    );
    always(echo(status, true));

    expect(await allThatIsSaid(await connectionFromKubeconfig(file))).not.toContain(CANARY);
    expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${CANARY}`);
  });

  it("when the context that is asked for is missing", async () => {
    const file = join(directory, "config");
    writeFileSync(file, stringify({ users: [{ name: "me", user: { token: CANARY } }] }));

    const error: unknown = await connectionFromKubeconfig(file, "other").catch((reason: unknown) => reason);

    expect(inspect(error)).toContain("ContextNotFound");
    expect(inspect(error)).not.toContain(CANARY);
  });
});
