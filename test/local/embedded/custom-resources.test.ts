import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WatchCache } from "../../../local/embedded/api/watch-cache.ts";
import { FastClock } from "../../../local/embedded/clock.ts";
import { jsonPath } from "../../../local/embedded/custom/json-path.ts";
import { startControllers } from "../../../local/embedded/cluster.ts";
import { DEFINITIONS } from "../../../local/embedded/kinds.ts";
import { Kubectl } from "../../../local/embedded/kubectl.ts";
import type { Resource } from "../../../local/embedded/resources.ts";
import { canary, canaryDefinition } from "../../support/canary-definition.ts";
import { served, type Served } from "./served.ts";

const CANARIES = "/apis/deploy.example.com/v1alpha1/namespaces/shop/canaries";

let api: Served<FastClock>;
let run: Kubectl;
beforeEach(async () => {
  api = await served(new FastClock(20));
  run = new Kubectl(api.url, api.clock);
});
afterEach(async () => {
  api.clock.stop();
  await api.stop();
});

const kubectl = (...args: string[]) => run.run(["-n", "shop", ...args]);
const apply = (object: object) => run.run(["-n", "shop", "apply", "-f", "-"], JSON.stringify(object));
const shown = async (name: string) => JSON.parse(await kubectl("get", `canary/${name}`, "-o", "json")) as object;

