import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { it } from "./scenario.ts";
import { breakPods, evictPods, rollOutWeb } from "./web.ts";

describe.concurrent("a workload that ran well for long", () => {
  it("and starts to crash is restarted", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await sleep(7_000);
    const before = (await scenario.pods()).map((pod) => pod.metadata?.uid);
    await scenario.annotatePods("simulation/failure=crash-loop");
    await scenario.untilFailing("CrashLoopBackOff", 2);

    const run = await scenario.run();

    expect(run.workloads).toMatchObject([
      { outcome: "Recovered", cause: "CrashLoopOfStableWorkload", action: "restart" },
    ]);
    const after = await scenario.stayingPods();
    expect(after.filter((pod) => before.includes(pod.metadata?.uid))).toEqual([]);
    expect((await scenario.deployment()).status).toMatchObject({ readyReplicas: 2 });
    expect(scenario.writes().filter(({ resource }) => resource === "pods/eviction")).toHaveLength(2);
  });

  it("and still crashes after the restart is left to a person, and not restarted again at once", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await sleep(7_000);
    await breakPods(scenario, "shop/web:1", 2);

    const run = await scenario.run(
      {},
      { cool_down: { base_seconds: 600 }, verify: { deadline_seconds: 8 } },
      {
        onEntered: (state) => (state === "Wait for it to settle" ? breakPods(scenario, "shop/web:1", 2) : undefined),
      },
    );
    expect(run.workloads).toMatchObject([{ outcome: "Unresolved", action: "restart", needs_person: true }]);
    expect(run.notifications[0]?.text).toContain("A restart did not help, and the evidence allows nothing else");

    const again = await scenario.run({}, { cool_down: { base_seconds: 600 } });
    expect(again.result).toMatchObject({ output: { outcomes: ["Skipped"], resting: { cooling_down: 1 } } });
    expect(again.notifications).toEqual([]);
    // What took the first pod's place crashes, too, so that the second one is not even tried.
    expect(scenario.writes().filter(({ resource }) => resource === "pods/eviction")).toHaveLength(1);
  });

  it("is not restarted against its disruption budget", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    await scenario.apply("pdb");
    await scenario.until("the budget is worked out", async () => {
      const budget = JSON.parse(
        await scenario.kubectl("-n", scenario.namespace, "get", "pdb", "web", "-o", "json"),
      ) as {
        status: { currentHealthy?: number };
      };
      return budget.status.currentHealthy === 2;
    });
    const pod = (await scenario.pods())[0]?.metadata?.name;

    const run = await scenario.run({ action: "restart_pod", pod_name: pod });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "DisruptionBudgetExhausted" }]);
    expect((await scenario.pods()).map(({ metadata }) => metadata?.name)).toContain(pod);
  });

  it("gets the leftovers of its evicted pods cleaned up once the replacements are ready", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    await evictPods(scenario);
    await sleep(4_000); // without a further eviction

    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", cause: "FailedPods", action: "restart" }]);
    const pods = await scenario.pods();
    expect(pods).toHaveLength(2);
    expect(pods.map(({ status }) => status?.phase)).toEqual(["Running", "Running"]);
  });
});
