import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HttpCluster, type Connection } from "../../../../functions/shared/cluster/http-cluster.ts";
import { within } from "../../../../functions/shared/time-left.ts";
import { ApiServer, found, refusal, type Answer } from "../../../support/api-server.ts";

const POD = "/api/v1/namespaces/shop/pods/web-1";

const connectionTo = (server: string, renew?: Connection["renew"]): Connection => ({
  name: "prod",
  server,
  authenticate: () => Promise.resolve({ authorization: "Bearer token" }),
  ...(renew === undefined ? {} : { renew }),
});

/** Takes connections up and never says a word, as an endpoint whose packets are dropped on the way back. */
describe("an endpoint that never answers", () => {
  const sockets = new Set<Socket>();
  let silent: Server;
  let address: string;
  beforeEach(async () => {
    silent = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => silent.close(resolve));
  });

  it("is given up when it has taken up no TLS connection for three seconds", async () => {
    const cluster = new HttpCluster(connectionTo(`https://${address}`));

    await expect(cluster.create(POD, {})).rejects.toMatchObject({
      name: "ClusterUnreachable",
      message: expect.stringContaining("no connection within 3 s") as string,
    });
  });

  it("is given up when the step's own time is over, with what was asked for", async () => {
    const cluster = new HttpCluster(connectionTo(`http://${address}`));

    await expect(within(200, () => cluster.get(POD))).rejects.toMatchObject({
      name: "ClusterUnavailable",
      message: expect.stringContaining(`GET ${POD} had no answer in the time that the step has`) as string,
    });
    expect(sockets.size).toBe(1);
  });

  it("is not asked at all when no time is left", async () => {
    const cluster = new HttpCluster(connectionTo(`http://${address}`));

    await expect(within(-1, () => cluster.get(POD))).rejects.toMatchObject({ name: "ClusterUnavailable" });
    expect(sockets.size).toBe(0);
  });
});

describe("a connection that is kept", () => {
  it("serves slow answers to many requests, one after the other", async () => {
    const api = await ApiServer.start();
    const slow: Answer = (response) => setTimeout(() => response.end("{}"), 100);
    api.on("GET", POD, slow);
    const warned = vi.spyOn(process, "emitWarning");

    const cluster = api.cluster();
    await Promise.all(Array.from({ length: 200 }, () => cluster.get(POD)));

    expect(api.requests).toHaveLength(200);
    expect(warned).not.toHaveBeenCalled();
    await api.stop();
  });

  it("is not given up for the time that it took to connect before", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const api = await ApiServer.start();
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      api.on("GET", POD, found({}), (response) => {
        answer = () => response.end("{}");
        resolve();
      });
    });
    const cluster = api.cluster();
    await cluster.get(POD);

    const second = cluster.get(POD);
    await asked;
    vi.advanceTimersByTime(4_000);
    answer();

    expect(await second).toEqual({});
    vi.useRealTimers();
    await api.stop();
  });
});

describe("a pause that a busy server asks for", () => {
  it("is not waited for when the step has less time than that", async () => {
    const api = await ApiServer.start();
    api.on("GET", POD, refusal(503, "etcd is away", {}, { "retry-after": "5" }));

    await expect(within(1_000, () => api.cluster().get(POD))).rejects.toMatchObject({ name: "ClusterUnavailable" });
    expect(api.requests).toHaveLength(1);
    await api.stop();
  });
});

describe("a cluster that was made anew under its name", () => {
  let before: ApiServer;
  let now: ApiServer;
  let lookups: number;
  beforeEach(async () => {
    [before, now] = await Promise.all([ApiServer.start(), ApiServer.start()]);
    now.on("GET", POD, found({ metadata: { name: "web-1" } })).on("POST", POD, found({}));
    lookups = 0;
  });
  afterEach(async () => {
    await Promise.all([before.stop(), now.stop()]);
  });
  const cluster = () =>
    new HttpCluster(
      connectionTo(before.url, () => {
        lookups++;
        return Promise.resolve(connectionTo(now.url));
      }),
    );

  it("is found again when its earlier endpoint is gone", async () => {
    const client = cluster();
    await before.stop();

    expect(await client.get(POD)).toEqual({ metadata: { name: "web-1" } });
    expect(await client.get(POD)).toEqual({ metadata: { name: "web-1" } });
    expect(lookups).toBe(1);
    before = await ApiServer.start();
  });

  it("is found again when what answers does not know who is asking, by reads and by writes", async () => {
    before.on("GET", POD, refusal(401, "Unauthorized")).on("POST", POD, refusal(401, "Unauthorized"));
    const client = cluster();

    await client.create(POD, {});
    await Promise.all([client.get(POD), client.get(POD)]);

    expect(lookups).toBe(1);
    expect(now.writes).toHaveLength(1);
  });

  it("is looked up once for many requests that fail together", async () => {
    before.on("GET", POD, refusal(401, "Unauthorized"));
    const client = cluster();

    await Promise.all(Array.from({ length: 8 }, () => client.get(POD)));

    expect(lookups).toBe(1);
  });

  it("has a write repeated by nobody when its connection is lost", async () => {
    before.on("POST", POD, (response) => response.destroy());

    await expect(cluster().create(POD, {})).rejects.toMatchObject({ name: "ClusterUnreachable" });
    expect(now.writes).toHaveLength(0);
  });

  it("ends with what looking it up says when it is gone for good", async () => {
    const gone = Object.assign(new Error("no such cluster"), { name: "ClusterNotFound" });
    const client = new HttpCluster(connectionTo("http://127.0.0.1:9", () => Promise.reject(gone)));

    await expect(client.get(POD)).rejects.toBe(gone);
  });

  it("stays refused, with two requests, when it does not know who is asking there either", async () => {
    before.on("GET", POD, refusal(401, "Unauthorized"));
    now.on("GET", POD, refusal(401, "Unauthorized"));

    await expect(cluster().get(POD)).rejects.toMatchObject({ name: "Unauthorized" });
    expect([before.requests.length, now.requests.length]).toEqual([1, 1]);
  });
});
