import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readReadyBehind, readyIn } from "../../../functions/scan/ready-behind.ts";
import { View } from "../../../functions/scan/view.ts";
import type { EndpointSlice } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { FORBIDDEN } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { service, slice } from "../../support/service-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

type Endpoint = NonNullable<EndpointSlice["endpoints"]>[number];
const endpoint = (name: string, conditions: Endpoint["conditions"] = { ready: true }): Endpoint => ({
  addresses: ["10.0.0.1"],
  conditions,
  targetRef: { kind: "Pod", name },
});
const behind = async (...failing: string[]) =>
  (await readReadyBehind(new View(api.cluster()), [service()], new Set(failing.map((name) => `shop/${name}`)))).get(
    "shop/web",
  );

describe("what is ready behind a Service", () => {
  it.each<[string, Endpoint["conditions"], string[]]>([
    ["is ready", { ready: true, serving: true, terminating: false }, ["web-0"]],
    ["says nothing of itself", {}, ["web-0"]],
    ["is not ready", { ready: false, serving: false }, []],
    ["is published before it is ready", { ready: true, serving: false }, []],
    ["is on its way out", { ready: false, serving: true, terminating: true }, []],
  ])("counts an endpoint rightly that %s", (_how, conditions, ready) => {
    expect(readyIn(slice({ endpoints: [endpoint("web-0", conditions)] }))).toEqual(ready);
  });

  it("is known by the address where somebody wrote the endpoint by hand", () => {
    expect(readyIn(slice({ endpoints: [{ addresses: ["192.0.2.7"] }] }))).toEqual(["192.0.2.7"]);
  });

  it("is in one of its slices, of whatever family, and not in those of another Service", async () => {
    const empty = slice({ addressType: "IPv6", endpoints: [] });
    const full = slice({ endpoints: [endpoint("web-1")] });
    const others = slice({ endpoints: [endpoint("api-0")] }, 3_600, "api");
    serve(api, { slices: [empty, { ...full, metadata: { ...full.metadata, name: "web-2" } }, others] });

    expect(await behind()).toEqual(["web-1"]);
  });

  it("is none of the pods that fail, which may be ready between two crashes", async () => {
    serve(api, { slices: [slice({ endpoints: [endpoint("web-0"), endpoint("web-1")] })] });

    expect(await behind("web-0")).toEqual(["web-1"]);
    expect(await behind("web-0", "web-1")).toEqual([]);
  });

  it("is not known where it cannot be read", async () => {
    serve(api, { slices: [slice()] });
    api.on("GET", "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices", FORBIDDEN);

    expect(await behind()).toBeUndefined();
  });
});
