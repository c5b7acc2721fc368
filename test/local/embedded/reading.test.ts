import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { PODS } from "../../../local/embedded/kinds.ts";
import { pod, served, web, type Served } from "./served.ts";

let api: Served;
beforeEach(async () => {
  api = await served();
});
afterEach(async () => {
  await api.stop();
});

const SHOP = "/api/v1/namespaces/shop/pods";

async function pods(...names: string[]): Promise<void> {
  for (const name of names) await api.cluster.create(SHOP, pod(name, { labels: { app: name.slice(0, 3), name } }));
}

async function names(query: string, path = SHOP): Promise<(string | undefined)[]> {
  const { body } = await api.request("GET", `${path}?${query}`);
  return (body.items ?? []).map(({ metadata }) => metadata?.name);
}

describe("a list", () => {
  it("has the objects of its namespace, or of all, and the store's version", async () => {
    await pods("web-1");
    await api.cluster.create("/api/v1/namespaces/default/pods", pod("other"));

    expect(await names("")).toEqual(["web-1"]);
    expect(await names("", "/api/v1/pods")).toEqual(["other", "web-1"]);
    expect((await api.request("GET", SHOP)).body).toMatchObject({
      kind: "PodList",
      apiVersion: "v1",
      metadata: { resourceVersion: api.store.version },
    });
  });

  it.each([
    ["app=web", ["web-1", "web-2"]],
    ["app==web,name=web-1", ["web-1"]],
    ["app!=web", ["api-1"]],
    ["name in (web-1, api-1)", ["api-1", "web-1"]],
    ["name notin (web-1)", ["api-1", "web-2"]],
    ["app", ["api-1", "web-1", "web-2"]],
    ["!app", []],
  ])("is narrowed by the label selector %s", async (selector, expected) => {
    await pods("api-1", "web-1", "web-2");

    expect(await names(`labelSelector=${encodeURIComponent(selector)}`)).toEqual(expected);
  });

  it.each([
    ["metadata.name=web-1", ["web-1"]],
    ["metadata.name!=web-1", ["api-1"]],
    ["metadata.namespace=default", []],
    ["status.phase=Pending", ["api-1", "web-1"]],
    ["status.phase!=Pending", []],
    ["spec.nodeName=", ["api-1", "web-1"]],
  ])("is narrowed by the field selector %s", async (selector, expected) => {
    await pods("api-1", "web-1");

    expect(await names(`fieldSelector=${encodeURIComponent(selector)}`)).toEqual(expected);
  });

  it("finds the Events about an object of one type", async () => {
    for (const [name, uid, type] of [
      ["a", "1", "Warning"],
      ["b", "1", "Normal"],
      ["c", "2", "Warning"],
    ]) {
      await api.cluster.create(paths.events("shop"), {
        metadata: { name },
        involvedObject: { namespace: "shop", uid },
        type,
      });
    }
    const selector = encodeURIComponent("involvedObject.uid=1,type=Warning");

    expect(await names(`fieldSelector=${selector}`, paths.events("shop"))).toEqual(["a"]);
  });

  it.each([
    ["fieldSelector=spec.color%3Dred", "field label not supported: spec.color"],
    ["labelSelector=a%3D%3D%3Db", "unable to parse requirement"],
    ["limit=many", 'parsing "many": invalid syntax'],
    ["resourceVersion=old", "invalid resource version"],
    ["continue=nonsense", "invalid continue token"],
  ])("is a BadRequest for %s", async (query, message) => {
    const { status, body } = await api.request("GET", `${SHOP}?${query}`);

    expect({ status, reason: body.reason }).toEqual({ status: 400, reason: "BadRequest" });
    expect(body.message).toContain(message);
  });

  it("comes page by page, all of one moment, whatever changes meanwhile", async () => {
    await pods("a", "b", "c", "d", "e");
    const first = await api.request("GET", `${SHOP}?limit=2`);
    const { continue: token, remainingItemCount } = first.body.metadata as Record<string, string>;
    await api.cluster.delete(`${SHOP}/c`, { uid: api.store.get(PODS, "shop", "c").metadata?.uid ?? "" });

    expect(remainingItemCount).toBe(3);
    const second = await api.request("GET", `${SHOP}?limit=2&continue=${token ?? ""}`);
    expect(second.body.items?.map(({ metadata }) => metadata?.name)).toEqual(["c", "d"]);
    expect(second.body.metadata?.resourceVersion).toBe(first.body.metadata?.resourceVersion);
  });

  it("is Expired (410) when its next page is asked for after five minutes", async () => {
    await pods("a", "b");
    const { body } = await api.request("GET", `${SHOP}?limit=1`);
    const token = (body.metadata as { continue?: string }).continue ?? "";
    api.clock.pass(301);

    expect(await api.request("GET", `${SHOP}?limit=1&continue=${token}`)).toMatchObject({
      status: 410,
      body: { kind: "Status", reason: "Expired", code: 410 },
    });
  });

  it("from the watch cache has no pages", async () => {
    await pods("a", "b", "c");

    expect(await names("limit=1&resourceVersion=0")).toEqual(["a", "b", "c"]);
  });

  it("is read whole by the workflow's client, more than a page of it too", async () => {
    for (let index = 0; index < 520; index++)
      api.store.create(PODS, { ...pod(`p-${index}`), metadata: { name: `p-${index}`, namespace: "shop" } });

    expect(await api.cluster.list<Pod>(paths.pods("shop"))).toHaveLength(520);
  });
});

