import { describe } from "vitest";
import { it } from "../../kubernetes/scenario.ts";
import { webDeployment } from "../web-spec.ts";
import { keepArtifacts, missedPush, ON, push, readKustomization, suspend, untilApplied, writes } from "./flux.ts";

const FIX = webDeployment({ image: "shop/web:3" });
const REQUESTED = "reconcile.fluxcd.io/requestedAt";
const BRIEF = { ...ON, verify: { deadline_seconds: 15 }, cool_down: { base_seconds: 0, max_seconds: 0 } };
/** What no API server takes. */
const REFUSED = { ...FIX, spec: { replicas: "many" } };

describe.concurrent("a fix that Flux has missed", () => {
  it("is asked for, and helps", async ({ scenario, expect }) => {
    const { revision, since } = await missedPush(scenario, FIX);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "flux-reconcile", needs_person: false }]);
    expect(run.workloads[0]?.summary).toContain(`holds ${revision}`);
    expect(writes(scenario)).toEqual(["patch kustomizations"]);
    expect(await scenario.image()).toBe("shop/web:3");
    const { metadata, spec, status } = await readKustomization(scenario);
    const moment = new Date(since).toISOString();
    expect(metadata?.annotations).toMatchObject({ [REQUESTED]: moment });
    expect(status).toMatchObject({ lastHandledReconcileAt: moment, lastAttemptedRevision: revision });
    expect(spec).not.toHaveProperty("suspend");
    expect((await scenario.run({}, ON)).outcomes).toEqual(["Healthy"]);
  });

  it("is asked for in vain where Flux cannot fetch it, and not a second time", async ({ scenario, expect }) => {
    const { revision, since } = await missedPush(scenario, FIX, { isKept: true });
    const run = await scenario.run({}, BRIEF);

    expect(run.workloads).toMatchObject([{ outcome: "Unresolved", action: "flux-reconcile", needs_person: true }]);
    expect(run.workloads[0]?.summary).toContain(`has not put ${revision} in place (ArtifactFailed`);
    const { status } = await readKustomization(scenario);
    expect(status?.lastHandledReconcileAt).toBe(new Date(since).toISOString());

    const next = await scenario.run({}, BRIEF);
    expect(next.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(next.workloads[0]?.summary).toContain("It is not ready (ArtifactFailed");
    expect(writes(scenario)).toEqual(["patch kustomizations"]);
    expect(await scenario.image()).toBe("shop/web:2");
  });

  it("that cannot be applied is told, and the version before is brought back", async ({ scenario, expect }) => {
    const { revision } = await missedPush(scenario, REFUSED);
    const run = await scenario.run({}, BRIEF);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "flux-rollback" }]);
    expect(run.notifications[0]?.text).toContain("is not ready (ReconciliationFailed: ");
    expect((await readKustomization(scenario)).status?.lastAttemptedRevision).toBe(revision);
    expect(writes(scenario)).toEqual(["patch kustomizations", "patch kustomizations", "patch deployments"]);
    expect(await scenario.image()).toBe("shop/web:1");
    expect((await readKustomization(scenario)).spec?.suspend).toBe(true);
  });

  it("is left to whoever suspends the Kustomization right before", async ({ scenario, expect }) => {
    await missedPush(scenario, FIX);
    const onEntered = async (state: string) => {
      if (state === "Have Flux reconcile") await suspend(scenario, true);
    };
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "flux-reconcile", reason: "ObjectChanged" }]);
    expect(run.workloads[0]?.summary).toContain("is suspended already: somebody is at work on it");
    expect(writes(scenario)).toEqual([]);
    expect(await scenario.image()).toBe("shop/web:2");
  });

  it("is left to whoever suspends the Kustomization while it settles, until they resume it", async ({
    scenario,
    expect,
  }) => {
    const { revision } = await missedPush(scenario, FIX, { isKept: true });
    const onEntered = async (state: string) => {
      if (state === "Wait for it to settle") await suspend(scenario, true);
    };
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Unresolved", action: "flux-reconcile", reason: "ObjectChanged" }]);
    expect(run.workloads[0]?.summary).toContain("was suspended meanwhile");
    expect((await readKustomization(scenario)).spec?.suspend).toBe(true);

    keepArtifacts(scenario, false);
    await suspend(scenario, false);
    await untilApplied(scenario, revision);
    await scenario.rolledOut();
    // Those who were told of it are told that it works again.
    expect((await scenario.run({}, ON)).workloads).toMatchObject([{ reason: "NotFailingAnymore" }]);
    expect(writes(scenario)).toEqual(["patch kustomizations"]);
  });

  it("that somebody overtakes by another push is theirs", async ({ scenario, expect }) => {
    await missedPush(scenario, FIX);
    const onEntered = async (state: string) => {
      if (state !== "Have Flux reconcile") return;
      await untilApplied(scenario, await push(scenario, [webDeployment({ image: "shop/web:4" })]));
    };
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "flux-reconcile", reason: "ObjectChanged" }]);
    expect(writes(scenario)).toEqual([]);
    expect(await scenario.image()).toBe("shop/web:4");
  });
});
