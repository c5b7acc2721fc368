import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Deployment } from "../../../functions/shared/kubernetes/types.ts";
import { applyJsonPatch } from "../../../local/embedded/api/json-patch.ts";
import { mergePatch } from "../../../local/embedded/api/merge-patch.ts";
import { strategicMerge } from "../../../local/embedded/api/strategic-merge.ts";
import { served, web, type Served } from "./served.ts";

let api: Served;
const path = paths.deployment("shop", "web");

beforeEach(async () => {
  api = await served();
  await api.cluster.create(paths.deployments("shop"), web());
});
afterEach(async () => {
  await api.stop();
});

describe("a JSON patch", () => {
  it("is applied when what it tests holds", async () => {
    const { metadata } = await api.cluster.get<Deployment>(path);
    const patched = await api.cluster.patch<Deployment>(path, [
      { op: "test", path: "/metadata/resourceVersion", value: metadata?.resourceVersion },
      { op: "add", path: "/metadata/annotations", value: { "shop/by": "me" } },
      { op: "replace", path: "/spec/replicas", value: 7 },
    ]);

    expect(patched).toMatchObject({
      metadata: { annotations: { "shop/by": "me" }, generation: 2 },
      spec: { replicas: 7 },
    });
  });

  it.each([
    ["a test that fails", [{ op: "test", path: "/spec/replicas", value: 9 }]],
    ["a test of a field that is not there", [{ op: "test", path: "/spec/paused", value: true }]],
    ["a path that is not there", [{ op: "replace", path: "/spec/nothing/x", value: 1 }]],
    ["the removal of what is not there", [{ op: "remove", path: "/metadata/annotations" }]],
    ["an operation that does not exist", [{ op: "frob", path: "/spec" }]],
  ])("with %s is refused in the words that tell it from validation", async (_what, operations) => {
    const answer = await api.request("PATCH", path, operations, "application/json-patch+json");

    expect(answer).toMatchObject({
      status: 422,
      body: { reason: "Invalid", message: "the server rejected our request due to an error in our request" },
    });
  });

  it("that does not apply is ObjectChanged for the workflow, and changes nothing", async () => {
    const patch = api.cluster.patch(path, [
      { op: "replace", path: "/spec/replicas", value: 7 },
      { op: "test", path: "/metadata/name", value: "other" },
    ]);

    await expect(patch).rejects.toMatchObject({ name: "ObjectChanged" });
    expect((await api.cluster.get<Deployment>(path)).spec?.replicas).toBe(1);
  });

  it("leaves what it is applied to as it is", () => {
    const before = { metadata: { labels: { app: "web" } } };
    const after = applyJsonPatch(before, [{ op: "replace", path: "/metadata/labels/app", value: "api" }]);

    expect([before.metadata.labels.app, after]).toEqual(["web", { metadata: { labels: { app: "api" } } }]);
  });

  it("holds when it tests for the absence of a field with null", async () => {
    const operations = [{ op: "test", path: "/spec/paused", value: null }];

    expect((await api.request("PATCH", path, operations, "application/json-patch+json")).status).toBe(200);
  });
});

