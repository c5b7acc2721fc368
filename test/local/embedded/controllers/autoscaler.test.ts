import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Deployment, Hpa, PodTemplate } from "../../../../functions/shared/kubernetes/types.ts";
import { AUTOSCALERS, DEPLOYMENTS, EVENTS } from "../../../../local/embedded/kinds.ts";
import { deployment, Running, template } from "./running.ts";

let cluster: Running;
beforeEach(() => {
  cluster = new Running();
});
afterEach(() => {
  cluster.stop();
});

const web = () => cluster.get<Deployment>(DEPLOYMENTS, "web");
const hpa = () => cluster.get<Hpa>(AUTOSCALERS, "web");
const condition = (type: string) => hpa().status?.conditions?.find((candidate) => candidate.type === type);

async function scaled(of: PodTemplate, replicas = 2): Promise<void> {
  cluster.create(DEPLOYMENTS, deployment({ replicas, template: of }));
  await cluster.until("its pods are ready", () => web().status?.readyReplicas === replicas);
  cluster.create<Hpa>(AUTOSCALERS, {
    metadata: { name: "web" },
    spec: {
      minReplicas: 2,
      maxReplicas: 4,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
      ],
    },
  });
}

function mark(markers: Record<string, string>): void {
  cluster.annotatePods(markers);
}

describe("an HPA", () => {
  it("scales up to its maximum, and says that it wants more", async () => {
    await scaled(template(1, { "simulation/total-cpu": "2200m" }));
    await cluster.until("it is at its maximum", () => hpa().status?.currentReplicas === 4);
    await cluster.pass(6);

    expect(web().spec?.replicas).toBe(4);
    expect(condition("AbleToScale")).toMatchObject({ status: "True", reason: "ReadyForNewScale" });
    expect(condition("ScalingActive")).toMatchObject({
      status: "True",
      reason: "ValidMetricFound",
      message:
        "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
    });
    expect(condition("ScalingLimited")).toMatchObject({
      status: "True",
      reason: "TooManyReplicas",
      message: "the desired replica count is more than the maximum replica count",
    });
    expect(hpa().status).toMatchObject({ currentReplicas: 4, desiredReplicas: 4 });
    expect(hpa().status?.lastScaleTime).toBeDefined();
    expect(hpa().status?.currentMetrics).toEqual([
      { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 110, averageValue: "550m" } } },
    ]);
  });

  it("leaves a workload alone whose usage is near its target", async () => {
    await scaled(template(1, { "simulation/cpu": "430m" }), 3);
    await cluster.pass(20);

    expect(web().spec?.replicas).toBe(3);
    expect(condition("ScalingLimited")).toMatchObject({ status: "False", reason: "DesiredWithinRange" });
  });

  it("scales down only when less was wanted for ten seconds, and not below its minimum", async () => {
    await scaled(template(1, { "simulation/cpu": "400m" }), 4);
    await cluster.pass(8);
    mark({ "simulation/cpu": "50m" });
    await cluster.pass(8);
    expect(web().spec?.replicas).toBe(4);
    expect(condition("AbleToScale")).toMatchObject({ status: "True", reason: "ScaleDownStabilized" });

    await cluster.pass(6);
    expect(web().spec?.replicas).toBe(2);
    expect(condition("ScalingLimited")).toMatchObject({ status: "True", reason: "TooFewReplicas" });
    expect(cluster.events("HorizontalPodAutoscaler")).toContain(
      "SuccessfulRescale: New size: 2; reason: All metrics below target",
    );
  });

  it("cannot go by utilisation where nothing is requested", async () => {
    await scaled({ ...template(1), spec: { containers: [{ name: "app", image: "shop/web:1" }] } });
    await cluster.pass(3);

    const pod = cluster.pods()[0]?.metadata?.name ?? "";
    expect(condition("ScalingActive")).toMatchObject({
      status: "False",
      reason: "FailedGetResourceMetric",
      message: `the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container app of Pod ${pod}`,
    });
    expect(web().spec?.replicas).toBe(2);
  });

  it("counts how often it has said the same", async () => {
    await scaled({ ...template(1), spec: { containers: [{ name: "app", image: "shop/web:1" }] } });
    await cluster.pass(9);

    const said = cluster.list<{ reason?: string; count?: number }>(EVENTS);
    expect(said.filter(({ reason }) => reason === "FailedGetResourceMetric")).toMatchObject([{ count: 4 }]);
  });

  it("has no metrics while no pod is ready", async () => {
    await scaled(template(1));
    mark({ "simulation/failure": "never-ready" });
    await cluster.pass(4);

    expect(condition("ScalingActive")?.message).toBe(
      "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API",
    );
  });

  it("is switched off by zero replicas, and cannot scale what is not there", async () => {
    await scaled(template(1));
    cluster.change<Deployment>(DEPLOYMENTS, "web", ({ spec }) => {
      if (spec !== undefined) spec.replicas = 0;
    });
    await cluster.pass(3);
    expect(condition("ScalingActive")).toMatchObject({ status: "False", reason: "ScalingDisabled" });
    expect(web().spec?.replicas).toBe(0);

    cluster.store.delete(DEPLOYMENTS, "shop", "web");
    await cluster.pass(3);
    expect(condition("AbleToScale")).toMatchObject({
      status: "False",
      reason: "FailedGetScale",
      message: 'the HPA controller was unable to get the target\'s current scale: deployments.apps "web" not found',
    });
  });
});
