import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { switchTemplate } from "../../../../functions/remedies/rollback/switch-template.ts";
import type { RollbackPlan } from "../../../../functions/remedies/rollback/contract.ts";
import type { WorkloadRef } from "../../../../functions/shared/refs.ts";
import { ApiServer, found, refusal, UNAPPLIED_PATCH } from "../../../support/api-server.ts";
import { template } from "../../../support/objects.ts";
import { AGENT, agent, controllerRevision, DB, db, revisionOf } from "../../../support/set-objects.ts";
import { writerFor } from "../../../support/writers.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const STATEFUL_SET = `${APPS}/statefulsets/db`;
const DAEMON_SET = `${APPS}/daemonsets/agent`;
const CHANGE = { workload: DB as WorkloadRef, from: revisionOf(2), to: revisionOf(1), dryRun: false };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", STATEFUL_SET, found(db()));
  api.on("GET", `${APPS}/controllerrevisions/db-r1`, found(controllerRevision(1)));
  api.on("PATCH", STATEFUL_SET, found({}));
  api.on("GET", DAEMON_SET, found(agent()));
  api.on("GET", `${APPS}/controllerrevisions/agent-r1`, found(controllerRevision(1, { of: "agent" })));
  api.on("PATCH", DAEMON_SET, found({}));
});
afterEach(() => api.stop());

/** Switches the template, as a rollback does. */
const switched = (change: Partial<typeof CHANGE> = {}) => {
  const { workload, from, to, dryRun } = { ...CHANGE, ...change };
  const plan: RollbackPlan = { action: "rollback", before: from, after: to, unblocked: [] };
  return switchTemplate(writerFor(api.cluster(), workload, plan, dryRun), { from, to });
};
const ofAgent = { workload: AGENT, from: revisionOf(2, "agent"), to: revisionOf(1, "agent") };
const patch = (resourceVersion: string) => [
  { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
  { op: "replace", path: "/spec/template", value: template("shop/web:1") },
];

describe("switching the template of a StatefulSet or DaemonSet", () => {
  it.each([
    ["StatefulSet", STATEFUL_SET, {}],
    ["DaemonSet", DAEMON_SET, ofAgent],
  ])("writes the template that the ControllerRevision of a %s holds, after a trial", async (_kind, path, change) => {
    await switched(change);

    expect(api.writes.map(({ path, query, body }) => ({ path, query, body }))).toEqual([
      { path, query: { dryRun: "All" }, body: patch("7") },
      { path, query: {}, body: patch("7") },
    ]);
  });

  it("leaves annotations alone: change causes are for Deployments", async () => {
    api.on(
      "GET",
      STATEFUL_SET,
      found(db({ metadata: { annotations: { "kubernetes.io/change-cause": "release 2" } } })),
    );
    await switched({ dryRun: true });

    expect(api.writes[0]?.body).toHaveLength(2);
  });

  it("does nothing when the template is in place already", async () => {
    api.on("GET", STATEFUL_SET, found(db({ template: template("shop/web:1") })));
    await switched();

    expect(api.writes).toEqual([]);
  });

  it.each([
    ["has yet another template", db({ template: template("shop/web:3") }), "somebody else changed"],
    [
      "replaces no pods by itself",
      db({ spec: { updateStrategy: { type: "OnDelete" } } }),
      "leaves its pods to be replaced by hand",
    ],
  ])("leaves a StatefulSet as it is that %s", async (_what, present, why) => {
    api.on("GET", STATEFUL_SET, found(present));

    await expect(switched()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining(why) as string,
    });
    expect(api.writes).toEqual([]);
  });

  it.each([
    ["is gone from the history", refusal(404, "controllerrevisions not found")],
    ["holds another template", found(controllerRevision(1, { template: template("shop/web:9") }))],
    ["holds no template", found({ ...controllerRevision(1), data: {} })],
  ])("writes nothing when the revision %s", async (_what, answer) => {
    api.on("GET", `${APPS}/controllerrevisions/db-r1`, answer);

    await expect(switched()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining("revision 1 is gone") as string,
    });
    expect(api.writes).toEqual([]);
  });

  it("looks again and decides again when only the status moved on", async () => {
    api.on("GET", STATEFUL_SET, found(db()), found(db({ metadata: { name: "db", resourceVersion: "8" } })));
    api.on("PATCH", STATEFUL_SET, found({}), UNAPPLIED_PATCH, found({}));
    await switched();

    expect(api.writes.at(-1)).toMatchObject({ query: {}, body: patch("8") });
  });

  it("is refused for a kind that has no revisions", async () => {
    const workload = { ...DB, kind: "ReplicaSet" };
    api.on("GET", `${APPS}/replicasets/db`, found({ spec: { template: template("shop/web:2") } }));

    await expect(switched({ workload })).rejects.toMatchObject({ name: "InvalidStepInput" });
  });
});
