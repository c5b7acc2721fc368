import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { HttpCluster } from "../../../../functions/shared/cluster/http-cluster.ts";

let server: http.Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(answer: http.RequestListener): Promise<{ cluster: HttpCluster; connections: Socket[] }> {
  const connections: Socket[] = [];
  // It would keep them for longer.
  server = http.createServer({ keepAliveTimeout: 600_000 }, answer);
  server.on("connection", (socket) => connections.push(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const connection = { name: "test", server: `http://127.0.0.1:${port}`, authenticate: () => Promise.resolve({}) };
  return { cluster: new HttpCluster(connection), connections };
}

it("closes a connection that nothing is sent over, so that no write is sent where nobody listens any more", async () => {
  const { cluster, connections } = await listen((_request, response) => response.end("{}"));

  await cluster.create("/one", {});
  const [first] = connections;
  if (first?.destroyed === false) await Promise.race([once(first, "close"), sleep(20_000)]);
  expect(first?.destroyed).toBe(true);

  await cluster.create("/later", {});
  expect(connections).toHaveLength(2);
});

it("waits for longer than that for an answer", async () => {
  const { cluster } = await listen((_request, response) => {
    void sleep(3_000).then(() => response.end('{"late":true}'));
  });

  expect(await cluster.create("/slow", {})).toEqual({ late: true });
});
