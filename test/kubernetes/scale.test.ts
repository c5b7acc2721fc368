import { describe } from "vitest";
import { it, type Scenario } from "./scenario.ts";
import { rollOutWeb } from "./web.ts";

/** Waits until the HPA is at its maximum and wants more. */
async function untilLimited(scenario: Scenario): Promise<void> {
  await scenario.until("the HPA has wanted more than its maximum for some seconds", async () => {
    const limited = (await scenario.hpa()).status?.conditions?.find(({ type }) => type === "ScalingLimited");
    return (
      limited?.reason === "TooManyReplicas" &&
      (await scenario.hpa()).status?.currentReplicas === 4 &&
      Date.now() - Date.parse(limited.lastTransitionTime ?? "") > 4_000
    );
  });
}

describe.concurrent("an HPA at its maximum", () => {
  it("gets a higher one within the policy, and that helps", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", annotations: '"simulation/total-cpu": 2200m' });
    await scenario.apply("hpa");
    await untilLimited(scenario);

    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", cause: "HpaAtMaximum", action: "scale" }]);
    expect((await scenario.hpa()).spec).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
    expect((await scenario.deployment()).spec?.replicas).toBe(6);
    expect(scenario.writes().filter(({ resource }) => resource.startsWith("deployments"))).toEqual([]);
  });

  it("gets its old bounds back when that does not help", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", annotations: '"simulation/cpu": 900m' });
    await scenario.apply("hpa");
    await untilLimited(scenario);

    const run = await scenario.run({}, { verify: { soak_seconds: 2, interval_seconds: 2, deadline_seconds: 10 } });

    expect(run.workloads).toMatchObject([
      { outcome: "RolledBack", cause: "HpaAtMaximum", action: "scale", needs_person: true },
    ]);
    expect((await scenario.hpa()).spec).toMatchObject({ minReplicas: 2, maxReplicas: 4 });
  });

  it("that somebody replaces by another one while it settles is left to them", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", annotations: '"simulation/total-cpu": 2200m' });
    await scenario.apply("hpa");
    await untilLimited(scenario);
    const replace = async () => {
      await scenario.kubectl("-n", scenario.namespace, "delete", "hpa", "web");
      await scenario.apply("hpa", { NAME: "another" });
    };

    const run = await scenario.run(
      {},
      {},
      { onEntered: (state) => (state === "Wait for it to settle" ? replace() : undefined) },
    );

    expect(run.workloads).toMatchObject([
      {
        outcome: "Unresolved",
        reason: "ObjectChanged",
        summary: expect.stringContaining("HPA web does not scale it any more") as string,
      },
    ]);
  });

  it("at the policy's bound is reported", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", annotations: '"simulation/cpu": 900m' });
    await scenario.apply("hpa");
    await untilLimited(scenario);

    const run = await scenario.run({}, { scale: { max_replicas: 4 } });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "LimitReached", needs_person: true }]);
    expect((await scenario.hpa()).spec).toMatchObject({ maxReplicas: 4 });
  });
});

describe.concurrent("a request to scale", () => {
  it("moves the bounds of the HPA that owns the scale, and never writes replicas", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", annotations: '"simulation/cpu": 400m' });
    await scenario.apply("hpa");
    await scenario.until("the HPA is active", async () =>
      ((await scenario.hpa()).status?.conditions ?? []).some(
        ({ type, status }) => type === "ScalingActive" && status === "True",
      ),
    );

    const run = await scenario.run({ action: "scale_deployment", deployment_name: "web", replicas: 5 });

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "scale" }]);
    expect((await scenario.hpa()).spec).toMatchObject({ minReplicas: 5, maxReplicas: 5 });
    expect((await scenario.deployment()).status?.readyReplicas).toBe(5);
    expect(scenario.writes().filter(({ resource }) => resource.startsWith("deployments"))).toEqual([]);
  });
});
