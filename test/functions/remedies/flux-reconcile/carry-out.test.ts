import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FluxObject } from "../../../../functions/facts/flux.ts";
import type { WorkloadState } from "../../../../functions/facts/state.ts";
import { kindOf } from "../../../../functions/kinds/kinds.ts";
import { carryOut } from "../../../../functions/remedies/flux-reconcile/carry-out.ts";
import type { FluxReconcilePlan } from "../../../../functions/remedies/flux-reconcile/contract.ts";
import { fluxReconcile } from "../../../../functions/remedies/flux-reconcile/remedy.ts";
import { ApiServer, found, refusal } from "../../../support/api-server.ts";
import { deployment, WEB } from "../../../support/objects.ts";
import { writerFor } from "../../../support/writers.ts";
import { kustomization, KUSTOMIZATION, REVISION } from "../flux-rollback/objects.ts";

const OBJECT = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/shop";
const SINCE = "2026-05-31T12:00:00.000Z";
const FIXED = "main@sha1:3333333";
const FIRST = { mayBeOwn: () => Promise.resolve(false), requested: false };
const AGAIN = { mayBeOwn: () => Promise.resolve(true), requested: false };

const plan: FluxReconcilePlan = {
  action: "flux-reconcile",
  reconciler: { ...KUSTOMIZATION, uid: "shop-uid", revision: REVISION },
  source: { kind: "GitRepository", namespace: "flux-system", name: "shop", revision: FIXED, since: SINCE },
};
const { action: kind, ...parts } = plan;
const change = { kind, ...parts };

function present({ metadata, ...rest }: FluxObject = {}): FluxObject {
  return kustomization({ ...rest, metadata: { uid: "shop-uid", resourceVersion: "7", generation: 3, ...metadata } });
}

const asked = (at = SINCE) => ({ annotations: { "reconcile.fluxcd.io/requestedAt": at } });

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", "/api/v1/namespaces/shop", found({}));
  api.on("GET", "/api/v1/namespaces/flux-system", found({}));
  api.on("GET", "/apis/apps/v1/namespaces/shop/deployments/web", found(deployment()));
  api.on("GET", OBJECT, found(present()));
  api.on("PATCH", OBJECT, found({}));
});
afterEach(() => api.stop());

const carry = (occasion = FIRST, dryRun = false) =>
  carryOut(writerFor(api.cluster(), WEB, plan, dryRun), plan, occasion);
const patches = () => api.writes.map(({ body }) => body);

describe("a Kustomization", () => {
  it("is asked by one annotation, while it is as it was read", async () => {
    expect(await carry()).toEqual({ change });
    expect(patches()).toEqual([
      [
        { op: "test", path: "/metadata/resourceVersion", value: "7" },
        { op: "add", path: "/metadata/annotations", value: { "reconcile.fluxcd.io/requestedAt": SINCE } },
      ],
    ]);
  });

  it("keeps its other annotations", async () => {
    api.on("GET", OBJECT, found(present({ metadata: { annotations: { team: "shop" } } })));
    await carry();

    expect(patches()).toMatchObject([
      [{}, { op: "add", path: "/metadata/annotations/reconcile.fluxcd.io~1requestedAt", value: SINCE }],
    ]);
  });

  it("is asked for the same once", async () => {
    api.on("GET", OBJECT, found(present({ metadata: asked() })));

    expect(await carry(AGAIN)).toEqual({ change });
    expect(await carry(FIRST)).toMatchObject({ refusal: "AlreadyAsRequested" });
    expect(patches()).toEqual([]);
  });

  it.each<[string, FluxObject, string]>([
    ["was suspended", { spec: { suspend: true } }, "is suspended already"],
    ["was made anew", { metadata: { uid: "another" } }, "made anew"],
    ["has attempted something else", { status: { lastAttemptedRevision: FIXED } }, "attempted something else since"],
    ["was asked by somebody", { metadata: asked("now") }, "was asked by somebody"],
    [
      "keeps objects of other namespaces",
      { status: { inventory: { entries: [{ id: "shop_web_apps_Deployment" }, { id: "pay_api_apps_Deployment" }] } } },
      "a request would have these put in place, too. It is asked only where",
    ],
    ["does not list the workload", { status: { inventory: { entries: [] } } }, "does not list it"],
  ])("is left alone where it %s by then", async (_what, object, message) => {
    api.on("GET", OBJECT, found(present(object)));

    await expect(carry()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining(message) as string,
    });
    expect(patches()).toEqual([]);
  });

  it("is left alone where it is gone, or its namespace has opted out", async () => {
    api.on("GET", OBJECT, refusal(404, "not found"));
    await expect(carry()).rejects.toMatchObject({ name: "ObjectChanged" });
    api.on("GET", OBJECT, found(present()));
    const metadata = { annotations: { "eks-remediation/enabled": "false" } };
    api.on("GET", "/api/v1/namespaces/flux-system", found({ metadata }));
    await expect(carry()).rejects.toMatchObject({ name: "OptedOut" });
    expect(patches()).toEqual([]);
  });
});