describe("a patch", () => {
  it.each([
    ["application/merge-patch+json", [{ name: "b", image: "b:1" }]],
    [
      "application/strategic-merge-patch+json",
      [
        { name: "b", image: "b:1" },
        { name: "app", image: "shop/web:1" },
      ],
    ],
  ])("of type %s treats lists in its own way", async (type, containers) => {
    const patch = { spec: { template: { spec: { containers: [{ name: "b", image: "b:1" }] } } } };
    const { status, body } = await api.request("PATCH", path, patch, type);

    expect(status).toBe(200);
    expect(body).toMatchObject({ spec: { template: { spec: { containers } } } });
  });

  it("of another type is an unsupported media type", async () => {
    expect(await api.request("PATCH", path, {}, "application/json")).toMatchObject({
      status: 415,
      body: { reason: "UnsupportedMediaType" },
    });
  });

  it("that is no JSON is a BadRequest", async () => {
    expect(await api.request("PATCH", path, "{nope", "application/merge-patch+json")).toMatchObject({
      status: 400,
      body: { reason: "BadRequest" },
    });
  });

  it("that applies an object from YAML creates it, or changes it", async () => {
    const yaml = (data: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "${data}"}}`;
    const of = "/api/v1/namespaces/shop/configmaps/c?fieldManager=test";

    expect((await api.request("PATCH", of, yaml("1"), "application/apply-patch+yaml")).status).toBe(201);
    expect(await api.request("PATCH", of, yaml("2"), "application/apply-patch+yaml")).toMatchObject({
      status: 200,
      body: { data: { a: "2" } },
    });
  });

  it("with an older version is a Conflict, to another name a BadRequest, and to another uid Invalid", async () => {
    const merge = "application/merge-patch+json";
    const stale = { metadata: { resourceVersion: "3" } };

    expect(await api.request("PATCH", path, stale, merge)).toMatchObject({ status: 409, body: { reason: "Conflict" } });
    expect(await api.request("PATCH", path, { metadata: { name: "b" } }, merge)).toMatchObject({
      status: 400,
      body: { message: "the name of the object (b) does not match the name on the URL (web)" },
    });
    expect(await api.request("PATCH", path, { metadata: { uid: "3" } }, merge)).toMatchObject({
      status: 422,
      body: { message: 'Deployment.apps "web" is invalid: metadata.uid: Invalid value: "3": field is immutable' },
    });
  });
});

describe("a merge patch", () => {
  it("removes what is null and replaces lists", () => {
    expect(mergePatch({ a: { b: 1, c: 2 }, l: [1, 2] }, { a: { b: null }, l: [3] })).toEqual({ a: { c: 2 }, l: [3] });
  });
});

describe("a strategic merge patch", () => {
  const app = { name: "app", image: "a:1", env: [{ name: "A", value: "1" }] };

  it("merges containers by name, and what is in them", () => {
    const patch = { containers: [{ name: "app", env: [{ name: "B", value: "2" }] }] };

    expect(strategicMerge({ containers: [app] }, patch)).toEqual({
      containers: [
        {
          name: "app",
          image: "a:1",
          env: [
            { name: "B", value: "2" },
            { name: "A", value: "1" },
          ],
        },
      ],
    });
  });

  it("puts the elements into the order of the patch, and leaves the others where they stood", () => {
    const list = (...names: string[]) => ({ containers: names.map((name) => ({ name })) });

    expect(strategicMerge(list("a", "b", "c"), list("c", "b"))).toEqual(list("a", "c", "b"));
    expect(strategicMerge(list("a", "b", "c"), list("b"))).toEqual(list("a", "b", "c"));
    expect(strategicMerge(list("a", "b"), list("new"))).toEqual(list("new", "a", "b"));
  });

  it.each([
    ["conditions", "type", "Ready"],
    ["volumes", "name", "data"],
    ["initContainers", "name", "init"],
    ["ports", "containerPort", 80],
    ["ports", "port", 80],
    ["ownerReferences", "uid", "1"],
    ["volumeMounts", "mountPath", "/data"],
  ])("tells %s apart by their %s", (list, key, value) => {
    const merged = strategicMerge({ [list]: [{ [key]: value, kept: true }] }, { [list]: [{ [key]: value, more: 1 }] });

    expect(merged).toEqual({ [list]: [{ [key]: value, kept: true, more: 1 }] });
  });

  it("replaces lists without a key, and adds finalizers", () => {
    expect(strategicMerge({ args: ["a"], finalizers: ["a"] }, { args: ["b"], finalizers: ["b"] })).toEqual({
      args: ["b"],
      finalizers: ["a", "b"],
    });
  });

  it.each([
    ["deletes an element", { containers: [{ name: "app", $patch: "delete" }] }, { containers: [] }],
    ["replaces a list", { containers: [{ $patch: "replace" }, { name: "b" }] }, { containers: [{ name: "b" }] }],
    ["replaces an object", { $patch: "replace", other: 1 }, { other: 1 }],
    ["deletes a field", { containers: { $patch: "delete" } }, {}],
    ["removes what is null", { containers: null }, {}],
    [
      "removes texts from a list",
      { "$deleteFromPrimitiveList/finalizers": ["a"] },
      { containers: [app], finalizers: [] },
    ],
  ])("%s when a directive says so", (_what, patch, expected) => {
    const current =
      "$deleteFromPrimitiveList/finalizers" in patch ? { containers: [app], finalizers: ["a"] } : { containers: [app] };

    expect(strategicMerge(current, patch)).toEqual(expected);
  });

  it("keeps the named keys of a union alone", () => {
    const patch = { type: "Recreate", $retainKeys: ["type"] };

    expect(strategicMerge({ type: "RollingUpdate", rollingUpdate: {} }, patch)).toEqual({ type: "Recreate" });
  });
});
