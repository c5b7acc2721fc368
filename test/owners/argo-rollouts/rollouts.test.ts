import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { it } from "../../kubernetes/scenario.ts";
import { applyRollout, imageOf, ON, patchStatus, readRollout, spoil, untilPhase, writes } from "./rollout.ts";

const SERVICE = JSON.stringify({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
});

/** An analysis that comes to no end while a test is played. */
const SLOW_ANALYSIS = JSON.stringify({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "AnalysisTemplate",
  metadata: { name: "slow" },
  spec: {
    metrics: [
      { name: "errors", initialDelay: "1h", provider: { prometheus: { address: "http://prometheus", query: "up" } } },
    ],
  },
});

describe.concurrent("a bad canary", () => {
  it("whose pods crash is aborted, past its steps, and its spec stays as it is", async ({ scenario, expect }) => {
    await spoil(scenario);
    await untilPhase(scenario, "Degraded");
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([
      { outcome: "Recovered", cause: "CrashLoopAfterRollout", action: "rollout-abort", needs_person: false },
    ]);
    expect(await imageOf(scenario)).toBe("shop/web:2");
    const { status } = await readRollout(scenario);
    expect(status).toMatchObject({ ...{ phase: "Degraded", abort: true }, ...{ availableReplicas: 2, replicas: 2 } });
    expect(writes(scenario)).toEqual(["patch rollouts/status"]);

    expect((await scenario.run({}, ON)).outcomes).toEqual(["Healthy"]);
  });

  it("is aborted where Argo CD keeps its spec", async ({ scenario, expect }) => {
    const annotations = { "argocd.argoproj.io/tracking-id": "shop:argoproj.io/Rollout:shop/web" };
    await spoil(scenario, { metadata: { annotations } });
    await untilPhase(scenario, "Degraded");
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollout-abort" }]);
    expect(writes(scenario)).toEqual(["patch rollouts/status"]);
  });

  it("that somebody mends right before the remedy keeps their template", async ({ scenario, expect }) => {
    await spoil(scenario);
    await untilPhase(scenario, "Degraded");
    const onEntered = (state: string) =>
      state === "Abort the rollout" ? applyRollout(scenario, { image: "shop/web:3" }) : undefined;
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "rollout-abort", reason: "ObjectChanged" }]);
    expect(await imageOf(scenario)).toBe("shop/web:3");
    expect(writes(scenario)).toEqual([]);
  });

  it("that is mended while it settles is not aborted any more, and stays so", async ({ scenario, expect }) => {
    await spoil(scenario);
    await untilPhase(scenario, "Degraded");
    const onEntered = (state: string) =>
      state === "Wait for it to settle" ? applyRollout(scenario, { image: "shop/web:3" }) : undefined;
    const run = await scenario.run({}, ON, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Unresolved", action: "rollout-abort", reason: "ObjectChanged" }]);
    expect((await readRollout(scenario)).status?.abort ?? false).toBe(false);
    expect(writes(scenario)).toEqual(["patch rollouts/status"]);
  });

  it("that somebody tries again goes on, and is not aborted again", async ({ scenario, expect }) => {
    await spoil(scenario);
    await untilPhase(scenario, "Degraded");
    const onEntered = (state: string) =>
      state === "Wait for it to settle" ? patchStatus(scenario, { abort: false }) : undefined;
    const run = await scenario.run({}, ON, { onEntered });
    expect(run.workloads).toMatchObject([{ outcome: "Unresolved", action: "rollout-abort", reason: "ObjectChanged" }]);

    await scenario.untilFailing("CrashLoopBackOff");
    await untilPhase(scenario, "Degraded");
    const next = await scenario.run({}, ON);
    expect(next.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "PutBack" }]);
    expect(writes(scenario)).toEqual(["patch rollouts/status"]);
  });

  it("is tried again by its controller where the abort did not help", async ({ scenario, expect }) => {
    await spoil(scenario);
    await untilPhase(scenario, "Degraded");
    const onEntered = (state: string) =>
      state === "Wait for it to settle" ? scenario.annotatePods("simulation/failure=crash-loop") : undefined;
    const run = await scenario.run({}, { ...ON, verify: { deadline_seconds: 12 } }, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "RolledBack", action: "rollout-abort", needs_person: true }]);
    const { status } = await readRollout(scenario);
    expect(status?.abort ?? false).toBe(false);
    expect(status?.abortedAt).toBeUndefined();
    expect(await imageOf(scenario)).toBe("shop/web:2");
    expect(writes(scenario)).toEqual(["patch rollouts/status", "patch rollouts/status"]);
  });

  it("is none that is known where the policy does not switch it on", async ({ scenario, expect }) => {
    await spoil(scenario);
    await untilPhase(scenario, "Degraded");
    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "NothingRecreatesIt" }]);
    expect(scenario.requests().filter(({ resource }) => resource === "rollouts")).toEqual([]);
  });

  it("that was aborted is told, and what serves is left alone", async ({ scenario, expect }) => {
    await spoil(scenario);
    await patchStatus(scenario, { abort: true });
    await scenario.until("its pods are gone", async () => (await scenario.stayingPods()).length === 2);
    await untilPhase(scenario, "Degraded");
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", cause: "RolloutAborted", action: "none" }]);
    expect(writes(scenario)).toEqual([]);
  });
});

