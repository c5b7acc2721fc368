import { describe, expect, it } from "vitest";
import { HpaState } from "../../../functions/run/detection.ts";
import { hpaState } from "../../../functions/scan/hpa-state.ts";
import type { Hpa } from "../../../functions/shared/kubernetes/types.ts";
import { hpaConditionOf, hpaWith } from "../../support/workload-objects.ts";

type Metrics = NonNullable<Hpa["spec"]["metrics"]>;
type Current = NonNullable<NonNullable<Hpa["status"]>["currentMetrics"]>;

/** What is told of the metrics of an HPA with these, held to the contract. */
function metricsOf(metrics: Metrics, currentMetrics?: Current | null): HpaState["metrics"] {
  const hpa = hpaWith([]);
  const status = { ...hpa.status, desiredReplicas: 2, ...(currentMetrics === undefined ? {} : { currentMetrics }) };
  return HpaState.parse(hpaState({ ...hpa, spec: { ...hpa.spec, metrics }, status } as Hpa)).metrics;
}

const utilization = (averageUtilization: number) => ({ type: "Utilization", averageUtilization });
const cpu = { type: "Resource", resource: { name: "cpu", target: utilization(50) } };

describe("the state of an HPA", () => {
  it("is its target, its replicas, its bounds and its conditions", () => {
    const hpa = hpaWith([hpaConditionOf("ScalingLimited", "True", "TooManyReplicas")], {
      currentReplicas: 3,
      desiredReplicas: 4,
    });

    expect(hpaState(hpa)).toEqual({
      namespace: "shop",
      name: "web",
      target: { kind: "Deployment", name: "web" },
      current_replicas: 3,
      desired_replicas: 4,
      min_replicas: 2,
      max_replicas: 4,
      metrics: [],
      conditions: [
        { type: "AbleToScale", status: "True", reason: "ReadyForNewScale", message: "because of ReadyForNewScale" },
        { type: "ScalingActive", status: "True", reason: "ValidMetricFound", message: "because of ValidMetricFound" },
        { type: "ScalingLimited", status: "True", reason: "TooManyReplicas", message: "because of TooManyReplicas" },
      ],
    });
  });

  it("has zeros and the API's default minimum before its controller has seen it", () => {
    const spec = { maxReplicas: 4, scaleTargetRef: { kind: "StatefulSet", name: "db" } };

    expect(HpaState.parse(hpaState({ metadata: { name: "db", namespace: "shop" }, spec }))).toEqual({
      namespace: "shop",
      name: "db",
      target: { kind: "StatefulSet", name: "db" },
      current_replicas: 0,
      desired_replicas: 0,
      min_replicas: 1,
      max_replicas: 4,
      metrics: [],
      conditions: [],
    });
  });

  it("carries no more of a condition's message than fits on a line", () => {
    const long = {
      ...hpaConditionOf("AbleToScale", "False", "FailedGetScale"),
      message: "no such\nscale ".repeat(100),
    };
    const [, , able] = hpaState(hpaWith([long])).conditions;

    expect(able?.message).toHaveLength(200);
    expect(able?.message).toMatch(/^no such scale no such scale/);
  });
});

describe("a metric of an HPA", () => {
  it("is named after its kind and what it measures, with its current value and its target, each in its own unit", () => {
    const metrics: Metrics = [
      cpu,
      { type: "Resource", resource: { name: "memory", target: { type: "AverageValue", averageValue: "200Mi" } } },
      { type: "ContainerResource", containerResource: { name: "cpu", container: "app", target: utilization(70) } },
      { type: "Pods", pods: { metric: { name: "requests" }, target: { type: "AverageValue", averageValue: "1k" } } },
      {
        type: "Object",
        object: {
          describedObject: { kind: "Ingress", name: "shop" },
          metric: { name: "latency" },
          target: { type: "Value", value: "200m" },
        },
      },
      { type: "External", external: { metric: { name: "queue_length" }, target: { type: "Value", value: "30" } } },
    ];
    const current = [
      { type: "External", external: { metric: { name: "queue_length" }, current: { value: "45" } } },
      { type: "Resource", resource: { name: "memory", current: { averageValue: "120Mi" } } },
      { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 80, averageValue: "400m" } } },
      {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "app", current: { averageUtilization: 0 } },
      },
      { type: "Pods", pods: { metric: { name: "requests" }, current: { averageValue: "900" } } },
      {
        type: "Object",
        object: {
          describedObject: { kind: "Ingress", name: "shop" },
          metric: { name: "latency" },
          current: { value: "0" },
        },
      },
    ] as Current;

    expect(metricsOf(metrics, current)).toEqual([
      { name: "Resource/cpu", current: "80%", target: "50%" },
      { name: "Resource/memory", current: "120Mi", target: "200Mi" },
      { name: "ContainerResource/app/cpu", current: "0%", target: "70%" },
      { name: "Pods/requests", current: "900", target: "1k" },
      { name: "Object/latency", current: "0", target: "200m" },
      { name: "External/queue_length", current: "45", target: "30" },
    ]);
  });

  it.each<[string, Current | null | undefined]>([
    ["there is no status", undefined],
    ["the status has none, which the API writes as null", null],
    ["the status holds others", [{ type: "Resource", resource: { name: "memory", current: { averageValue: "1Gi" } } }]],
    ["the controller could not read it", [{ type: "" }]],
    ["the controller has read nothing of use", [{ type: "Resource", resource: { name: "cpu", current: {} } }]],
  ])("has no current value while %s", (_what, current) => {
    expect(metricsOf([cpu], current)).toEqual([{ name: "Resource/cpu", current: null, target: "50%" }]);
  });

  it("of a container is not mistaken for that of another container or of the pod", () => {
    const ofContainer = (container: string) => ({
      type: "ContainerResource",
      containerResource: { name: "cpu", container, target: utilization(70) },
    });
    const current = [
      {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "proxy", current: { averageUtilization: 9 } },
      },
    ];

    expect(metricsOf([cpu, ofContainer("app"), ofContainer("proxy")], current).map((metric) => metric.current)).toEqual(
      [...[null, null, "9%"]],
    );
  });

  it("of a kind that nobody has heard of is told by its kind alone", () => {
    expect(metricsOf([{ type: "Horoscope" }], [])).toEqual([{ name: "Horoscope", current: null, target: "" }]);
  });
});
