import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rollBack } from "../../../../functions/remedies/rollback/carry-out.ts";
import type { RollbackPlan } from "../../../../functions/remedies/rollback/contract.ts";
import { ApiServer, found, refusal } from "../../../support/api-server.ts";
import { ago, template } from "../../../support/objects.ts";
import { controllerRevision, DB, db, dbPod, revisionOf } from "../../../support/set-objects.ts";
import { writerFor } from "../../../support/writers.ts";

const STATEFUL_SET = "/apis/apps/v1/namespaces/shop/statefulsets/db";
const POD = "/api/v1/namespaces/shop/pods/db-2";
const TARGET = { name: "db-2", uid: "db-2-uid" };
const PLAN: RollbackPlan = {
  action: "rollback",
  before: revisionOf(2),
  after: revisionOf(1),
  unblocked: [TARGET],
};
const GOOD = template("shop/web:1");
const STUCK = dbPod(2, 2, { ready: false });

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  // As it was diagnosed; once its template is back, first unseen by its controller, then seen.
  const back = (observedGeneration: number) =>
    db({
      template: GOOD,
      metadata: { name: "db", generation: 2 },
      status: { observedGeneration },
    });
  let looks = 0;
  api.on("GET", STATEFUL_SET, (response) => {
    const isBack = api.writes.some(({ path, query }) => path === STATEFUL_SET && query["dryRun"] === undefined);
    response.end(JSON.stringify(isBack ? back(++looks) : db()));
  });
  api.on("GET", "/apis/apps/v1/namespaces/shop/controllerrevisions/db-r1", found(controllerRevision(1)));
  api.on("PATCH", STATEFUL_SET, found({}));
  api.on("GET", POD, found(STUCK));
  api.on("DELETE", POD, found({}));
});
afterEach(() => api.stop());

/** Rolls back, as a step does that was tried before. */
const roll = ({ dryRun = false, again = true } = {}, patience?: number) =>
  rollBack(writerFor(api.cluster(), DB, PLAN, dryRun), PLAN, () => Promise.resolve(again), patience);
const rolledBack = async (options = {}) => (await roll(options)).unblocked;
const writes = () =>
  api.writes.map(({ method, path, query }) => `${method} ${path === POD ? "pod" : "set"} ${query["dryRun"] ?? "now"}`);

describe("rolling back a stuck StatefulSet", () => {
  it("deletes the pod that it waits for, once the template is back and its controller has seen it", async () => {
    expect(await rolledBack()).toEqual([TARGET]);

    expect(writes()).toEqual(["DELETE pod All", "PATCH set All", "PATCH set now", "DELETE pod now"]);
    expect(api.requests.slice(-6).map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET ${STATEFUL_SET}`,
      `GET ${STATEFUL_SET}`,
      `GET ${POD}`,
      `GET ${STATEFUL_SET}`,
      "GET /api/v1/namespaces/shop",
      `DELETE ${POD}`,
    ]);
    expect(api.writes.at(-1)?.body).toMatchObject({ preconditions: { uid: "db-2-uid", resourceVersion: "7" } });
  });

  it("says whether it was the one that put the template back", async () => {
    expect(await roll({ again: false })).toMatchObject({ switched: true });
    expect(await roll({ again: true })).toMatchObject({ switched: true });
    expect(await roll({ again: false })).toMatchObject({ switched: false });
  });

  it("in a dry run tries everything and writes nothing", async () => {
    expect(await rolledBack({ dryRun: true })).toEqual([TARGET]);

    expect(writes()).toEqual(["DELETE pod All", "PATCH set All"]);
  });

  it("does not touch the template when the pod may not be deleted", async () => {
    api.on("DELETE", POD, refusal(403, "pods is forbidden"));

    await expect(rolledBack()).rejects.toMatchObject({ name: "Forbidden" });
    expect(writes()).toEqual(["DELETE pod All"]);
  });

  it("done again, deletes nothing twice", async () => {
    api.on("GET", STATEFUL_SET, found(db({ template: GOOD })));
    api.on("GET", POD, found(dbPod(2, 1, { metadata: { uid: "another-uid" } })));

    expect(await rolledBack()).toEqual([TARGET]);
    expect(writes()).toEqual([]);
  });

  it("where somebody else has put the template back, leaves the pod to them, too", async () => {
    api.on("GET", STATEFUL_SET, found(db({ template: GOOD })));

    expect(await roll({ again: false })).toEqual({ switched: false, unblocked: [] });
    expect(writes()).toEqual(["DELETE pod All"]);
  });

  it.each([
    ["is gone", refusal(404, "pods not found"), [TARGET]],
    ["is on its way out", found(dbPod(2, 2, { ready: false, metadata: { deletionTimestamp: ago(1) } })), [TARGET]],
    ["is ready by now", found(dbPod(2, 2)), []],
    ["was made from the wanted revision", found(dbPod(2, 1, { ready: false })), []],
  ])("leaves a pod alone that %s", async (_what, answer, unblocked) => {
    api.on("GET", POD, answer);

    expect(await rolledBack()).toEqual(unblocked);
    expect(writes()).toEqual(["PATCH set All", "PATCH set now"]);
  });

  it("does not say that it deleted a pod that went before its first try", async () => {
    api.on("GET", POD, refusal(404, "pods not found"));

    expect(await roll({ again: false })).toEqual({ switched: true, unblocked: [] });
    expect(await roll({ again: false, dryRun: true })).toMatchObject({ unblocked: [] });
  });

  it("looks again when the pod moved on between the look and the deletion", async () => {
    api.on("GET", POD, found(STUCK), found(STUCK), found(dbPod(2, 2)));
    api.on("DELETE", POD, found({}), refusal(409, "the ResourceVersion in the precondition does not match"));

    expect(await rolledBack()).toEqual([]);
    expect(writes().filter((write) => write === "DELETE pod now")).toHaveLength(1);
  });

  it("deletes nothing when somebody else changes the template right after", async () => {
    api.on("GET", STATEFUL_SET, found(db()), found(db()), found(db({ template: template("shop/web:3") })));

    await expect(rolledBack()).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(writes()).not.toContain("DELETE pod now");
  });

  it("deletes nothing while the controller does not see the template, which trying again may help", async () => {
    api.on(
      "GET",
      STATEFUL_SET,
      found(db({ template: GOOD, metadata: { name: "db", generation: 2 }, status: { observedGeneration: 1 } })),
    );

    await expect(roll({}, 0)).rejects.toMatchObject({ name: "ClusterUnavailable" });
    expect(writes()).toEqual(["DELETE pod All"]);
  });
});
