import { describe } from "vitest";
import { it } from "../../kubernetes/scenario.ts";
import { webDeployment, webSpec } from "../web-spec.ts";
import {
  applySource,
  holdForLong,
  install,
  kustomization,
  ON,
  push,
  readKustomization,
  spoil,
  suspend,
  untilApplied,
  untilFailed,
  untilFetched,
  untilNotReady,
  writes,
} from "./flux.ts";

const FIX = webDeployment({ image: "shop/web:3" });
const CONFIG = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" } };

describe.concurrent("a bad push whose fix the source does not hold", () => {
  it("is rolled back while the source is behind, and the fix comes with the resumption", async ({
    scenario,
    expect,
  }) => {
    await spoil(scenario);
    await applySource(scenario, { interval: "1h" });
    const fix = await push(scenario, [FIX]);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "flux-rollback" }]);
    expect(await scenario.image()).toBe("shop/web:1");

    await applySource(scenario);
    await suspend(scenario, false);
    await untilApplied(scenario, fix);
    expect(await scenario.image()).toBe("shop/web:3");
  });

  it("is rolled back while the source fails, which is told", async ({ scenario, expect }) => {
    await spoil(scenario);
    await applySource(scenario, { repository: "none" });
    await untilNotReady(scenario, "GitOperationFailed");
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "flux-rollback" }]);
    expect(run.notifications[0]?.text).toContain(`GitRepository ${scenario.namespace}/shop, its source, is not ready`);
    expect(writes(scenario)).toEqual(["patch kustomizations", "patch deployments"]);
  });
});

describe.concurrent("a fix that is pushed while Flux waits for the health of what fails", () => {
  it("is left to Flux, which comes to it", async ({ scenario, expect }) => {
    const good = await push(scenario, [webDeployment()]);
    await install(scenario, kustomization({ wait: true, timeout: "180s" }));
    await untilApplied(scenario, good);
    await scenario.rolledOut();
    // What cannot come up is known long before its deadline, which its health check waits for.
    const never = webDeployment({ image: "shop/web:2", failure: "image-pull" });
    await push(scenario, [
      { ...never, spec: { ...webSpec({ image: "shop/web:2", failure: "image-pull" }), progressDeadlineSeconds: 600 } },
    ]);
    await scenario.untilFailing("ImagePullBackOff");
    const fix = await push(scenario, [FIX]);
    await untilFetched(scenario, fix);
    await holdForLong(scenario);
    const run = await scenario.run({}, { ...ON, detect: { failed_rollout_seconds: 0 } });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(run.workloads[0]?.summary).toContain("It waits for the health of what it has put in place");
    expect(writes(scenario)).toEqual([]);
    await untilApplied(scenario, fix);
    expect(await scenario.image()).toBe("shop/web:3");
  });
});

describe.concurrent("what depends on a Kustomization", () => {
  it("waits while that is suspended, which is told, and goes on once it is resumed", async ({ scenario, expect }) => {
    await push(scenario, [CONFIG], "config");
    const dependent = kustomization({ path: "./config", dependsOn: [{ name: "shop" }] }, { name: "config" });
    await spoil(scenario, kustomization(), dependent);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "flux-rollback" }]);
    expect(run.notifications[0]?.text).toContain("and what depends on it may wait as long");
    const fix = await push(scenario, [FIX]);
    await untilNotReady(scenario, "DependencyNotReady", "config");

    await suspend(scenario, false);
    await untilApplied(scenario, fix, "config");
    expect(await scenario.image()).toBe("shop/web:3");
  });
});

describe.concurrent("a rollback through Flux that somebody has taken back", () => {
  it("has the Kustomization resumed, which brings what its source holds", async ({ scenario, expect }) => {
    const bad = await spoil(scenario);
    const run = await scenario.run({}, ON);
    const change = run.notifications[0]?.document.change;
    expect(change?.kind).toBe("flux-rollback");
    const request = { action: "undo", origin: "person", kind: "Deployment", name: "web", execution: "earlier", change };
    const cool = { ...ON, cool_down: { base_seconds: 0, max_seconds: 0 } };
    const undone = await scenario.run(request, cool);

    expect(undone.workloads).toMatchObject([{ outcome: "Undone", action: "flux-rollback", needs_person: false }]);
    expect(undone.workloads[0]?.summary).toContain("which is the version that was rolled back: it is rolled out again");
    const { metadata, spec } = await readKustomization(scenario);
    expect(spec).not.toHaveProperty("suspend");
    expect(JSON.stringify([metadata?.annotations, metadata?.labels])).not.toContain("eks-remediation");
    await untilApplied(scenario, bad);
    await scenario.until("the bad version is back", async () => (await scenario.image()) === "shop/web:2");

    await untilFailed(scenario);
    const next = await scenario.run({}, cool);
    expect(next.workloads).toMatchObject([{ outcome: "Skipped", reason: "PutBack" }]);
  });

  it("stays where somebody has resumed it before", async ({ scenario, expect }) => {
    await spoil(scenario);
    const run = await scenario.run({}, ON);
    const { change } = run.notifications[0]?.document ?? {};
    await suspend(scenario, false);
    await scenario.until("Flux puts its own state back", async () => (await scenario.image()) === "shop/web:2");
    const request = { action: "undo", origin: "person", kind: "Deployment", name: "web", execution: "earlier", change };
    const undone = await scenario.run(request, { ...ON, cool_down: { base_seconds: 0, max_seconds: 0 } });

    expect(undone.workloads).toMatchObject([{ outcome: "Skipped", reason: "AlreadyAsRequested" }]);
    expect(writes(scenario)).toEqual(["patch kustomizations", "patch deployments"]);
  });
});
