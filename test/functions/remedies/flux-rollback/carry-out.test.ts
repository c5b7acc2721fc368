import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readState, type WorkloadState } from "../../../../functions/facts/state.ts";
import { back, carryOut } from "../../../../functions/remedies/flux-rollback/carry-out.ts";
import type { FluxRollbackChange, FluxRollbackPlan } from "../../../../functions/remedies/flux-rollback/contract.ts";
import type { FluxObject } from "../../../../functions/facts/flux.ts";
import { fluxRollback } from "../../../../functions/remedies/flux-rollback/remedy.ts";
import { suspend, untilCalm } from "../../../../functions/remedies/flux-rollback/suspend.ts";
import type { Writer } from "../../../../functions/remedies/writer.ts";
import { HttpCluster } from "../../../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../../../functions/shared/cluster/paths.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import type { Deployment, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import type { RevisionRef, WorkloadRef } from "../../../../functions/shared/refs.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../../local/embedded/index.ts";
import { writerFor } from "../../../support/writers.ts";
import { REVISION } from "./objects.ts";

let embedded: EmbeddedCluster;
let cluster: HttpCluster;
beforeAll(async () => {
  embedded = await startEmbeddedCluster(40);
  cluster = new HttpCluster({ name: "embedded", server: embedded.url, authenticate: () => Promise.resolve({}) });
  await embedded.kubectl.run(["apply", "-f", "-"], manifest("flux-kinds"));
});
afterAll(() => embedded.stop());

let namespaces = 0;
let workload: WorkloadRef;
let plan: FluxRollbackPlan;
/** Deployment `web` of Flux, whose second revision is to give way to its first, in a namespace of the test's own. */
beforeEach(async () => {
  const namespace = `shop-${++namespaces}`;
  workload = { kind: "Deployment", namespace, name: "web" };
  await embedded.kubectl.run(["create", "namespace", namespace]);
  for (const name of ["flux-shop", "flux-web"]) {
    await embedded.kubectl.run(["-n", namespace, "apply", "-f", "-"], manifest(name, namespace));
  }
  await kubectl("rollout", "status", "deployment/web");
  await setImage("shop/web:2");
  await kubectl("rollout", "status", "deployment/web");
  const reconciler = { kind: "Kustomization", namespace, name: "shop", revision: REVISION, objects: 2 } as const;
  const [before, after] = [await revision("shop/web:2"), await revision("shop/web:1")];
  plan = { action: "flux-rollback", before, after, unblocked: [], reconciler };
});

function manifest(name: string, namespace = ""): string {
  const file = fileURLToPath(new URL(`../../../scenarios/common/${name}.yaml`, import.meta.url));
  return readFileSync(file, "utf8").replaceAll("${NAMESPACE}", namespace);
}

async function kubectl(...args: string[]): Promise<string> {
  return await embedded.kubectl.run(["-n", workload.namespace, ...args]);
}

async function setImage(image: string): Promise<void> {
  await kubectl("set", "image", "deployment/web", `app=${image}`);
}

async function revision(image: string): Promise<RevisionRef> {
  const all = await cluster.list<ReplicaSet>(paths.replicaSets(workload.namespace));
  const holder = all.find(({ spec }) => spec?.template?.spec?.containers[0]?.image === image);
  const { name = "", annotations } = holder?.metadata ?? {};
  const number = Number(annotations?.["deployment.kubernetes.io/revision"]);
  return { revision: number, kind: "ReplicaSet", name, template: templateHash(holder?.spec?.template ?? {}) };
}

async function patchKustomization(patch: object): Promise<void> {
  await kubectl("patch", "kustomization/shop", "--type=merge", "-p", JSON.stringify(patch));
}

async function readKustomization(): Promise<FluxObject> {
  return JSON.parse(await kubectl("get", "kustomization", "shop", "-o", "json")) as FluxObject;
}

async function isSuspended(): Promise<boolean> {
  return (await readKustomization()).spec?.suspend === true;
}

async function image(): Promise<string | undefined> {
  const { spec } = await cluster.get<Deployment>(paths.deployment(workload.namespace, "web"));
  return spec?.template.spec?.containers[0]?.image;
}

