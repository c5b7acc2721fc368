import { describe } from "vitest";
import { it } from "./scenario.ts";
import { applyWeb, evictPods, rollOutWeb, untilDeadlineExceeded } from "./web.ts";

describe.concurrent("the workflow", () => {
  it("finds nothing wrong in a healthy namespace, with one function call, four transitions and not one write", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });

    const run = await scenario.run();

    expect(run.outcomes).toEqual(["Healthy"]);
    expect(run.states).toEqual(["Which request?", "Detect failures", "Anything failing?", "Healthy"]);
    expect(run.notifications).toEqual([]);
    expect(scenario.requests().length).toBeGreaterThan(0);
    expect(scenario.writes()).toEqual([]);
  });

  it("changes nothing in a dry run, and says what it would have done", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: '"simulation/failure": crash-loop' });
    await scenario.untilFailing("CrashLoopBackOff");
    await untilDeadlineExceeded(scenario);
    const before = await scenario.deployment();

    const run = await scenario.run({ dry_run: true });

    expect(run.workloads).toMatchObject([{ outcome: "DryRun", action: "rollback" }]);
    expect(run.workloads[0]?.summary).toContain("Would roll back from revision 2 to the template of revision 1");
    expect(scenario.writes()).toEqual([]);
    expect((await scenario.deployment()).spec).toEqual(before.spec);
    expect(await scenario.claims()).toEqual([]);
  });

  it("deletes no leftover in a dry run", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    await evictPods(scenario);
    const before = (await scenario.pods()).map(({ metadata }) => metadata?.uid);

    const run = await scenario.run({ dry_run: true });

    expect(run.workloads).toMatchObject([{ outcome: "DryRun", action: "restart" }]);
    expect((await scenario.pods()).map(({ metadata }) => metadata?.uid)).toEqual(before);
  });

  it("looks at the whole cluster as the schedule does, and finds a workload in whatever namespace", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: '"simulation/failure": crash-loop' });
    await scenario.untilFailing("CrashLoopBackOff");
    await untilDeadlineExceeded(scenario);

    // Other tests' workloads fail beside it.
    const run = await scenario.run({ namespace: undefined, dry_run: true }, { storm: { min_workloads: 1_000 } });

    expect(run.workloads.map(({ workload, outcome }) => `${workload?.namespace ?? ""}: ${outcome}`)).toContain(
      `${scenario.namespace}: DryRun`,
    );
    expect(scenario.writes()).toEqual([]);
  });
});
