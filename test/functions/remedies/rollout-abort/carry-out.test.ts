import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Rollout } from "../../../../functions/kinds/argo-rollout/rollout.ts";
import { storedTemplate } from "../../../../functions/kinds/argo-rollout/stored-template.ts";
import { back, carryOut } from "../../../../functions/remedies/rollout-abort/carry-out.ts";
import type { RolloutAbortPlan } from "../../../../functions/remedies/rollout-abort/contract.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import { ApiServer, found, refusal } from "../../../support/api-server.ts";
import { template } from "../../../support/objects.ts";
import { ABORTED, CANARY, rollout, ROLLOUT_WEB, withRollouts } from "../../../support/rollouts.ts";
import { writerFor } from "../../../support/writers.ts";

const OBJECT = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web";
const STATUS = `${OBJECT}/status`;
const FIRST = { mayBeOwn: () => Promise.resolve(false), requested: false };
const AGAIN = { mayBeOwn: () => Promise.resolve(true), requested: false };

const revision = (number: number) => ({
  ...({ revision: number, kind: "ReplicaSet", name: `web-${number}` } as const),
  template: templateHash(storedTemplate(template(`shop/web:${number}`))),
});
const plan: RolloutAbortPlan = { action: "rollout-abort", before: revision(2), after: revision(1) };
const { before, after } = plan;
const change = { kind: "rollout-abort", before, after, aborted_at: ABORTED.abortedAt } as const;
const backPlan = { ...plan, back: { aborted_at: ABORTED.abortedAt } };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", "/api/v1/namespaces/shop", found({}));
  api.on("PATCH", STATUS, found({}));
});
afterEach(() => api.stop());

const is = (object: Rollout) => {
  api.on("GET", OBJECT, found({ ...object, metadata: { ...object.metadata, resourceVersion: "7" } }));
};
const patches = () => api.writes.map(({ path, body }) => [path, body] as const);
const carriedOut = (wanted: RolloutAbortPlan, occasion = FIRST, dryRun = false) =>
  withRollouts(() => carryOut(writerFor(api.cluster(), ROLLOUT_WEB, wanted, dryRun), wanted, occasion));
const takenBack = () => withRollouts(() => back(writerFor(api.cluster(), ROLLOUT_WEB, plan), change));

const made = (object: Rollout, metadata: Rollout["metadata"]): Rollout => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});

describe("a rollout is aborted", () => {
  it("in its status, with the moment, while it is as it was read", async () => {
    is(rollout(CANARY));
    const done = await carriedOut(plan);

    expect(done).toMatchObject({
      change: { kind: "rollout-abort", before, after, aborted_at: expect.stringMatching(/^[-\d]+T[:\d]+Z$/) as string },
    });
    expect(patches()).toEqual([
      [
        STATUS,
        [
          { op: "test", path: "/metadata/resourceVersion", value: "7" },
          { op: "add", path: "/status/abort", value: true },
          { op: "add", path: "/status/abortedAt", value: "change" in done ? done.change.aborted_at : "" },
        ],
      ],
    ]);
  });

  it("also while a tool keeps its spec, or its replicas have just been changed", async () => {
    is(made(rollout(CANARY), { generation: 3, annotations: { "argocd.argoproj.io/tracking-id": "shop:x:shop/web" } }));

    expect(await carriedOut(plan)).toHaveProperty("change");
  });

  it("by this execution where it was tried before, and by somebody else where it was not", async () => {
    is(rollout(ABORTED));

    expect(await carriedOut(plan, AGAIN)).toEqual({ change });
    expect(await carriedOut(plan)).toMatchObject({ refusal: "AlreadyAsRequested" });
    expect(patches()).toEqual([]);
  });

  it("by nobody in a dry run", async () => {
    is(rollout(CANARY));
    await carriedOut(plan, FIRST, true);

    expect(api.writes.map(({ query }) => query["dryRun"])).toEqual(["All"]);
  });

  it.each<[string, Rollout]>([
    ["its pod template is not that of revision 2 any more", rollout(CANARY, { template: template("shop/web:3") })],
    ["revision 1 is not what was promoted last any more", rollout({ ...CANARY, stableRS: "2" })],
    ["its rollout was paused meanwhile", rollout(CANARY, { paused: true })],
    ["it is being deleted", made(rollout(CANARY), { deletionTimestamp: "2026-06-01T12:00:00Z" })],
    ["an abort would not lead back by now", rollout({ ...CANARY, promoteFull: true })],
    [
      "belongs to Storefront web",
      made(rollout(CANARY), {
        ownerReferences: [
          { apiVersion: "shop.example.com/v1", kind: "Storefront", name: "web", uid: "u", controller: true },
        ],
      }),
    ],
  ])("not where %s", async (said, object) => {
    is(object);

    await expect(carriedOut(plan)).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining(said) as string,
    });
    expect(patches()).toEqual([]);
  });

  it("not where its template is in another object, and another revision is on its way by now", async () => {
    const object = rollout({ ...CANARY, currentPodHash: "3" });
    delete object.spec?.template;
    is(object);

    await expect(carriedOut(plan)).rejects.toMatchObject({ name: "ObjectChanged" });
  });

  it("not where it has opted out", async () => {
    is(made(rollout(CANARY), { annotations: { "eks-remediation/enabled": "false" } }));

    await expect(carriedOut(plan)).rejects.toMatchObject({ name: "OptedOut" });
    expect(patches()).toEqual([]);
  });

  it("not without the permission for its status, by name", async () => {
    is(rollout(CANARY));
    api.on("PATCH", STATUS, refusal(403, "Forbidden"));

    await expect(carriedOut(plan)).rejects.toMatchObject({ name: "Forbidden" });
  });

  it("not where it is gone", async () => {
    api.on("GET", OBJECT, refusal(404, "NotFound"));

    await expect(carriedOut(plan)).rejects.toMatchObject({ name: "WorkloadNotFound" });
  });
});

describe("an abort is taken back", () => {
  it("as long as it is the one that was made", async () => {
    is(rollout(ABORTED));
    await takenBack();

    expect(patches()).toEqual([
      [
        STATUS,
        [
          { op: "test", path: "/metadata/resourceVersion", value: "7" },
          { op: "add", path: "/status/abort", value: false },
        ],
      ],
    ]);
  });

  it("once: where it goes on already, nothing is written", async () => {
    is(rollout({ ...CANARY, abort: false, abortedAt: ABORTED.abortedAt }));
    await takenBack();

    expect(patches()).toEqual([]);
  });

  it.each<[string, Rollout]>([
    ["it was tried again, and aborted anew", rollout({ ...ABORTED, abortedAt: "2026-06-01T11:59:30Z" })],
    ["its pod template is not that of revision 2 any more", rollout(ABORTED, { template: template("shop/web:3") })],
    ["revision 1 is not what was promoted last any more", rollout({ ...ABORTED, stableRS: "2" })],
    ["it has been scaled to zero since", rollout(ABORTED, { replicas: 0 })],
  ])("not where %s", async (said, object) => {
    is(object);

    await expect(takenBack()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining(said) as string,
    });
    expect(patches()).toEqual([]);
  });

  it("on request, unless somebody was first", async () => {
    is(rollout(ABORTED));
    expect(await carriedOut(backPlan)).toEqual({ change: { ...change, back: true } });

    is(rollout({ ...CANARY, abort: false }));
    expect(await carriedOut(backPlan)).toMatchObject({ refusal: "AlreadyAsRequested" });
    expect(await carriedOut(backPlan, AGAIN)).toEqual({ change: { ...change, back: true } });
  });
});
