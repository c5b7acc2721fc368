import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { it, type Scenario } from "../../kubernetes/scenario.ts";
import { applyRollout, imageOf, ON, readRollout, untilPhase, writes } from "./rollout.ts";

const service = (name: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
});
const INGRESS = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "web" },
  spec: {
    rules: [
      {
        host: "shop.example.com",
        http: {
          paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "stable", port: { number: 80 } } } }],
        },
      },
    ],
  },
};

/** A canary that an Ingress sends its share to. */
const routed = (more: object = {}) => ({
  canary: {
    ...{ stableService: "stable", canaryService: "canary", trafficRouting: { nginx: { stableIngress: "web" } } },
    steps: [{ setWeight: 50 }, { pause: {} }, { setWeight: 100 }, { pause: {} }],
    ...more,
  },
});

/** A canary that was well at a step, whose pods crash then. */
async function spoilAtStep(scenario: Scenario, strategy: object): Promise<void> {
  for (const object of [service("stable"), service("canary"), INGRESS]) {
    await scenario.applyText(JSON.stringify(object));
  }
  await applyRollout(scenario, { strategy });
  await untilPhase(scenario, "Healthy");
  await sleep(7_000); // long enough to count as stable
  await applyRollout(scenario, { strategy, image: "shop/web:2" });
  await scenario.until("the canary gets its share", async () => {
    return (await readRollout(scenario)).status?.canary?.weights?.canary?.weight === 50;
  });
  await untilPhase(scenario, "Paused");
  const { currentPodHash = "" } = (await readRollout(scenario)).status ?? {};
  const ofCanary = ["-l", `rollouts-pod-template-hash=${currentPodHash}`, "simulation/failure=crash-loop"];
  await scenario.kubectl("-n", scenario.namespace, "annotate", "pods", ...ofCanary);
  await scenario.untilFailing("CrashLoopBackOff");
}

describe.concurrent("a canary to which a router sends its share", () => {
  it("is aborted when its pods crash at a step, and gets nothing any more", async ({ scenario, expect }) => {
    await spoilAtStep(scenario, routed({ abortScaleDownDelaySeconds: 3 }));
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollout-abort", needs_person: false }]);
    const { status } = await readRollout(scenario);
    expect(status).toMatchObject({ abort: true, canary: { weights: { canary: { weight: 0 } } } });
    expect(status?.updatedReplicas ?? 0).toBe(0);
    expect(await imageOf(scenario)).toBe("shop/web:2");
    expect(writes(scenario)).toEqual(["patch rollouts/status"]);
  });

  it("gets its template back where an abort may come to no end", async ({ scenario, expect }) => {
    await spoilAtStep(scenario, routed({ dynamicStableScale: true, abortScaleDownDelaySeconds: 3 }));
    const run = await scenario.run({}, ON);

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollback", needs_person: false }]);
    const { status } = await readRollout(scenario);
    expect(status).toMatchObject({ phase: "Healthy", availableReplicas: 2, replicas: 2 });
    expect(await imageOf(scenario)).toBe("shop/web:1");
    expect(writes(scenario)).toEqual(["patch rollouts"]);
  });
});