describe.concurrent("a Rollout", () => {
  it("that waits at a step with every pod well is healthy", async ({ scenario, expect }) => {
    await applyRollout(scenario);
    await untilPhase(scenario, "Healthy");
    await applyRollout(scenario, { image: "shop/web:2" });
    await untilPhase(scenario, "Paused");
    await sleep(9_000); // longer than its progress deadline
    const run = await scenario.run({}, ON);

    expect(run.outcomes).toEqual(["Healthy"]);
  });

  it("that is blue-green and waits for its promotion goes back when its new pods crash", async ({
    scenario,
    expect,
  }) => {
    await scenario.applyText(SERVICE);
    const strategy = {
      blueGreen: { activeService: "web", autoPromotionEnabled: false, abortScaleDownDelaySeconds: 3 },
    };
    await spoil(scenario, { strategy });
    await untilPhase(scenario, "Degraded");
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollout-abort" }]);
    expect(await imageOf(scenario)).toBe("shop/web:2");
    // Its controller leaves a number out that is zero.
    const { abort, updatedReplicas = 0 } = (await readRollout(scenario)).status ?? {};
    expect({ abort, updatedReplicas }).toEqual({ abort: true, updatedReplicas: 0 });
  });

  it("that is blue-green and sends to new pods that crash goes back by its template", async ({ scenario, expect }) => {
    await scenario.applyText(SERVICE);
    await scenario.applyText(SLOW_ANALYSIS);
    const postPromotionAnalysis = { templates: [{ templateName: "slow" }] };
    const strategy = { blueGreen: { activeService: "web", postPromotionAnalysis } };
    // Nothing serves, so that its deadline is not waited for, though the pods before are ready.
    const spec = { progressDeadlineSeconds: 3_600 };
    await applyRollout(scenario, { strategy, spec });
    await untilPhase(scenario, "Healthy");
    await sleep(7_000); // long enough to count as stable
    await applyRollout(scenario, { strategy, spec, image: "shop/web:2" });
    await scenario.until("it sends to the new pods", async () => {
      const { blueGreen, currentPodHash, stableRS } = (await readRollout(scenario)).status ?? {};
      return blueGreen?.activeSelector === currentPodHash && currentPodHash !== stableRS;
    });
    const { currentPodHash = "" } = (await readRollout(scenario)).status ?? {};
    const ofNew = ["-l", `rollouts-pod-template-hash=${currentPodHash}`];
    await scenario.kubectl("-n", scenario.namespace, "annotate", "pods", ...ofNew, "simulation/failure=crash-loop");
    await scenario.untilFailing("CrashLoopBackOff", 2);
    expect((await readRollout(scenario)).status).toMatchObject({ phase: "Progressing" });
    const run = await scenario.run({}, { ...ON, detect: { failed_rollout_seconds: 0 } });

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollback" }]);
    expect(await imageOf(scenario)).toBe("shop/web:1");
    expect((await readRollout(scenario)).status).toMatchObject({ phase: "Healthy" });
  });

  it("whose promoted pods crash is not sent back through steps that wait", async ({ scenario, expect }) => {
    await applyRollout(scenario);
    await untilPhase(scenario, "Healthy");
    await sleep(61_000); // long enough for revision 1 to count as stable under this scenario's policy
    await applyRollout(scenario, { image: "shop/web:2" });
    await untilPhase(scenario, "Paused");
    await scenario.kubectl(
      ...["-n", scenario.namespace, "patch", "rollouts.argoproj.io", "web", "--subresource=status", "--type=merge"],
      ...["-p", '{"status":{"promoteFull":true}}'],
    );
    await untilPhase(scenario, "Healthy");
    await scenario.annotatePods("simulation/failure=crash-loop");
    await scenario.untilFailing("CrashLoopBackOff", 2);
    const run = await scenario.run({}, { ...ON, stable_seconds: 60 });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "NoSafeRemedy" }]);
    expect(run.workloads[0]?.summary).toContain("stop at its steps");
    expect(writes(scenario)).toEqual([]);
  });

  it("whose pods crash after they ran well has them made anew", async ({ scenario, expect }) => {
    await applyRollout(scenario);
    await untilPhase(scenario, "Healthy");
    await sleep(7_000); // long enough to count as stable
    await scenario.annotatePods("simulation/failure=crash-loop");
    await scenario.untilFailing("CrashLoopBackOff", 2);
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "restart" }]);
    expect((await readRollout(scenario)).status).toMatchObject({ phase: "Healthy", availableReplicas: 2 });
  });

  it("whose first pods crash has nothing to go back to", async ({ scenario, expect }) => {
    await applyRollout(scenario, { failure: "crash-loop" });
    await scenario.untilFailing("CrashLoopBackOff", 2);
    await untilPhase(scenario, "Degraded");
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", needs_person: true }]);
    expect(writes(scenario)).toEqual([]);
  });

  it("whose template is in a Deployment is aborted, and neither is written to", async ({ scenario, expect }) => {
    const deployment = (image: string, annotations: object) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "source" },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" }, annotations },
          spec: { containers: [{ name: "app", image, readinessProbe: { httpGet: { path: "/", port: 80 } } }] },
        },
      },
    });
    const workloadRef = { apiVersion: "apps/v1", kind: "Deployment", name: "source" };
    await scenario.applyText(JSON.stringify(deployment("shop/web:1", {})));
    await applyRollout(scenario, { spec: { template: undefined, workloadRef } });
    await untilPhase(scenario, "Healthy");
    await scenario.applyText(JSON.stringify(deployment("shop/web:2", { "simulation/failure": "crash-loop" })));
    await scenario.untilFailing("CrashLoopBackOff");
    await untilPhase(scenario, "Degraded");
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollout-abort" }]);
    expect(writes(scenario)).toEqual(["patch rollouts/status"]);
  });
});
