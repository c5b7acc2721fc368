import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import type { Run } from "../../local/scenarios/run-workflow.ts";
import { it } from "./scenario.ts";
import { applyWeb, rollOutWeb } from "./web.ts";

describe.concurrent("a runbook", () => {
  it("detect_failures gets the findings, and nothing is touched", async ({ scenario, expect }) => {
    await applyWeb(scenario, { image: "shop/web:1", annotations: '"simulation/failure": image-pull' });
    await scenario.untilFailing("ImagePullBackOff", 2);

    const { detection } = await scenario.run({ action: "detect_failures" });

    expect(detection).toMatchObject({
      status: "failing",
      failing_pods: 2,
      incidents: [
        {
          workload: { kind: "Deployment", namespace: scenario.namespace, name: "web" },
          failures: [{ reason: "ImagePullBackOff", container: "app", count: 2 }],
        },
      ],
    });
    expect(scenario.writes()).toEqual([]);
  });

  it("restart_pod replaces that pod and no other", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [first, second] = await scenario.pods();

    const run = await scenario.run({ action: "restart_pod", pod_name: first?.metadata?.name });

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", cause: "Requested", action: "restart" }]);
    await scenario.until("the pod is gone", async () => (await scenario.pods()).length === 2);
    const uids = (await scenario.pods()).map(({ metadata }) => metadata?.uid);
    expect(uids).toHaveLength(2);
    expect(uids).toContain(second?.metadata?.uid);
    expect(uids).not.toContain(first?.metadata?.uid);
  });

  it("rollback_deployment goes to the revision that it names", async ({ scenario, expect }) => {
    for (const image of ["shop/web:1", "shop/web:2", "shop/web:3"]) await rollOutWeb(scenario, { image });

    const run = await scenario.run({ action: "rollback_deployment", deployment_name: "web", revision: 1 });

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollback" }]);
    expect(await scenario.image()).toBe("shop/web:1");
    expect(await scenario.kubectl("-n", scenario.namespace, "rollout", "history", "deployment/web")).toMatch(
      /2\s.*\n3\s.*\n4\s/,
    );
  });

  it("rollback_deployment without a revision goes to the newest healthy one", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    await sleep(7_000);
    await rollOutWeb(scenario, { image: "shop/web:2" });

    const run = await scenario.run({ action: "rollback_deployment", deployment_name: "web" });

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollback" }]);
    expect(await scenario.image()).toBe("shop/web:1");
  });

  it("scale_deployment sets the replicas where no HPA owns them", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });

    const run = await scenario.run({ action: "scale_deployment", deployment_name: "web", replicas: 4 });

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "scale" }]);
    expect((await scenario.deployment()).status?.readyReplicas).toBe(4);
  });

  it("about a bare pod is refused, since nothing would recreate it", async ({ scenario, expect }) => {
    await scenario.kubectl("-n", scenario.namespace, "run", "once", "--image=shop/once:1");

    const run = await scenario.run({ action: "restart_pod", pod_name: "once" });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "NothingRecreatesIt", needs_person: true }]);
    expect((await scenario.pods()).map(({ metadata }) => metadata?.name)).toEqual(["once"]);
  });

  it("about a workload that somebody else is working on is refused with that somebody's name", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    // Whoever got the claim keeps it until the other one has ended.
    const ask = (replicas: number): Promise<Run> =>
      scenario.run(
        { action: "scale_deployment", deployment_name: "web", replicas },
        {},
        {
          onEntered: (state) =>
            state === "Wait for it to settle" ? Promise.any(asked).then(() => undefined) : undefined,
        },
      );
    const asked: readonly Promise<Run>[] = [ask(3), ask(4)];

    const runs = await Promise.all(asked);

    const outcomes = runs.flatMap(({ workloads }) => workloads.map(({ outcome, reason }) => reason ?? outcome)).sort();
    expect(outcomes).toEqual(["AlreadyClaimed", "Recovered"]);
    expect(scenario.writes().filter(({ resource }) => resource === "deployments/scale")).toHaveLength(1);
  });
});
