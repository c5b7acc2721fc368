import { describe } from "vitest";
import { PAUSED_ANNOTATION } from "../../../functions/facts/argo-cd-application.ts";
import { it, type Scenario } from "../../kubernetes/scenario.ts";
import { App, AUTOMATED, ON, untilOverdue } from "./application.ts";

/** What was written, claims and Events left out. */
function writes(scenario: Scenario): string[] {
  return scenario
    .writes()
    .filter(({ status, resource }) => status < 300 && !["leases", "events"].includes(resource))
    .map(({ verb, resource }) => `${verb} ${resource}`);
}

const GOOD = { image: "shop/web:1" };

describe.concurrent("a bad commit that Argo CD has deployed", () => {
  it("is gone back from through its Application, whose automated sync stays paused", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD);
    await app.spoil();
    const run = await scenario.run({}, ON);

    expect(run.workloads[0]?.summary).toContain("Paused the automated sync of Application");
    expect(run.workloads).toMatchObject([
      { outcome: "Recovered", cause: "CrashLoopAfterRollout", action: "argo-cd-rollback", needs_person: false },
    ]);
    expect(await scenario.image()).toBe("shop/web:1");
    const { spec, metadata, status, operation } = await app.read();
    expect(spec?.syncPolicy ?? {}).toEqual({});
    expect(metadata?.annotations?.[PAUSED_ANNOTATION]).toBe(JSON.stringify({ automated: AUTOMATED }));
    expect([operation, status?.operationState?.phase]).toEqual([undefined, "Succeeded"]);
    expect(writes(scenario)).toEqual(["patch applications"]);
  });

  it("comes back when it did not help: the sync policy is as it was", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD);
    await app.spoil();
    const onEntered = async (state: string) => {
      // From then on, the earlier version crashes as well.
      if (state === "Roll back through Argo CD") await scenario.annotatePods("simulation/failure=crash-loop");
    };
    const policy = { ...ON, verify: { deadline_seconds: 40, undo_deadline_seconds: 120 } };
    const run = await scenario.run({}, policy, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "RolledBack", action: "argo-cd-rollback" }]);
    expect(await app.automated()).toEqual(AUTOMATED);
    expect((await app.read()).metadata?.annotations?.[PAUSED_ANNOTATION]).toBeUndefined();
    await scenario.until("Argo CD has brought what Git says", async () => (await scenario.image()) === "shop/web:2");
  });

  it("that somebody mends meanwhile keeps what they did", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD);
    await app.spoil();
    const onEntered = async (state: string) => {
      if (state !== "Roll back through Argo CD") return;
      await app.commit({ image: "shop/web:3" });
      await app.untilDeployed(3);
    };
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "ObjectChanged" }]);
    expect(await scenario.image()).toBe("shop/web:3");
    expect(await app.automated()).toEqual(AUTOMATED);
    expect(writes(scenario)).toEqual([]);
  });

  it("whose automated sync somebody resumes meanwhile is theirs", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD);
    await app.spoil();
    let resumed: Promise<void> | undefined;
    const onEntered = async (state: string) => {
      if (!state.startsWith("Verify")) return;
      resumed ??= app.patch({ spec: { syncPolicy: { automated: { prune: true } } } });
      await resumed;
    };
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Unresolved", reason: "ObjectChanged", needs_person: true }]);
    expect(await app.automated()).toEqual({ prune: true });
    expect(writes(scenario)).toEqual(["patch applications"]);
  });

  it("is left to people where the policy does not switch it on", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD);
    await app.spoil();
    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "ManagedByAnotherTool" }]);
    expect(scenario.requests().filter(({ resource }) => resource === "applications")).toEqual([]);
  });
});

describe.concurrent("an Application is left as it is", () => {
  const refused = async (scenario: Scenario, app: App, commit = {}) => {
    await app.spoil(commit);
    const run = await scenario.run({}, ON);
    return { ...run.workloads[0], writes: writes(scenario) };
  };
  const left = { outcome: "Skipped", reason: "ManagedByAnotherTool", needs_person: true, writes: [] };

  it("where another Application keeps it", async ({ scenario, expect }) => {
    const labels = { "app.kubernetes.io/instance": "root" };
    const app = await App.create(scenario, GOOD, {}, { labels });
    const said = await refused(scenario, app);

    expect(said).toMatchObject(left);
    expect(said.summary).toContain("Another Application (root) keeps it");
  });

  it("where sync windows may hold it back", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD, { project: "with-windows" });
    const said = await refused(scenario, app);

    expect(said).toMatchObject(left);
    expect(said.summary).toContain("sync windows");
  });

  it("where it has objects in other namespaces", async ({ scenario, expect }) => {
    const config = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: scenario.namespace, namespace: "default" },
    };
    const app = await App.create(scenario, { ...GOOD, beside: [config] });
    const said = await refused(scenario, app, { beside: [config] });

    expect(said).toMatchObject(left);
    expect(said.summary).toContain("in namespace default");
  });

  it("where its automated sync is off", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD);
    await app.spoil();
    await app.patch({ spec: { syncPolicy: { automated: null } } });
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "ManagedByAnotherTool" }]);
    expect(run.workloads[0]?.summary).toContain("Its automated sync is off");
    expect(writes(scenario)).toEqual([]);
  });

  it("where a workload only bears its mark", async ({ scenario, expect }) => {
    const app = await App.create(scenario, GOOD);
    const forged = { "argocd.argoproj.io/tracking-id": `${app.name}:apps/Deployment:${scenario.namespace}/forged` };
    const labels = { "app.kubernetes.io/instance": app.name };
    const other = (image: string, annotations: object) =>
      JSON.stringify({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "forged", annotations: forged, labels },
        spec: {
          replicas: 2,
          progressDeadlineSeconds: 8,
          selector: { matchLabels: { app: "forged" } },
          template: {
            metadata: { labels: { app: "forged" }, annotations },
            spec: { containers: [{ name: "app", image, readinessProbe: { httpGet: { path: "/", port: 80 } } }] },
          },
        },
      });
    await app.patch({ spec: { syncPolicy: { automated: { prune: false } } } });
    await scenario.applyText(other("shop/forged:1", {}));
    await scenario.rolledOut("forged");
    await scenario.applyText(other("shop/forged:2", { "simulation/failure": "crash-loop" }));
    await scenario.untilFailing("CrashLoopBackOff");
    await untilOverdue(scenario, "forged");
    await app.refresh();
    await scenario.until("Argo CD lists it", async () =>
      ((await app.read()).status?.resources ?? []).some(({ name }) => name === "forged"),
    );
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "ManagedByAnotherTool" }]);
    expect(run.workloads[0]?.summary).toContain("no Application in namespace argocd is seen to sync it");
    expect(writes(scenario)).toEqual([]);
  });
});
