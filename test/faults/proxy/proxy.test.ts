import { afterEach, beforeEach, expect, test } from "vitest";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { FAULT_NAMES, type FaultName } from "./fault.ts";
import { Upstream } from "./forward.ts";
import { atRate, atRequest, type FaultPlan } from "./plan.ts";
import { FaultProxy } from "./proxy.ts";
import { ApiServer, found } from "../../support/api-server.ts";

const POD = "/api/v1/namespaces/shop/pods/web";
const PODS = "/api/v1/namespaces/shop/pods";

let api: ApiServer;
let upstream: Upstream;
const proxies: FaultProxy[] = [];

beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", POD, found({ kind: "Pod", metadata: { name: "web" } }));
  api.on("POST", PODS, found({ kind: "Pod", metadata: { name: "new" } }));
  upstream = new Upstream({
    name: "test",
    server: api.url,
    authenticate: () => Promise.resolve({ authorization: "Bearer admin" }),
  });
});

afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop();
  upstream.close();
  await api.stop();
});

async function through(plan?: FaultPlan): Promise<{ proxy: FaultProxy; cluster: HttpCluster }> {
  const proxy = await FaultProxy.start({ upstream, ...(plan === undefined ? {} : { plan }) });
  proxies.push(proxy);
  return { proxy, cluster: new HttpCluster(proxy.connection("test", { "user-agent": "tester" })) };
}

async function errorOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => "none",
    (error: unknown) => (error as Error).name,
  );
}

test("a request without a fault is handed on with the proxy's credentials and the asker's name", async () => {
  const { proxy, cluster } = await through();

  expect(await cluster.get(POD, { limit: "1" })).toEqual({ kind: "Pod", metadata: { name: "web" } });

  expect(api.requests[0]?.headers).toMatchObject({ authorization: "Bearer admin", "user-agent": "tester" });
  expect(api.requests[0]?.query).toEqual({ limit: "1" });
  expect(proxy.requests).toEqual([
    { number: 1, method: "GET", path: POD, query: "limit=1", by: "tester", fault: undefined, upstream: 200 },
  ]);
});

test("a token that is asked for has to be shown, and is not handed on", async () => {
  const proxy = await FaultProxy.start({ upstream, token: "shown", echo: true });
  proxies.push(proxy);
  const asking = (authorization: string) => new HttpCluster(proxy.connection("test", { authorization }));

  expect(await asking("Bearer shown").get(POD)).toMatchObject({ kind: "Pod" });
  expect(await errorOf(asking("Bearer other").get(POD))).toBe("Unauthorized");
  const { server } = proxy.connection("test");
  expect(await (await fetch(server, { headers: { authorization: "Basic abc" } })).text()).toContain("Basic abc");

  expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer admin"]);
});

test.each<[FaultName, string, number]>([
  ["429", "ClusterThrottled", 0],
  ["429-retry-after", "ClusterThrottled", 0],
  ["500", "ClusterUnavailable", 0],
  ["503", "ClusterUnavailable", 0],
  ["409", "ObjectChanged", 0],
  ["410", "ClusterUnavailable", 0],
  ["403", "Forbidden", 0],
  ["cut-before", "ClusterUnreachable", 0],
  ["delay", "none", 1],
  ["cut-within", "ClusterUnreachable", 1],
  ["cut-after", "none", 1],
  ["truncate", "ClusterUnavailable", 1],
  ["corrupt", "ClusterUnavailable", 1],
  ["lose-response", "ClusterUnreachable", 1],
  ["504-after-effect", "ClusterUnavailable", 1],
])("a write that meets %s ends with %s and has reached the API server %i times", async (fault, error, reached) => {
  const { proxy, cluster } = await through(atRequest(1, fault));

  expect(await errorOf(cluster.create(PODS, {}))).toBe(error);

  expect(api.writes).toHaveLength(reached);
  expect(proxy.requests).toMatchObject([{ number: 1, fault, upstream: reached === 1 ? 200 : undefined }]);
});

test.each(["429", "503", "cut-before", "lose-response", "cut-after"] as const)(
  "after %s the next request is served as if nothing had been",
  async (fault) => {
    const { proxy, cluster } = await through(atRequest(1, fault));

    expect(await cluster.get(POD)).toMatchObject({ kind: "Pod" });
    expect(await cluster.get(POD)).toMatchObject({ kind: "Pod" });

    expect(proxy.requests.filter((request) => request.fault !== undefined)).toMatchObject([{ number: 1, fault }]);
  },
);

test("429-retry-after says for how long", async () => {
  const { proxy } = await through(atRequest(1, "429-retry-after"));

  const response = await fetch(proxy.connection("test").server + POD);

  expect(response.headers.get("retry-after")).toBe("1");
});

test("a rate spoils about that share of the requests, with every fault, and the same ones each time", () => {
  const plan = atRate(0.25, FAULT_NAMES, 7);
  const chosen = () =>
    Array.from({ length: 4_000 }, (_, index) => plan({ number: index + 1, method: "GET", path: POD }));
  const faults = chosen().filter((fault) => fault !== undefined);

  expect(faults.length).toBeGreaterThan(900);
  expect(faults.length).toBeLessThan(1_100);
  expect(new Set(faults)).toEqual(new Set(FAULT_NAMES));
  expect(chosen()).toEqual(chosen());
});