async function state(): Promise<WorkloadState> {
  const read = await readState(cluster, workload, {}, fluxRollback.writes(plan, workload));
  if (read === undefined) throw new Error("The workload is of a kind that is never written to.");
  return read;
}

/** A writer, as a run through Flux has it. */
const writer = (dryRun = false): Writer => writerFor(cluster, workload, plan, dryRun);
const apply = (again = false, dryRun = false) =>
  carryOut(
    writer(dryRun),
    plan,
    { mayBeOwn: () => Promise.resolve(again), requested: false },
    { within: 20_000, calmFor: 10 },
  );
/** Carries it out. @returns the change */
async function applied(): Promise<FluxRollbackChange> {
  const done = await apply();
  if ("refusal" in done) throw new Error(done.message);
  return done.change;
}

describe("a rollback through Flux", () => {
  it("suspends what keeps the workload, and says for what; then puts the template back", async () => {
    const change = await applied();

    expect(change).toMatchObject({ kind: "flux-rollback", put: true, after: { revision: 1 } });
    expect(await image()).toBe("shop/web:1");
    expect(await readKustomization()).toMatchObject({
      metadata: {
        annotations: {
          "eks-remediation/suspended": `Deployment ${workload.namespace}/web: revision 2 of ${REVISION} gave way to revision 1; generation 2`,
        },
      },
      spec: { suspend: true },
    });
    expect(fluxRollback.overtaken(change, await state(), undefined)).toBeUndefined();
    expect(fluxRollback.gaps?.(change, await state(), undefined)).toEqual([]);
  });

  it("in a dry run writes nothing", async () => {
    expect(await apply(false, true)).toMatchObject({ change: { put: true } });
    expect(await isSuspended()).toBe(false);
    expect(await image()).toBe("shop/web:2");
  });

  it("goes on after a step that ended between its two writes", async () => {
    await suspend(writer(), plan);
    const found = fluxRollback.seen(plan, await state());
    expect(found).toMatchObject({ put: false });
    expect(found && fluxRollback.gaps?.(found, await state(), undefined)).toHaveLength(1);
    expect(found && fluxRollback.overtaken(found, await state(), undefined)).toBeUndefined();

    expect(await apply(true)).toMatchObject({ change: { put: true } });
    expect(await image()).toBe("shop/web:1");
  });

  it("done again changes nothing more", async () => {
    await applied();
    const { metadata } = await readKustomization();
    await apply(true);

    expect((await readKustomization()).metadata?.resourceVersion).toBe(metadata?.resourceVersion);
  });

  it("resumes what it has suspended where somebody else has changed the template", async () => {
    await setImage("shop/web:3");

    await expect(apply()).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(await isSuspended()).toBe(false);
    expect((await readKustomization()).metadata?.annotations).not.toHaveProperty("eks-remediation/suspended");
    expect(await image()).toBe("shop/web:3");
  });

  it("resumes what it has suspended where somebody else was first", async () => {
    await setImage("shop/web:1");

    expect(await apply()).toMatchObject({ refusal: "AlreadyAsRequested" });
    expect(await isSuspended()).toBe(false);
  });

  it.each<[string, object, string]>([
    ["is suspended by somebody", { spec: { suspend: true } }, "is suspended already"],
    ["does not list the workload", { status: { inventory: { entries: [] } } }, "does not list it"],
    [
      "has put another revision in place",
      { status: { lastAttemptedRevision: "main@sha1:3333333" } },
      "main@sha1:3333333",
    ],
  ])("does nothing where the Kustomization %s by then", async (_what, patch, message) => {
    const conditions = [{ type: "Ready", status: "True", observedGeneration: 2 }];
    await patchKustomization({
      ...patch,
      ...("status" in patch ? { status: { ...(patch.status as object), conditions } } : {}),
    });

    await expect(apply()).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining(message) as string,
    });
    expect(await image()).toBe("shop/web:2");
  });

  it("waits until what was under way puts nothing in place any more", async () => {
    const conditions = [{ type: "Reconciling", status: "True", reason: "Progressing", message: "Detecting drift" }];
    await suspend(writer(), plan);
    await patchKustomization({ status: { conditions } });

    await expect(untilCalm(writer(), plan, { within: 100, calmFor: 10 })).rejects.toMatchObject({
      name: "ClusterUnavailable",
    });
    await patchKustomization({ status: { conditions: [] } });
    await expect(untilCalm(writer(), plan, { within: 5_000, calmFor: 10 })).resolves.toBeUndefined();
    await patchKustomization({ status: { lastAttemptedRevision: "main@sha1:3333333" } });
    await expect(untilCalm(writer(), plan, { within: 5_000, calmFor: 10 })).rejects.toMatchObject({
      name: "ObjectChanged",
    });
  });
});

