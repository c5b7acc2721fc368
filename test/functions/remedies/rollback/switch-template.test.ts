import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { switchTemplate } from "../../../../functions/remedies/rollback/switch-template.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import type { Deployment, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal, UNAPPLIED_PATCH } from "../../../support/api-server.ts";
import { ago, deployment, replicaSet, template, WEB } from "../../../support/objects.ts";
import { writerFor } from "../../../support/writers.ts";

const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
const REPLICA_SET = "/apis/apps/v1/namespaces/shop/replicasets/web-1";
const CHANGE_CAUSE = "kubernetes.io/change-cause";
const BAD = template("shop/web:2");
const GOOD = template("shop/web:1");

const CHANGE = {
  from: { revision: 2, kind: "ReplicaSet" as const, name: "web-2", template: templateHash(BAD) },
  to: { revision: 1, kind: "ReplicaSet" as const, name: "web-1", template: templateHash(GOOD) },
};
const PLAN = { action: "rollback", before: CHANGE.from, after: CHANGE.to, unblocked: [] } as const;

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", DEPLOYMENT, found(bad("7")));
  api.on("GET", REPLICA_SET, found(replicaSet(1)));
  api.on("PATCH", DEPLOYMENT, found({}));
});
afterEach(() => api.stop());

/** The Deployment with the template that is to go. */
function bad(resourceVersion: string, annotations: Record<string, string> = {}): Deployment {
  return deployment({ template: BAD, metadata: { resourceVersion, annotations } });
}

/** The good revision's ReplicaSet, with one more annotation. */
function annotated(annotations: Record<string, string>): ReplicaSet {
  const set = replicaSet(1);
  return { ...set, metadata: { ...set.metadata, annotations: { ...set.metadata?.annotations, ...annotations } } };
}