describe("a Table", () => {
  it("has rows without objects for the workflow's client", async () => {
    await pods("web-1");

    expect(await api.cluster.table(paths.pods("shop"))).toMatchObject({
      kind: "Table",
      columnDefinitions: [
        { name: "Name", type: "string", format: "name", priority: 0 },
        { name: "Ready" },
        { name: "Status" },
        { name: "Restarts" },
        { name: "Age" },
        { name: "IP", priority: 1 },
        { name: "Node" },
        { name: "Nominated Node" },
        { name: "Readiness Gates" },
      ],
      rows: [{ cells: ["web-1", "0/1", "Pending", "0", "0s", "<none>", "<none>", "<none>", "<none>"], object: null }],
    });
  });

  it.each([
    ["", { kind: "PartialObjectMetadata", metadata: { name: "web-1" } }],
    ["?includeObject=Object", { kind: "Pod", spec: { containers: [{ name: "app" }] } }],
  ])("has what of the objects the query '%s' asks for", async (query, object) => {
    await pods("web-1");
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const answer = await fetch(`${api.url}${SHOP}/web-1${query}`, { headers: { accept } });

    expect(await answer.json()).toMatchObject({ kind: "Table", rows: [{ object }] });
  });
});

describe("a watch", () => {
  /** Reads so many events, then ends the watch. */
  async function events(query: string, count: number, meanwhile = async () => {}): Promise<string[]> {
    const ended = new AbortController();
    const response = await fetch(`${api.url}${SHOP}?watch=1&${query}`, { signal: ended.signal });
    await meanwhile();
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array);
      if (text.split("\n").length > count) break;
    }
    ended.abort();
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; object: { metadata: { name?: string }; code?: number } })
      .map(({ type, object }) => `${type} ${object.metadata.name ?? object.code ?? ""}`);
  }

  it("tells of what there is, then of what changes", async () => {
    await pods("a");
    const told = await events("", 3, async () => {
      await pods("b");
      api.store.delete(PODS, "shop", "a");
    });

    expect(told).toEqual(["ADDED a", "ADDED b", "DELETED a"]);
  });

  it("goes on from a resource version", async () => {
    await pods("a");
    const since = api.store.version;
    await pods("b");

    expect(await events(`resourceVersion=${since}`, 1)).toEqual(["ADDED b"]);
  });

  it("sees an object leave a selection as deleted, and enter it as added", async () => {
    await pods("web-1", "api-1");
    const relabel = (name: string, app: string) =>
      api.store.change(PODS, { namespace: "shop", name }, (object) => {
        object.metadata = { ...object.metadata, labels: { app } };
      });
    const told = await events("labelSelector=app%3Dweb", 3, async () => {
      relabel("web-1", "old");
      relabel("api-1", "web");
      await Promise.resolve();
    });

    expect(told).toEqual(["ADDED web-1", "DELETED web-1", "ADDED api-1"]);
  });

  it("from a version that is forgotten is an ERROR with code 410", async () => {
    expect(await events("resourceVersion=1", 1)).toEqual(["ERROR 410"]);
  });
});

describe("a path", () => {
  it.each([
    ["/version", 200],
    ["/readyz", 200],
    ["/api", 200],
    ["/apis", 200],
    ["/apis/apps/v1", 200],
    ["/apis/apps/v1/namespaces/shop/deployments", 200],
    ["/nowhere", 404],
    ["/apis/example.com/v1/things", 404],
    ["/apis/apps/v1/namespaces/shop/things", 404],
    ["/apis/apps/v1/namespaces/shop/deployments/none", 404],
    ["/apis/apps/v1/namespaces/shop/deployments/web/logs", 404],
    ["/apis/apps/v1/namespaces/shop/daemonsets/web/scale", 404],
  ])("%s is answered with %i", async (path, status) => {
    await api.cluster.create(paths.deployments("shop"), web());

    expect((await api.request("GET", path)).status).toBe(status);
  });

  it("is not allowed every method", async () => {
    expect(await api.request("PUT", paths.deployments("shop"), {})).toMatchObject({
      status: 405,
      body: { reason: "MethodNotAllowed" },
    });
  });
});

describe("the log of requests", () => {
  it("has verb, resource and status as an audit log has them, from the caller's own words", async () => {
    await api.cluster.create(paths.deployments("shop"), web());
    await api.cluster.list(paths.pods("shop"));
    await api.request("POST", `${SHOP}/none/eviction`, { metadata: { name: "none" } });

    expect(
      api.log.map(({ verb, resource, status, userAgent }) => `${verb} ${resource} ${status} ${userAgent}`),
    ).toEqual([
      "create deployments 201 eks-remediation",
      "list pods 200 eks-remediation",
      "create pods/eviction 404 node",
    ]);
  });
});