/** What a look shows where the Kustomization is so. */
function state(object?: FluxObject): WorkloadState {
  const found = kindOf(WEB);
  if (found === undefined) throw new Error("It is of no kind that is known.");
  const [ref] = fluxReconcile.writes(plan, WEB);
  const others = object === undefined || ref === undefined ? [] : [{ ref, object }];
  return { kind: found, workload: deployment(), pods: [], hpa: undefined, controllers: [], others };
}

describe("what became of it", () => {
  const handled = (at: string, revision = FIXED) => ({
    status: { lastHandledReconcileAt: at, lastAttemptedRevision: revision },
  });

  const attempted = (reason: string) => {
    const conditions = [{ type: "Ready", status: "False", reason, message: "why" }];
    return { metadata: asked(), status: { ...handled(SINCE).status, conditions } };
  };

  it.each<[string, FluxObject, string[]]>([
    ["not handled", { metadata: asked() }, ["has not come to what it was asked for"]],
    [
      "begun, and waits for the health of other workloads",
      { metadata: asked(), status: { lastAttemptedRevision: FIXED } },
      [],
    ],
    ["handled", { metadata: asked(), ...handled(SINCE) }, []],
    ["handled with what somebody has asked for since", { metadata: asked("later"), ...handled("later") }, []],
    ["handled, and nothing put in place", { metadata: asked(), ...handled(SINCE, REVISION) }, ["has not put"]],
    [
      "attempted, and could not be built",
      attempted("BuildFailed"),
      ["has attempted main@sha1:3333333, and it is not in"],
    ],
    [
      "attempted, and taken back by Helm",
      attempted("RollbackSucceeded"),
      ["it is not in place (RollbackSucceeded: why)"],
    ],
    ["in place, and other workloads are not well", attempted("HealthCheckFailed"), []],
  ])("is told where it was %s", (_what, object, missing) => {
    const gaps = fluxReconcile.gaps?.(change, state(present(object)), undefined) ?? [];

    expect(gaps).toEqual(missing.map((part) => expect.stringContaining(part) as string));
  });

  it("is told by the request, or by its having been handled", () => {
    expect(fluxReconcile.seen(plan, state(present()))).toBeUndefined();
    expect(fluxReconcile.seen(plan, state(present({ metadata: asked() })))).toEqual(change);
    expect(fluxReconcile.seen(plan, state(present(handled(SINCE))))).toEqual(change);
  });

  it("is others' once they have suspended it, or it is gone", () => {
    const overtaken = (object?: FluxObject) => fluxReconcile.overtaken(change, state(object), undefined);

    expect(overtaken(present())).toBeUndefined();
    expect(overtaken(present({ spec: { suspend: true } }))).toContain("was suspended meanwhile");
    expect(overtaken()).toContain("is not to be seen");
    expect(overtaken(present({ metadata: { uid: "another" } }))).toContain("is not to be seen");
  });
});
