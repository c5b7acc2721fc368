import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { it } from "./scenario.ts";
import { applyWeb, breakPods, rollOutWeb, untilDeadlineExceeded } from "./web.ts";

const CRASH = '"simulation/failure": crash-loop';
const NO_IMAGE = '"simulation/failure": image-pull';

describe.concurrent("a bad rollout", () => {
  it("that crash-loops and gets stuck is rolled back to the revision that still serves", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: CRASH });
    await scenario.untilFailing("CrashLoopBackOff");
    await untilDeadlineExceeded(scenario);

    // It looks when there is something to see, so that the number of looks is that of the soak.
    const onEntered = (state: string) => (state === "Wait for it to settle" ? scenario.rolledOut() : undefined);
    const run = await scenario.run({}, {}, { onEntered });

    expect(run.workloads).toMatchObject([
      { outcome: "Recovered", cause: "CrashLoopAfterRollout", action: "rollback", needs_person: false },
    ]);
    expect(await scenario.image()).toBe("shop/web:1");
    expect((await scenario.deployment()).status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2, replicas: 2 });
    expect((await scenario.claims())[0]?.spec?.holderIdentity).toBeUndefined();
    expect(run.states.length).toBeLessThanOrEqual(26);
  });

  it("that was rolled out completely before it began to crash is rolled back, too", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await sleep(21_000); // long enough for revision 1 to count as stable under this scenario's policy
    await rollOutWeb(scenario, { image: "shop/web:2", probe: true });
    await scenario.annotatePods("simulation/failure=crash-loop");
    await scenario.untilFailing("CrashLoopBackOff", 2);

    const run = await scenario.run({}, { stable_seconds: 20 });

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", cause: "CrashLoopAfterRollout", action: "rollback" }]);
    expect(await scenario.image()).toBe("shop/web:1");
  });

  it("with a missing image is rolled back to the newest healthy revision, also when the one before is bad, too", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: CRASH });
    await scenario.untilFailing("CrashLoopBackOff");
    await applyWeb(scenario, { image: "shop/web:3", probe: true, annotations: NO_IMAGE });
    await scenario.untilFailing("ImagePullBackOff");
    await untilDeadlineExceeded(scenario);

    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", cause: "ImageNotFound", action: "rollback" }]);
    expect(await scenario.image()).toBe("shop/web:1");
  });

  it("that the rollback does not heal gets its own template back, and a person is told", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await sleep(21_000); // long enough for revision 1 to count as stable under this scenario's policy
    await rollOutWeb(scenario, { image: "shop/web:2", probe: true });
    // What both revisions depend on breaks soon after revision 2 was rolled out.
    await breakPods(scenario, "shop/web:2", 2);

    const run = await scenario.run(
      {},
      { stable_seconds: 20, verify: { deadline_seconds: 8 } },
      {
        onEntered: (state) => (state === "Wait for it to settle" ? breakPods(scenario, "shop/web:1") : undefined),
      },
    );

    expect(run.workloads).toMatchObject([{ outcome: "RolledBack", action: "rollback", needs_person: true }]);
    expect(run.states).toEqual(expect.arrayContaining(["Undo rollback", "Verify undo"]));
    expect(await scenario.image()).toBe("shop/web:2");
    expect(run.notifications[0]?.text).toContain("The rollback was undone");
  });

  it("inside its progress deadline is left alone", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: NO_IMAGE });
    await scenario.untilFailing("ImagePullBackOff");

    const run = await scenario.run();

    expect(run.outcomes).toEqual(["Healthy"]);
    expect(run.result).toMatchObject({ output: { in_rollout: [{ kind: "Deployment", name: "web" }] } });
    expect(scenario.writes()).toEqual([]);
    expect(await scenario.image()).toBe("shop/web:2");
  });

  it("of a release that Helm owns is reported, not touched", async ({ scenario, expect }) => {
    const helm = '"meta.helm.sh/release-name": shop';
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true, deploymentAnnotations: helm });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: CRASH, deploymentAnnotations: helm });
    await scenario.untilFailing("CrashLoopBackOff");
    await untilDeadlineExceeded(scenario);

    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "ManagedByAnotherTool", needs_person: true }]);
    expect(run.notifications[0]?.text).toContain("helm rollback");
    expect(await scenario.image()).toBe("shop/web:2");
  });
});
