import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer, type Answer } from "../../../support/api-server.ts";

const DEPLOYMENTS = "/apis/apps/v1/deployments";
const MIB = 2 ** 20;
const LIST = JSON.stringify({ items: [{ metadata: { name: "wéb" } }], metadata: {} });

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const compressed =
  (body: Buffer, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", "content-encoding": "gzip" }).end(body);
  };

describe("an answer that the API server has compressed", () => {
  it("is asked for, and read as what it says", async () => {
    api.on("GET", DEPLOYMENTS, compressed(gzipSync(LIST)));

    expect(await api.cluster().list(DEPLOYMENTS)).toEqual([{ metadata: { name: "wéb" } }]);
    expect(api.requests[0]?.headers["accept-encoding"]).toBe("gzip");
  });

  it("is read where it is a refusal, too", async () => {
    const refused = gzipSync(JSON.stringify({ kind: "Status", message: "no such user" }));
    api.on("GET", DEPLOYMENTS, compressed(refused, 403));

    await expect(api.cluster().list(DEPLOYMENTS)).rejects.toMatchObject({
      name: "Forbidden",
      message: expect.stringContaining("no such user") as string,
    });
  });

  it.each([
    ["is cut off", gzipSync(LIST).subarray(0, 30)],
    ["is mangled", Buffer.from("this is not gzip")],
  ])("is asked for again where it %s", async (_how, broken) => {
    api.on("GET", DEPLOYMENTS, compressed(broken), compressed(gzipSync(LIST)));

    expect(await api.cluster().list(DEPLOYMENTS)).toHaveLength(1);
  });

  it("is given up as lost where it stays that way", async () => {
    api.on("GET", DEPLOYMENTS, compressed(gzipSync(LIST).subarray(0, 30)));

    await expect(api.cluster().list(DEPLOYMENTS)).rejects.toMatchObject({ name: "ClusterUnreachable" });
  });

  it("may be as large as it may be uncompressed, however small it was on its way", async () => {
    api.on("GET", `${DEPLOYMENTS}/web`, compressed(gzipSync("x".repeat(65 * MIB))));

    await expect(api.cluster().get(`${DEPLOYMENTS}/web`)).rejects.toMatchObject({ name: "TooMuchToRead" });
  });
});
