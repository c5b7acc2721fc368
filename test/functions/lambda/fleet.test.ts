import { describe, expect, it } from "vitest";
import { readFleetList, spokeNamed } from "../../../functions/lambda/fleet-list.ts";
import { lastKnownGood } from "../../../functions/lambda/last-known-good.ts";
import { inSession, sessionName } from "../../../functions/lambda/session.ts";
import { parseRequest } from "../../../functions/run/request.ts";
import { clusterOfArn, shownCluster, type ClusterPlace } from "../../../functions/shared/cluster-name.ts";

const ARN = "arn:aws:eks:us-east-1:444455556666:cluster/shop";
const SHOP = { name: "shop", account: "444455556666", region: "us-east-1" };
const LIST = { external_id: "id", every_minutes: 5 };
const READ = { ...LIST, sources: [] };
const HERE = { account: SHOP.account, regions: [SHOP.region] };
const MANY = Array.from({ length: 60 }, (_, index) => ({
  account: String(100_000_000_000 + index),
  regions: ["us-east-1", "eu-west-1"],
}));
const TWIN = { ...SHOP, region: "eu-west-1" };
const arnOf = ({ name, account, region }: ClusterPlace) => `arn:aws:eks:${region}:${account}:cluster/${name}`;

describe("the list of a hub", () => {
  it("finds a cluster by its name, and by its ARN where several have that name", () => {
    expect(spokeNamed({ ...READ, clusters: [SHOP] }, "shop", arnOf)).toEqual(SHOP);
    expect(spokeNamed({ ...READ, clusters: [TWIN, SHOP] }, ARN, arnOf)).toEqual(SHOP);
  });

  it("names all that a name may mean", () => {
    const ask = () => spokeNamed({ ...READ, clusters: [TWIN, SHOP] }, "shop", arnOf);

    expect(ask).toThrow(expect.objectContaining({ name: "InvalidRequest" }));
    expect(ask).toThrow(`${arnOf(TWIN)} or ${ARN}`);
  });

  it("finds a cluster by its ARN where clusters are discovered, and says which tag it has to have", () => {
    const sources = [{ account: SHOP.account, region: SHOP.region, tag: "on", roles: "hub-x" }];

    expect(spokeNamed({ ...READ, clusters: [], sources }, ARN, arnOf)).toEqual({ ...SHOP, roles: "hub-x", tag: "on" });
    // What the list says of a cluster itself holds.
    expect(spokeNamed({ ...READ, clusters: [SHOP], sources }, ARN, arnOf)).toEqual(SHOP);
  });

  it.each([
    ["by its name", "shop"],
    ["in another account", ARN.replace("444455556666", "777788889999")],
    ["in another region", ARN.replace("us-east-1", "eu-west-1")],
  ])("knows no cluster %s by what is discovered, and says how it is named", (_where, name) => {
    const sources = [{ account: SHOP.account, region: SHOP.region, tag: "on" }];
    const ask = () => spokeNamed({ ...READ, clusters: [], sources }, name, arnOf);

    expect(ask).toThrow(expect.objectContaining({ name: "ClusterNotFound" }));
    expect(ask).toThrow("has to be named by its ARN");
  });

  it("knows no other", () => {
    const ask = () => spokeNamed({ ...READ, clusters: [SHOP] }, "pay", arnOf);

    expect(ask).toThrow(expect.objectContaining({ name: "ClusterNotFound" }));
  });

  it.each([
    ["no external id", { clusters: [] }, "external_id"],
    ["a cluster twice", { ...LIST, clusters: [SHOP, SHOP] }, "is there twice"],
    ["a field that it does not know", { ...LIST, clusters: [{ ...SHOP, role: "x" }] }, "role"],
    ["roles whose names would be too long", { ...LIST, clusters: [{ ...SHOP, roles: "x".repeat(45) }] }, "44"],
    ["more parameters than are read at once", { ...LIST, more: Array.from({ length: 11 }, () => "x") }, "more"],
    ["a parameter that is elsewhere", { ...LIST, more: ["../x"] }, "more"],
    ["a region in which it is looked for clusters twice", { ...LIST, discover: [HERE, HERE] }, "is there twice"],
    ["the tag that says that a cluster leaves", { ...LIST, discover: [{ ...HERE, tag: "leaving" }] }, "leaving"],
    ["no region to look for clusters in", { ...LIST, discover: [{ ...HERE, regions: [] }] }, "regions"],
    ["too many regions of accounts", { ...LIST, discover: MANY }, "120 regions of accounts are more than 100"],
  ])("is refused with %s", async (_what, value, words) => {
    await expect(readFleetList(JSON.stringify(value), () => Promise.resolve([]))).rejects.toThrow(words);
  });

  it("has the clusters of further parameters, in the order in which it names these", async () => {
    const asked: string[] = [];
    const main = { ...LIST, clusters: [SHOP], more: ["eu", "us"] };
    const list = await readFleetList(JSON.stringify(main), (names) => {
      asked.push(...names);
      return Promise.resolve([{ ...SHOP, name: "pay" }, TWIN].map((each) => JSON.stringify({ clusters: [each] })));
    });

    expect(asked).toEqual(["eu", "us"]);
    expect(list).toEqual({ ...READ, clusters: [SHOP, { ...SHOP, name: "pay" }, TWIN] });
  });

  it("says of each region of an account how clusters are discovered there", async () => {
    const discover = [{ ...HERE, regions: ["us-east-1", "eu-west-1"], every_minutes: false }];
    const { sources } = await readFleetList(JSON.stringify({ ...LIST, discover }), () => Promise.resolve([]));

    const each = { account: SHOP.account, tag: "on", every_minutes: false };
    expect(sources).toEqual([
      { ...each, region: "us-east-1" },
      { ...each, region: "eu-west-1" },
    ]);
  });

  it("asks for no further parameter where it names none", async () => {
    const list = await readFleetList(JSON.stringify({ ...LIST, clusters: [SHOP] }), () =>
      Promise.reject(new Error("no")),
    );

    expect(list.clusters).toEqual([SHOP]);
  });

  it.each([
    ["is not there", () => Promise.reject(new Error("there is no eu")), "there is no eu"],
    ["is malformed", () => Promise.resolve(["{}"]), "eu: clusters"],
    ["is empty", () => Promise.resolve([]), "eu: "],
    ["has a cluster again", () => Promise.resolve([JSON.stringify({ clusters: [SHOP] })]), "is there twice"],
  ])("is none, rather than one without some clusters, where a further parameter %s", async (_what, more, words) => {
    const main = JSON.stringify({ ...LIST, clusters: [SHOP], more: ["eu"] });

    await expect(readFleetList(main, more)).rejects.toThrow(words);
  });
});