describe("a custom resource", () => {
  it("is served when its definition is established, and not before", async () => {
    expect((await api.request("GET", CANARIES)).status).toBe(404);
    await expect(kubectl("get", "canaries")).rejects.toThrow('the server doesn\'t have a resource type "canaries"');

    await apply(canaryDefinition());

    await kubectl("wait", "crd/canaries.deploy.example.com", "--for=condition=Established");
    expect((await api.request("GET", CANARIES)).status).toBe(200);
  });

  it("is applied by merge patches, which replace lists and remove what is wanted no more", async () => {
    await apply(canaryDefinition());
    const selector = { containers: [{ name: "a" }, { name: "b" }] };
    const spec = { selector, paused: true, steps: [{ weight: 10 }, { weight: 20 }] };
    expect(await apply(canary("web", { spec }))).toBe("canary.deploy.example.com/web created\n");

    const wanted = { selector: { containers: [{ name: "b" }] }, steps: [{ weight: 20 }] };
    expect(await apply(canary("web", { spec: wanted }))).toBe("canary.deploy.example.com/web configured\n");

    expect(await shown("web")).toMatchObject({
      spec: { ...wanted, replicas: 2, strategy: "Canary" },
    });
    expect(await shown("web")).not.toHaveProperty("spec.paused");
  });

  it("is named, printed, scaled, waited for and deleted as other resources are", async () => {
    await apply(canaryDefinition());
    await apply(canary("web"));
    const status = { phase: "Healthy", conditions: [{ type: "Available", status: "True" }] };
    await api.request("PATCH", `${CANARIES}/web/status`, { status }, "application/merge-patch+json");
    await apply(canary("new"));

    expect((await kubectl("get", "cn")).split("\n").map((line) => line.split(/\s{2,}/).slice(0, 2))).toEqual([
      ["NAME", "PHASE"],
      ["new", expect.stringMatching(/^\d+s$/)],
      ["web", "Healthy"],
      [""],
    ]);
    await kubectl("scale", "canaries.deploy.example.com/web", "--replicas=3");
    await kubectl("wait", "canary/web", "--for=condition=Available");
    expect(await shown("web")).toMatchObject({ spec: { replicas: 3 } });
    expect(await kubectl("delete", "canary", "web")).toBe(
      'canary.deploy.example.com "web" deleted from shop namespace\n',
    );
  });

  it("takes no strategic merge patch, and no field that its schema does not know from kubectl", async () => {
    await apply(canaryDefinition());
    await apply(canary("web"));

    await expect(kubectl("patch", "canary/web", "-p", "{}")).rejects.toThrow("UnsupportedMediaType");
    await expect(apply(canary("web", { spec: { selector: {}, colour: "red" } }))).rejects.toThrow(
      'strict decoding error: unknown field "spec.colour"',
    );
  });

  it("is watched also while its definition changes", async () => {
    await apply(canaryDefinition());
    const canaries = api.store.resources.find(({ kind }) => kind === "Canary") as Resource;
    const seen: string[] = [];
    const cache = new WatchCache(api.store);
    cache.watch({ resource: canaries, selects: () => true }, undefined, ({ type }) => seen.push(type));

    await kubectl("annotate", "crd/canaries.deploy.example.com", "note=changed");
    await apply(canary("web"));
    await kubectl("annotate", "canary/web", "note=changed");

    expect(seen).toEqual(["ADDED", "MODIFIED"]);
    cache.stop();
  });

  it("goes with its definition", async () => {
    await apply(canaryDefinition());
    await apply(canary("web", { metadata: { name: "web", finalizers: ["shop.example.com/keep"] } }));
    await kubectl("delete", "crd", "canaries.deploy.example.com");
    expect((await api.request("GET", CANARIES)).status).toBe(404);

    await apply(canaryDefinition());
    expect((await api.request("GET", CANARIES)).body.items).toEqual([]);
  });

  it("goes with its namespace and with its owner", async () => {
    const controllers = startControllers(api.store);
    await apply(canaryDefinition());
    await apply(canary("owner"));
    const { uid = "" } = (await api.request("GET", `${CANARIES}/owner`)).body.metadata ?? {};
    const owner = { apiVersion: "deploy.example.com/v1alpha1", kind: "Canary", name: "owner", uid };
    await apply(canary("owned", { metadata: { name: "owned", ownerReferences: [owner] } }));
    await apply(canary("other"));

    await kubectl("delete", "canary/owner");
    await run.run(["-n", "shop", "wait", "canary/owned", "--for=delete"]).catch((error: unknown) => {
      if (!String(error).includes("NotFound")) throw error;
    });
    expect(await kubectl("get", "canaries", "-o", "name")).toBe("canary.deploy.example.com/other\n");

    await run.run(["delete", "namespace", "shop"]);
    expect(await run.run(["get", "canaries", "-A", "-o", "name"])).toBe("");
    controllers.stop();
  });

  it("of a kind that is built in, or with a column that cannot be read, is refused with the field", () => {
    const define = (
      change: (spec: { names: { kind: string }; versions: { additionalPrinterColumns: unknown[] }[] }) => void,
    ) => {
      const definition = canaryDefinition();
      change(definition.spec as Parameters<typeof change>[0]);
      return () => api.store.create(DEFINITIONS, definition);
    };

    expect(define(({ names }) => (names.kind = "Service"))).toThrow("spec.names.kind");
    expect(
      define(({ versions }) => {
        versions[0]?.additionalPrinterColumns.push({ name: "X", type: "string", jsonPath: ".spec[?(@.a > 1)]" });
      }),
    ).toThrow("spec.versions[0].additionalPrinterColumns[2].jsonPath");
  });
});

describe("a path of a printer column", () => {
  const object = {
    metadata: { annotations: { "shop.example/owner": "team-a" } },
    list: [
      { type: "Ready", n: 1 },
      { type: "Synced", n: 2 },
    ],
  };
  it.each([
    [".metadata.annotations.shop\\.example/owner", ["team-a"]],
    [".metadata.annotations['shop\\.example/owner']", ["team-a"]],
    ['.metadata.annotations["shop.example/owner"]', ["team-a"]],
    ['.list[?(@.type=="Synced")].n', [2]],
    [".list[?(@.type!='Synced')].n", [1]],
    [".list[?(@.n==2)].type", ["Synced"]],
    [".list[*].n", [1, 2]],
    [".list[0].type", ["Ready"]],
    [".list[-1].type", ["Synced"]],
    [".list[7].type", []],
    [".metadata.none.at.all", []],
  ])("%s leads to %j", (path, values) => {
    expect(jsonPath(path)(object)).toEqual(values);
  });

  it("that is none is refused with what cannot be read", () => {
    expect(() => jsonPath(".spec{.name}")).toThrow("cannot be read from {.name} on");
  });
});
