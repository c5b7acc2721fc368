import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCustomOwners } from "../../../functions/facts/custom-owners.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";

const STOREFRONTS = "storefronts.shop.example.com";
const VERSION = "/apis/shop.example.com/v1";
const WEB = `${VERSION}/namespaces/shop/storefronts/web`;

const RESOURCES = {
  resources: [
    { name: "storefronts", kind: "Storefront", namespaced: true },
    { name: "storefronts/status", kind: "Storefront", namespaced: true },
    { name: "malls", kind: "Mall", namespaced: false },
  ],
};

type Reference = NonNullable<ObjectMeta["ownerReferences"]>[number];

function ownedBy(overrides: Partial<Reference> = {}): ObjectMeta {
  const owner = { apiVersion: "shop.example.com/v1", kind: "Storefront", name: "web", uid: "storefront-uid" };
  return { name: "web", namespace: "shop", ownerReferences: [{ ...owner, controller: true, ...overrides }] };
}

describe("the custom resources that own a workload", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
    api.on("GET", VERSION, found(RESOURCES));
  });
  afterEach(() => api.stop());

  const read = (metadata: ObjectMeta, allowed = [STOREFRONTS]) =>
    readCustomOwners(api.cluster(), "shop", metadata, allowed);
  const asked = () => api.requests.map(({ path }) => path);

  it("are read from the nearest up, each where its scope has it", async () => {
    const storefront = {
      metadata: { ...ownedBy({ kind: "Mall", name: "north", uid: "mall-uid" }), uid: "storefront-uid" },
    };
    const mall = { metadata: { name: "north", uid: "mall-uid" } };
    api.on("GET", WEB, found(storefront));
    api.on("GET", `${VERSION}/malls/north`, found(mall));

    expect(await read(ownedBy(), [STOREFRONTS, "malls.shop.example.com"])).toEqual([
      { kind: "Storefront", name: "web", state: "there", object: storefront },
      { kind: "Mall", name: "north", state: "there", object: mall },
    ]);
  });

  it("are not followed in a circle", async () => {
    api.on("GET", WEB, found({ metadata: { ...ownedBy(), uid: "storefront-uid" } }));

    expect(await read(ownedBy())).toHaveLength(3);
  });

  it.each([
    ["the policy names none", ownedBy(), []],
    ["the policy names others of other groups", ownedBy(), ["storefronts.example.com"]],
    ["nothing owns it", { name: "web" }, [STOREFRONTS]],
    ["its version is none", ownedBy({ apiVersion: "shop.example.com/v1/../../../api/v1" }), [STOREFRONTS]],
    ["its version leads elsewhere", ownedBy({ apiVersion: "shop.example.com/..", kind: "Storefront" }), [STOREFRONTS]],
    ["its kind cannot exist", ownedBy({ kind: "../Secret" }), [STOREFRONTS]],
    ["its name cannot exist", ownedBy({ name: "../web" }), [STOREFRONTS]],
  ])("are asked for in no way where %s", async (_why, metadata, allowed) => {
    expect(await read(metadata, allowed)).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it("are left out where the policy names another one of their group", async () => {
    expect(await read(ownedBy(), ["malls.shop.example.com"])).toEqual([]);
    expect(asked()).toEqual([VERSION]);
  });

  it.each([
    ["gone", refusal(404, "NotFound"), { state: "gone" }],
    ["another one by now", found({ metadata: { uid: "another-uid" }, status: { phase: "x" } }), { state: "gone" }],
    ["forbidden", refusal(403, "Forbidden"), { state: "unread", why: "forbidden" }],
    ["not answered with", refusal(500, "InternalError"), { state: "unread", why: "no answer" }],
  ])("are kept as such where one is %s", async (_what, answer, expected) => {
    api.on("GET", WEB, answer);

    expect(await read(ownedBy())).toEqual([{ kind: "Storefront", name: "web", ...expected }]);
  });
});