const patch = (resourceVersion: string, ...more: object[]) => [
  { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
  { op: "replace", path: "/spec/template", value: GOOD },
  ...more,
];
const bodies = () => api.writes.map(({ body }) => body);
const switched = ({ dryRun = false } = {}) =>
  switchTemplate(writerFor(api.cluster(), WEB, { ...PLAN, unblocked: [] }, dryRun), CHANGE);

describe("switching a Deployment's template", () => {
  it("leaves a Deployment alone that was scaled to zero since, where that is asked for", async () => {
    api.on("GET", DEPLOYMENT, found(deployment({ template: BAD, replicas: 0, metadata: { resourceVersion: "7" } })));
    const writer = () => writerFor(api.cluster(), WEB, { ...PLAN, unblocked: [] });

    await expect(switchTemplate(writer(), { ...CHANGE, unlessSwitchedOff: true })).rejects.toMatchObject({
      name: "ObjectChanged",
      message: "Deployment shop/web was left as it is: it has been scaled to zero since.",
    });
    expect(api.writes).toEqual([]);
    expect(await switchTemplate(writer(), CHANGE)).toBe(true);
  });

  it("leaves a Deployment alone whose template admission would make another one of", async () => {
    const marked = { ...GOOD, metadata: { ...GOOD.metadata, annotations: { "inject.example.com/status": "done" } } };
    api.on("PATCH", DEPLOYMENT, found(deployment({ template: marked })));

    await expect(switched()).rejects.toMatchObject({
      name: "WriteRefused",
      message: expect.stringContaining("it would not be that of revision 1") as string,
    });
    expect(api.writes.map(({ query }) => query)).toEqual([{ dryRun: "All" }]);
    const writer = writerFor(api.cluster(), WEB, { ...PLAN, unblocked: [] });

    expect(await switchTemplate(writer, { ...CHANGE, unlessSwitchedOff: true })).toBe(true);
  });

  it("writes what admission leaves as it is", async () => {
    api.on("PATCH", DEPLOYMENT, found(deployment({ template: GOOD })));

    expect(await switched()).toBe(true);
  });

  it("writes the revision's template without the controller's label, tried by the server first, if nothing changed since", async () => {
    await switched();

    expect(api.writes.map(({ path, query, contentType }) => ({ path, query, contentType }))).toEqual([
      { path: DEPLOYMENT, query: { dryRun: "All" }, contentType: "application/json-patch+json" },
      { path: DEPLOYMENT, query: {}, contentType: "application/json-patch+json" },
    ]);
    expect(bodies()).toEqual([patch("7"), patch("7")]);
  });

  it("in a dry run stops after the server's trial", async () => {
    await switched({ dryRun: true });

    expect(api.writes.map(({ query }) => query)).toEqual([{ dryRun: "All" }]);
  });

  it("takes the revision's change cause with it, and drops that of the template that goes", async () => {
    const path = "/metadata/annotations/kubernetes.io~1change-cause";
    api.on("GET", DEPLOYMENT, found(bad("7", { [CHANGE_CAUSE]: "release 2" })));
    await switched();
    api.on("GET", REPLICA_SET, found(annotated({ [CHANGE_CAUSE]: "release 1" })));
    await switched();

    expect(bodies().slice(1, 3)).toEqual([
      patch("7", { op: "remove", path }),
      patch("7", { op: "add", path, value: "release 1" }),
    ]);
  });

  it("does nothing when the template is in place already", async () => {
    api.on("GET", DEPLOYMENT, found(deployment({ template: GOOD })));
    await switched();

    expect(api.writes).toEqual([]);
  });

  it.each([
    ["has yet another template", deployment({ template: template("shop/web:3") }), "somebody else changed"],
    ["was paused", deployment({ template: BAD, paused: true }), "paused"],
    ["is being deleted", deployment({ template: BAD, metadata: { deletionTimestamp: ago(1) } }), "being deleted"],
  ])("leaves a Deployment as it is that %s meanwhile", async (_what, present, why) => {
    api.on("GET", DEPLOYMENT, found(present));

    await expect(switched()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining(why) as string,
    });
    expect(api.writes).toEqual([]);
  });

  it.each([
    ["is gone from the history", refusal(404, "replicasets not found")],
    ["holds another template than the one that was chosen", found(replicaSet(1, { template: template("shop/web:9") }))],
  ])("writes nothing when the revision %s", async (_what, answer) => {
    api.on("GET", REPLICA_SET, answer);

    await expect(switched()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining("revision 1 is gone") as string,
    });
    expect(api.writes).toEqual([]);
  });

  it.each([
    ["the trial", [UNAPPLIED_PATCH, found({})]],
    ["the write itself", [found({}), UNAPPLIED_PATCH, found({})]],
    ["a conflict in the store", [refusal(409, "the object has been modified"), found({})]],
  ])("looks again and decides again when the status moved on before %s", async (_what, answers) => {
    api.on("GET", DEPLOYMENT, found(bad("7")), found(bad("8")));
    api.on("PATCH", DEPLOYMENT, ...answers);
    await switched();

    expect(bodies().slice(-2)).toEqual([patch("8"), patch("8")]);
    expect(api.writes.at(-1)?.query).toEqual({});
  });

  it("does not overwrite what somebody else made of it while it looked again", async () => {
    api.on("GET", DEPLOYMENT, found(bad("7")), found(deployment({ template: template("shop/web:3") })));
    api.on("PATCH", DEPLOYMENT, UNAPPLIED_PATCH);

    await expect(switched()).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(api.writes).toHaveLength(1);
  });

  it("gives up on a Deployment that never holds still", async () => {
    api.on("PATCH", DEPLOYMENT, UNAPPLIED_PATCH);

    await expect(switched()).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(api.writes).toHaveLength(6);
  });

  it("writes nothing when admission refuses the template in the trial", async () => {
    api.on("PATCH", DEPLOYMENT, refusal(422, 'Deployment.apps "web" is invalid: spec.template: Invalid value'));

    await expect(switched()).rejects.toMatchObject({ name: "WriteRefused" });
    expect(api.writes.map(({ query }) => query)).toEqual([{ dryRun: "All" }]);
  });

  it("names a Deployment that is gone", async () => {
    api.on("GET", DEPLOYMENT, refusal(404, "deployments.apps not found"));

    await expect(switched()).rejects.toMatchObject({ name: "WorkloadNotFound" });
  });
});
