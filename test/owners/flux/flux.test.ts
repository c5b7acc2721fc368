import { describe } from "vitest";
import { it } from "../../kubernetes/scenario.ts";
import {
  install,
  kustomization,
  ON,
  push,
  readKustomization,
  spoil,
  suspend,
  untilApplied,
  untilFailed,
  writes,
} from "./flux.ts";
import { webDeployment } from "../web-spec.ts";

describe.concurrent("a bad push", () => {
  it("is held by suspending its Kustomization, and rolled back", async ({ scenario, expect }) => {
    await spoil(scenario);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([
      { outcome: "Recovered", cause: "CrashLoopAfterRollout", action: "flux-rollback", needs_person: false },
    ]);
    expect(writes(scenario)).toEqual(["patch kustomizations", "patch deployments"]);
    expect(await scenario.image()).toBe("shop/web:1");
    expect((await readKustomization(scenario)).spec?.suspend).toBe(true);

    const mended = await push(scenario, [webDeployment({ image: "shop/web:3" })]);
    await suspend(scenario, false);
    await untilApplied(scenario, mended);
    expect(await scenario.image()).toBe("shop/web:3");
  });

  it("is rolled back also while its Kustomization waits for its health", async ({ scenario, expect }) => {
    const waiting = kustomization({ wait: true, timeout: "300s" });
    const good = await push(scenario, [webDeployment()]);
    await install(scenario, waiting);
    await untilApplied(scenario, good);
    await push(scenario, [webDeployment({ image: "shop/web:2", failure: "crash-loop" })]);
    await untilFailed(scenario);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "flux-rollback" }]);
    expect(await scenario.image()).toBe("shop/web:1");
  });

  it("stays where somebody resumes the Kustomization meanwhile", async ({ scenario, expect }) => {
    await spoil(scenario);
    const onEntered = async (state: string) => {
      if (state !== "Wait for it to settle") return;
      await suspend(scenario, false);
      await scenario.until("Flux puts its own state back", async () => (await scenario.image()) === "shop/web:2");
    };
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Unresolved", action: "flux-rollback", reason: "ObjectChanged" }]);
    expect(run.workloads[0]?.summary).toContain("has been resumed");
    expect(await scenario.image()).toBe("shop/web:2");
    expect(writes(scenario)).toEqual(["patch kustomizations", "patch deployments"]);
  });

  it("is undone where going back does not help", async ({ scenario, expect }) => {
    await spoil(scenario);
    const onEntered = async (state: string) => {
      if (state === "Wait for it to settle") await scenario.annotatePods("simulation/failure=crash-loop");
    };
    const policy = { ...ON, verify: { deadline_seconds: 20 } };
    const run = await scenario.run({}, policy, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "RolledBack", action: "flux-rollback" }]);
    expect(writes(scenario)).toEqual([
      "patch kustomizations",
      "patch deployments",
      "patch deployments",
      "patch kustomizations",
    ]);
    expect(await scenario.image()).toBe("shop/web:2");
    expect((await readKustomization(scenario)).spec).not.toHaveProperty("suspend");
    expect((await readKustomization(scenario)).metadata?.annotations).not.toHaveProperty("eks-remediation/suspended");
  });

  it("is left to people while the policy does not switch Flux on", async ({ scenario, expect }) => {
    await spoil(scenario);
    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(scenario.requests().filter(({ resource }) => resource === "kustomizations")).toEqual([]);
    expect(writes(scenario)).toEqual([]);
  });
});

describe.concurrent("a Kustomization", () => {
  it("that is kept by another one stays suspended", async ({ scenario, expect }) => {
    const parent = kustomization({ path: "./parent" }, { name: "parent" });
    const child = kustomization();
    await push(scenario, [webDeployment()]);
    await push(scenario, [child], "parent");
    await install(scenario, parent);
    await scenario.until("the child is there", async () => {
      const names = await scenario.kubectl("-n", scenario.namespace, "get", "kustomizations", "-o", "name");
      return names.includes("/shop");
    });
    await scenario.until("the workload is there", async () => {
      const names = await scenario.kubectl("-n", scenario.namespace, "get", "deployments", "-o", "name");
      return names.includes("/web");
    });
    await scenario.rolledOut();
    const bad = await push(scenario, [webDeployment({ image: "shop/web:2", failure: "crash-loop" })]);
    await untilApplied(scenario, bad);
    await untilApplied(scenario, bad, "parent");
    await untilFailed(scenario);
    const run = await scenario.run({}, ON);
    const later = await push(scenario, [webDeployment({ image: "shop/web:4" })]);
    await untilApplied(scenario, later, "parent");

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "flux-rollback" }]);
    expect((await readKustomization(scenario)).spec?.suspend).toBe(true);
    expect(await scenario.image()).toBe("shop/web:1");
  });

  it("whose own manifest says that it is not suspended is left alone", async ({ scenario, expect }) => {
    const parent = kustomization({ path: "./parent" }, { name: "parent" });
    await push(scenario, [webDeployment()]);
    await push(scenario, [kustomization({ suspend: false })], "parent");
    await install(scenario, parent);
    await scenario.until("the workload is there", async () => {
      const names = await scenario.kubectl("-n", scenario.namespace, "get", "deployments", "-o", "name");
      return names.includes("/web");
    });
    await scenario.rolledOut();
    const bad = await push(scenario, [webDeployment({ image: "shop/web:2", failure: "crash-loop" })]);
    await untilApplied(scenario, bad);
    await untilApplied(scenario, bad, "parent");
    await untilFailed(scenario);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(writes(scenario)).toEqual([]);
  });

  it("that is only named by a workload's labels is left alone", async ({ scenario, expect }) => {
    await push(scenario, [webDeployment({ name: "other" })]);
    await install(scenario);
    await scenario.applyText(JSON.stringify(webDeployment()));
    await scenario.rolledOut();
    const labels = [
      "kustomize.toolkit.fluxcd.io/name=shop",
      `kustomize.toolkit.fluxcd.io/namespace=${scenario.namespace}`,
    ];
    await scenario.kubectl("-n", scenario.namespace, "label", "deployment/web", ...labels);
    await scenario.applyText(JSON.stringify(webDeployment({ image: "shop/web:2", failure: "crash-loop" })));
    await untilFailed(scenario);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(run.workloads[0]?.summary).toContain("does not list it among its objects");
    expect(writes(scenario)).toEqual([]);
  });

  it("that somebody has suspended is left to them", async ({ scenario, expect }) => {
    await spoil(scenario);
    await suspend(scenario, true);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(run.workloads[0]?.summary).toContain("is suspended already: somebody is at work on it");
    expect(writes(scenario)).toEqual([]);
  });

  it("that somebody suspends right before the remedy is left to them", async ({ scenario, expect }) => {
    await spoil(scenario);
    const onEntered = async (state: string) => {
      if (state === "Suspend Flux and roll back") await suspend(scenario, true);
    };
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "flux-rollback", reason: "ObjectChanged" }]);
    expect(writes(scenario)).toEqual([]);
    expect(await scenario.image()).toBe("shop/web:2");
  });
});
