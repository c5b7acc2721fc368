import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { paths } from "../../../../functions/shared/cluster/paths.ts";
import { ApiServer, BUDGET_EXHAUSTED, found, page, refusal, type Answer } from "../../../support/api-server.ts";

const POD = "/api/v1/namespaces/shop/pods/web-1";
const PODS = "/api/v1/namespaces/shop/pods";
const NO_PAUSE = { "retry-after": "0" };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.stop();
});

/** Sends half of what it announces, then hangs up. */
const truncated: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
  response.write('{"metadata": {"name": "web', () => response.destroy());
};

describe("a request", () => {
  it("proves who is asking, and takes JSON only", async () => {
    api.on("GET", POD, found({ metadata: { name: "web-1" } }));

    expect(await api.cluster().get(POD)).toEqual({ metadata: { name: "web-1" } });
    expect(api.requests[0]?.headers).toMatchObject({ authorization: "Bearer token", accept: "application/json" });
  });

  it("keeps the path that the server's URL brings", async () => {
    api.on("GET", `/k8s/clusters/c-1${POD}`, found({}));

    expect(await api.cluster("/k8s/clusters/c-1/").get(POD)).toEqual({});
  });

  it("reaches exactly the object that is named, whatever the name looks like", async () => {
    await expect(api.cluster().get(paths.pod("shop", "../secrets?x=1#y"))).rejects.toMatchObject({ name: "NotFound" });

    expect(api.requests).toMatchObject([{ path: `${PODS}/..%2Fsecrets%3Fx%3D1%23y`, query: {} }]);
  });
});

describe("a list", () => {
  const names = (items: { name: string }[]) => items.map(({ name }) => name);

  it("collects the pages, each asked for with the same selector", async () => {
    api.on("GET", PODS, page([{ name: "a" }, { name: "b" }], "t1"), page([{ name: "c" }]));

    const items = await api.cluster().list<{ name: string }>(PODS, { labelSelector: "app in (web,api)" });

    expect(names(items)).toEqual(["a", "b", "c"]);
    expect(api.requests.map(({ query }) => query)).toEqual([
      { labelSelector: "app in (web,api)", limit: "500" },
      { labelSelector: "app in (web,api)", limit: "500", continue: "t1" },
    ]);
  });

  it("starts again when its continue token expires, and holds nothing twice", async () => {
    const expired = refusal(410, "The provided continue parameter is too old");
    api.on("GET", PODS, page([{ name: "old" }], "t1"), expired, page([{ name: "new" }]));

    expect(names(await api.cluster().list<{ name: string }>(PODS))).toEqual(["new"]);
  });

  it("gives up when it goes on with the same page for ever", async () => {
    api.on("GET", PODS, page([{ metadata: { name: "web" } }], "more"));

    await expect(api.cluster().list(PODS)).rejects.toMatchObject({ name: "ClusterUnavailable" });
    expect(api.requests).toHaveLength(2);
  });

  it("gives up when it keeps expiring", async () => {
    const expired = refusal(410, "The provided continue parameter is too old");
    const halves = Array.from({ length: 10 }, () => [page([{ name: "a" }], "t1"), expired]).flat();
    api.on("GET", PODS, ...halves);

    await expect(api.cluster().list(PODS)).rejects.toMatchObject({ name: "ClusterUnavailable" });
    expect(api.requests).toHaveLength(8);
  });
});