describe("the undo of a rollback through Flux", () => {
  it("puts the replaced template back, resumes, and leaves no mark", async () => {
    const change = await applied();
    await back(writer(), change);

    expect(await image()).toBe("shop/web:2");
    expect(await readKustomization()).not.toHaveProperty("spec.suspend");
    expect((await readKustomization()).metadata?.annotations).not.toHaveProperty("eks-remediation/suspended");
    await kubectl("rollout", "status", "deployment/web");
    expect(fluxRollback.undo).not.toBe("cannot be undone");
    expect(remains(change, await state())).toEqual([]);
  });

  it("done again changes nothing more", async () => {
    const change = await applied();
    await back(writer(), change);
    await expect(back(writer(), change)).resolves.toBeUndefined();
  });

  it("leaves it to whoever has resumed it meanwhile", async () => {
    const change = await applied();
    await patchKustomization({ spec: { suspend: null } });

    await expect(back(writer(), change)).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining("it has been resumed meanwhile") as string,
    });
    expect(await image()).toBe("shop/web:1");
    expect(fluxRollback.overtaken(change, await state(), undefined)).toContain("resumed meanwhile");
  });

  it("is not taken for done where what was suspended is not to be seen", async () => {
    const change = await applied();
    await setImage("shop/web:3");
    const unread = { ...(await state()), others: [] };

    expect(remains(change, unread).join()).toMatch(/^Kustomization .* is not to be seen/);
    expect(fluxRollback.overtaken(change, unread, undefined)).toMatch(/^Kustomization .* is not to be seen$/);
  });

  it("does not resume what somebody has suspended since", async () => {
    const change = await applied();
    await patchKustomization({ spec: { suspend: null } });
    await patchKustomization({ spec: { suspend: true } });

    await expect(back(writer(), change)).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(await isSuspended()).toBe(true);
    expect(fluxRollback.overtaken(change, await state(), undefined)).toContain("somebody has changed it since");
  });

  it("leaves a template alone that somebody has put there, and what is suspended with it", async () => {
    const change = await applied();
    await setImage("shop/web:3");

    await expect(back(writer(), change)).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(await image()).toBe("shop/web:3");
    expect(await isSuspended()).toBe(true);
    expect(fluxRollback.overtaken(change, await state(), undefined)).toContain("is still suspended");
  });

  it("is said to be suspended where its step came no further, and somebody has changed it since", async () => {
    await suspend(writer(), plan);
    await patchKustomization({ spec: { path: "./other" } });
    const change = fluxRollback.seen(plan, await state());

    expect(change).toMatchObject({ put: false });
    expect(change && fluxRollback.overtaken(change, await state(), undefined)).toContain(
      "somebody has changed it since it was suspended",
    );
    await patchKustomization({ spec: { suspend: null } });
    expect(fluxRollback.seen(plan, await state())).toBeUndefined();
  });

  it("only resumes where the template was not replaced", async () => {
    await suspend(writer(), plan);
    const change = fluxRollback.seen(plan, await state());
    expect(change).toBeDefined();
    if (change !== undefined) await back(writer(), change);

    expect(await isSuspended()).toBe(false);
    expect(await image()).toBe("shop/web:2");
  });
});

function remains(change: FluxRollbackChange, read: WorkloadState): string[] {
  return fluxRollback.undo === "cannot be undone" ? ["everything"] : fluxRollback.undo.remains(change, read);
}
