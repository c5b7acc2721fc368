import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Deployment, DisruptionBudget } from "../../../../functions/shared/kubernetes/types.ts";
import { DEPLOYMENTS, DISRUPTION_BUDGETS } from "../../../../local/embedded/kinds.ts";
import { CRASH, deployment, Running } from "./running.ts";

let cluster: Running;
beforeEach(async () => {
  cluster = new Running();
  cluster.create(DEPLOYMENTS, deployment({ replicas: 4 }));
  await cluster.until("its pods are ready", () => ready() === 4);
});
afterEach(() => {
  cluster.stop();
});

const ready = () => cluster.get<Deployment>(DEPLOYMENTS, "web").status?.readyReplicas;

async function counts(spec: Partial<DisruptionBudget["spec"] & object>) {
  const selector = { matchLabels: { app: "web" } };
  cluster.create<DisruptionBudget>(DISRUPTION_BUDGETS, { metadata: { name: "web" }, spec: { selector, ...spec } });
  await cluster.settle();
  return cluster.get<DisruptionBudget>(DISRUPTION_BUDGETS, "web").status;
}

describe("a PodDisruptionBudget", () => {
  it.each([
    [{ minAvailable: 3 }, { desiredHealthy: 3, disruptionsAllowed: 1 }],
    [{ minAvailable: 4 }, { desiredHealthy: 4, disruptionsAllowed: 0 }],
    [{ minAvailable: "30%" }, { desiredHealthy: 2, disruptionsAllowed: 2 }],
    [{ maxUnavailable: 1 }, { desiredHealthy: 3, disruptionsAllowed: 1 }],
    [{ maxUnavailable: "30%" }, { desiredHealthy: 2, disruptionsAllowed: 2 }],
  ])("with %j allows %j of four healthy pods", async (spec, expected) => {
    const status = await counts(spec);
    expect(status).toMatchObject({ expectedPods: 4, currentHealthy: 4, observedGeneration: 1, ...expected });
    expect(status?.conditions).toMatchObject([
      expected.disruptionsAllowed > 0
        ? { type: "DisruptionAllowed", status: "True", reason: "SufficientPods" }
        : { type: "DisruptionAllowed", status: "False", reason: "InsufficientPods" },
    ]);
  });

  it("allows less when pods become unready", async () => {
    await counts({ minAvailable: 2 });
    cluster.annotatePods(CRASH);
    await cluster.until("no pod is ready", () => ready() === undefined);

    const { status } = cluster.get<DisruptionBudget>(DISRUPTION_BUDGETS, "web");
    expect(status).toMatchObject({ currentHealthy: 0, desiredHealthy: 2, disruptionsAllowed: 0 });
  });
});