describe("a read that fails", () => {
  it.each([
    ["the server is unavailable", refusal(503, "etcd is away", {}, NO_PAUSE)],
    ["the server throttles", refusal(429, "too many requests", {}, NO_PAUSE)],
    ["the connection is reset", (response: { destroy: () => unknown }) => response.destroy()],
    ["the answer breaks off half-way", truncated],
    ["the answer was shortened on its way", { status: 200, body: '{"metadata": {"na' }],
    ["the state that was asked for has expired", refusal(410, "too old resource version")],
  ] satisfies [string, Answer][])("is tried again when %s", async (_what, failure) => {
    api.on("GET", POD, failure, found({ metadata: { name: "web-1" } }));

    expect(await api.cluster().get(POD)).toEqual({ metadata: { name: "web-1" } });
  });

  it("is tried three times, then named", async () => {
    api.on("GET", POD, refusal(503, "etcd is away", {}, NO_PAUSE));

    await expect(api.cluster().get(POD)).rejects.toMatchObject({
      name: "ClusterUnavailable",
      message: expect.stringMatching(`prod: GET ${POD} answered 503: etcd is away`) as string,
    });
    expect(api.requests).toHaveLength(3);
  });

  it("is left to the state machine's retry when the server asks for a long pause", async () => {
    api.on("GET", POD, refusal(429, "too many requests", {}, { "retry-after": "6" }));

    await expect(api.cluster().get(POD)).rejects.toMatchObject({ name: "ClusterThrottled" });
    expect(api.requests).toHaveLength(1);
  });

  it("waits as long as the server asks", async () => {
    api.on("GET", POD, refusal(429, "too many requests", {}, { "retry-after": "1" }), found({}));
    const started = performance.now();
    await api.cluster().get(POD);

    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  it("says what a proxy said that does not speak JSON", async () => {
    api.on("GET", POD, { status: 502, body: "<html>Bad Gateway</html>", headers: NO_PAUSE });

    await expect(api.cluster().get(POD)).rejects.toMatchObject({
      name: "ClusterUnavailable",
      message: expect.stringContaining("<html>Bad Gateway</html>") as string,
    });
  });
});

describe("a write", () => {
  const PATCH = [
    { op: "test" as const, path: "/metadata/resourceVersion", value: "7" },
    { op: "add" as const, path: "/spec/replicas", value: 3 },
  ];
  const PRECONDITIONS = { uid: "web-1-uid", resourceVersion: "7" };

  it("as a JSON patch says that it is one", async () => {
    api.on("PATCH", POD, found({}));
    await api.cluster().patch(POD, PATCH);

    expect(api.writes).toMatchObject([{ contentType: "application/json-patch+json", query: {}, body: PATCH }]);
  });

  it("that deletes carries its preconditions", async () => {
    api.on("DELETE", POD, found({}));
    await api.cluster().delete(POD, PRECONDITIONS);

    expect(api.writes).toMatchObject([
      { contentType: "application/json", body: { kind: "DeleteOptions", preconditions: PRECONDITIONS } },
    ]);
  });

  it("that evicts goes to the Eviction API with its preconditions, in a dry run marked in both places", async () => {
    api.on("POST", `${POD}/eviction`, found({}));
    await api.cluster().evict("shop", "web-1", PRECONDITIONS);
    await api.cluster().evict("shop", "web-1", PRECONDITIONS, { dryRun: true });

    expect(api.writes.map(({ query, body }) => ({ query, body }))).toEqual([
      {
        query: {},
        body: {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name: "web-1", namespace: "shop" },
          deleteOptions: { preconditions: PRECONDITIONS },
        },
      },
      {
        query: { dryRun: "All" },
        body: expect.objectContaining({ deleteOptions: { preconditions: PRECONDITIONS, dryRun: ["All"] } }) as object,
      },
    ]);
  });

  it("that is a dry run says so, whatever it writes", async () => {
    const cluster = api.cluster();
    api.on("POST", PODS, found({})).on("PUT", POD, found({})).on("PATCH", POD, found({}));
    await cluster.create(PODS, {}, { dryRun: true });
    await cluster.replace(POD, {}, { dryRun: true });
    await cluster.patch(POD, PATCH, { dryRun: true });

    expect(api.writes.map(({ query }) => query)).toEqual(Array(3).fill({ dryRun: "All" }));
  });

  it.each([
    ["ClusterUnavailable", refusal(503, "etcd is away", {}, NO_PAUSE)],
    ["ClusterThrottled", refusal(429, "too many requests", {}, NO_PAUSE)],
    ["DisruptionBudgetExhausted", BUDGET_EXHAUSTED],
    ["ClusterUnreachable", truncated],
  ] satisfies [string, Answer][])("is never repeated by itself: %s", async (name, failure) => {
    api.on("PATCH", POD, failure);

    await expect(api.cluster().patch(POD, PATCH)).rejects.toMatchObject({ name });
    expect(api.writes).toHaveLength(1);
  });
});

describe("a server that cannot be reached", () => {
  it("is named with its address when it refuses the connection", async () => {
    const cluster = api.cluster();
    await api.stop();

    await expect(cluster.create(PODS, {})).rejects.toMatchObject({
      name: "ClusterUnreachable",
      message: expect.stringMatching(/^prod: no answer from http:\/\/127\.0\.0\.1:\d+ \(.*ECONNREFUSED/) as string,
    });
    api = await ApiServer.start();
  });

  it.each([
    ["takes the request and never answers", () => undefined],
    [
      "stops in the middle of its answer",
      (response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"metadata"');
      },
    ],
  ] satisfies [string, Answer][])("is given up when it %s", async (_what, silence) => {
    shortenTimeouts();
    api.on("POST", PODS, silence);

    await expect(api.cluster().create(PODS, {})).rejects.toMatchObject({
      name: "ClusterUnreachable",
      message: expect.stringContaining("no data for 20 s") as string,
    });
  });
});

/** Lets a socket's seconds pass as hundredths, so that nobody waits for the real ones. */
function shortenTimeouts(): void {
  const setTimeout = Reflect.get(Socket.prototype, "setTimeout");
  vi.spyOn(Socket.prototype, "setTimeout").mockImplementation(function (this: Socket, ms, onTimeout) {
    return setTimeout.call(this, ms / 100, onTimeout);
  });
}

describe("an answer that is not what an API server says", () => {
  it("is a named error when it is a success without an object, as a captive proxy sends", async () => {
    api.on("GET", PODS, { status: 200, body: "<html>Log in</html>" });

    await expect(api.cluster().list(PODS)).rejects.toMatchObject({ name: "ClusterUnavailable" });
    await expect(api.cluster().get(PODS)).rejects.toMatchObject({ name: "ClusterUnavailable" });
  });

  it("is the refusal that its status says when its body is null", async () => {
    api.on("POST", PODS, { status: 403, body: "null" });

    await expect(api.cluster().create(PODS, {})).rejects.toMatchObject({ name: "Forbidden" });
  });

  it("enters an error bounded and on one line", async () => {
    api.on("POST", PODS, refusal(409, `line\n\nExecution: forged${"!".repeat(5_000)}`));

    await expect(api.cluster().create(PODS, {})).rejects.toMatchObject({
      message: expect.stringMatching(/^[^\n]{0,500}$/) as string,
    });
  });
});
