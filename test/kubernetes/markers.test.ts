import { describe } from "vitest";
import { isReady } from "../../functions/shared/kubernetes/pods.ts";
import type { Pod } from "../../functions/shared/kubernetes/types.ts";
import { it, type Scenario } from "./scenario.ts";
import { applyWeb, rollOutWeb } from "./web.ts";

/** What a marker makes of a pod of its template. */
const MARKERS: [marker: string, shows: (pod: Pod) => boolean, beside?: string][] = [
  ["crash-loop", (pod) => waiting(pod) === "CrashLoopBackOff" && lastExit(pod)?.exitCode === 1],
  ["oom-kill", (pod) => waiting(pod) === "CrashLoopBackOff" && lastExit(pod)?.reason === "OOMKilled"],
  ["image-pull", (pod) => waiting(pod) === "ImagePullBackOff"],
  ["never-ready", (pod) => pod.status?.phase === "Running" && !isReady(pod)],
  ["stuck-pending", (pod) => pod.status?.phase === "Pending" && waiting(pod) === "ContainerCreating"],
  ["evicted", (pod) => pod.status?.phase === "Failed" && pod.status.reason === "Evicted"],
  ["failed", (pod) => pod.status?.phase === "Failed" && pod.status.reason === "UnexpectedAdmissionError"],
  ["node-lost", (pod) => pod.status?.reason === "NodeLost" && !isReady(pod)],
  ["slow-start", (pod) => pod.status?.phase === "Running" && !isReady(pod), '"simulation/after": 600s'],
];

function waiting(pod: Pod): string | undefined {
  return pod.status?.containerStatuses?.[0]?.state?.waiting?.reason;
}

function lastExit(pod: Pod) {
  return pod.status?.containerStatuses?.[0]?.lastState?.terminated;
}

async function untilSome(scenario: Scenario, what: string, shows: (pod: Pod) => boolean): Promise<void> {
  await scenario.until(what, async () => (await scenario.pods()).some(shows));
}

describe.concurrent("a simulated pod", () => {
  for (const [marker, shows, beside = ""] of MARKERS) {
    it(`fails as its template's ${marker} says, and going back to a template without it heals`, async ({
      scenario,
    }) => {
      await rollOutWeb(scenario, { image: "shop/web:1" });
      await applyWeb(scenario, { image: "shop/web:2", annotations: `"simulation/failure": ${marker}, ${beside}` });
      await untilSome(scenario, marker, shows);

      await scenario.kubectl("-n", scenario.namespace, "rollout", "undo", "deployment/web");
      await scenario.rolledOut();
    });
  }

  it("with slow-start is ready in the end", async ({ scenario }) => {
    await rollOutWeb(scenario, {
      image: "shop/web:1",
      annotations: '"simulation/failure": slow-start, "simulation/after": 3s',
    });
  });

  it("is shown by kubectl get hpa with the CPU that its marker says", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", annotations: '"simulation/cpu": 250m' });
    await scenario.apply("hpa");

    await scenario.until("the HPA knows the CPU", async () =>
      (await scenario.kubectl("-n", scenario.namespace, "get", "hpa", "web")).includes("cpu: 50%/80%"),
    );
    expect((await scenario.hpa()).status?.conditions).toContainEqual(
      expect.objectContaining({ type: "ScalingActive", status: "True" }),
    );
  });
});
