import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer, found, page, type Answer } from "../../../support/api-server.ts";

const DEPLOYMENTS = "/apis/apps/v1/deployments";
const MIB = 2 ** 20;

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

interface Large {
  name: string;
  ballast: string;
}

/** An API server that holds so many objects of that size, and has a watch cache. */
function serveLarge(number: number, bytes: number): void {
  const all = Array.from({ length: number }, (_, index) => ({ name: `d-${index}`, ballast: "x".repeat(bytes) }));
  const answer: Answer = (response, { query }) => {
    const start = Number(query["continue"] ?? 0);
    const end = query["resourceVersion"] === "0" ? number : start + Number(query["limit"] ?? number);
    const metadata = { continue: end < number ? String(end) : "" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ items: all.slice(start, end), metadata }));
  };
  api.on("GET", DEPLOYMENTS, answer);
}

const limits = () => api.requests.map(({ query }) => query["limit"]);

describe("a list of large objects", () => {
  it("is read in smaller pages, each of which fits, and from where it had come to", async () => {
    serveLarge(20, 1.4 * MIB);
    const names = await api.cluster().list(DEPLOYMENTS, {}, ({ name }: Large) => name);

    expect(names).toEqual(Array.from({ length: 20 }, (_, index) => `d-${index}`));
    expect(limits()).toEqual(["500", "125", "32", "8", ...Array.from({ length: 10 }, () => "2")]);
  });

  it("is not asked of the watch cache again, which knows no limit", async () => {
    serveLarge(30, 1.4 * MIB);
    await api.cluster().list(DEPLOYMENTS, { resourceVersion: "0" }, () => undefined);

    expect(api.requests.map(({ query }) => query["resourceVersion"])).toEqual([
      "0",
      ...api.requests.slice(1).map(() => undefined),
    ]);
  });

  it("is refused by name when all of it would be kept", async () => {
    serveLarge(80, 1.4 * MIB);

    await expect(api.cluster().list(DEPLOYMENTS)).rejects.toMatchObject({
      name: "TooMuchToRead",
      message: expect.stringMatching(
        /^prod: GET \/apis\/apps\/v1\/deployments answered with more than 96 MiB\./,
      ) as string,
    });
  });

  it("is none that is small", async () => {
    serveLarge(3, 1.4 * MIB);

    expect(await api.cluster().listSmall(DEPLOYMENTS, 100)).toBeUndefined();
    expect(await api.cluster().listSmall(DEPLOYMENTS, 1_000)).toHaveLength(3);
  });

  it("ends where a single object is larger than a page may be", async () => {
    api.on("GET", DEPLOYMENTS, page([{ ballast: "x".repeat(9 * MIB) }]));

    await expect(api.cluster().list(DEPLOYMENTS)).rejects.toMatchObject({ name: "TooMuchToRead" });
    expect(limits()).toEqual(["500", "125", "32", "8", "2", "1"]);
  });
});

it("an object that is larger than any may be is given up before it is in memory", async () => {
  api.on("GET", `${DEPLOYMENTS}/web`, found({ ballast: "x".repeat(65 * MIB) }));

  await expect(api.cluster().get(`${DEPLOYMENTS}/web`)).rejects.toMatchObject({ name: "TooMuchToRead" });
});