describe("a cluster's name", () => {
  it("may be an ARN in a request", () => {
    expect(parseRequest({ cluster_name: ARN }).cluster_name).toBe(ARN);
    expect(() => parseRequest({ cluster_name: "arn:aws:eks:us-east-1:4:cluster/shop" })).toThrow("must");
  });

  it("is told with its account and region where it is elsewhere", () => {
    expect(clusterOfArn(ARN)).toEqual(SHOP);
    expect(shownCluster(ARN)).toBe("shop (444455556666, us-east-1)");
    expect(shownCluster("shop")).toBe("shop");
  });
});

describe("a setting that is read at run time", () => {
  it("is read anew after its time, and is the last known one while it cannot be read", async () => {
    const answers: (() => string)[] = [
      () => "first",
      () => {
        throw new Error("unreadable");
      },
      () => "second",
    ];
    let now = 0;
    const setting = lastKnownGood(
      () => Promise.resolve().then(() => answers.shift()?.() ?? "none"),
      15,
      () => now,
    );

    expect(await setting()).toBe("first");
    now = 14_999;
    expect(await setting()).toBe("first");
    expect(answers).toHaveLength(2);
    now = 15_000;
    expect(await setting()).toBe("first");
    expect(answers).toHaveLength(1);
    now = 30_000;
    expect(await setting()).toBe("second");
  });

  it("fails while it was never read", async () => {
    await expect(lastKnownGood(() => Promise.reject(new Error("unreadable")), 15)()).rejects.toThrow("unreadable");
  });
});

describe("the session in another account", () => {
  it("has the execution's name, as far as STS takes it", async () => {
    const name = `${"0a1b2c3d-".repeat(8)}x`;

    expect(await inSession(name, () => Promise.resolve(sessionName()))).toBe(name.slice(0, 64));
    expect(await inSession("a b/c", () => Promise.resolve(sessionName()))).toBe("a-b-c");
  });
});
