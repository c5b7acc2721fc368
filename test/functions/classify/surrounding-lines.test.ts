import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { surroundingLines } from "../../../functions/classify/surrounding-lines.ts";
import { NO_SURROUNDINGS, type Surroundings } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import { ago, crashingPod, evidence, ofRevision, pod, policy } from "../../support/objects.ts";
import { node } from "../../support/workload-objects.ts";

function warning(overrides: Partial<KubernetesEvent>): KubernetesEvent {
  return {
    metadata: { name: "web.1" },
    involvedObject: { kind: "Pod", name: "web-1-a" },
    type: "Warning",
    reason: "FailedMount",
    message: 'MountVolume.SetUp failed: configmap "settings" not found',
    count: 4,
    lastTimestamp: ago(60),
    ...overrides,
  };
}

const linesOf = (surroundings: Partial<Surroundings>, told: string[] = []) =>
  surroundingLines(evidence({ surroundings: { ...NO_SURROUNDINGS, ...surroundings } }), told);

describe("warnings become evidence", () => {
  it("with their object, how often and how long ago they were seen", () => {
    expect(linesOf({ events: [warning({})] })).toEqual([
      'event on Pod web-1-a, 4 times, last 60 s ago: FailedMount: MountVolume.SetUp failed: configmap "settings" not found',
    ]);
  });

  it("by the times that a series of them tells, where there is one", () => {
    const series = { count: 9, lastObservedTime: ago(5) };
    const { count: _count, lastTimestamp: _last, ...rest } = warning({});

    expect(linesOf({ events: [{ ...rest, series }] })[0]).toMatch(/^event on Pod web-1-a, 9 times, last 5 s ago/);
  });

  it("when they are the two newest, each message once", () => {
    const events = ["old", "newer", "newest", "newest"].map((message, index) =>
      warning({ message, lastTimestamp: ago(100 - index) }),
    );

    expect(linesOf({ events }).map((line) => line.split(": ").at(-1))).toEqual(["newest", "newer"]);
  });

  it("once where nothing but the name of a pod, or the number of a sandbox, is another each time", () => {
    const refused = (name: string) => `pods "web-2-${name}" is forbidden: exceeded quota: small`;
    const sandbox = (digit: string) => `failed to setup network for sandbox "${digit.repeat(64)}": no address`;
    const messages = [`Error creating: ${refused("a")}`, `Error creating: ${refused("b")}`, sandbox("1"), sandbox("2")];
    const events = messages.map((message) => warning({ message }));

    expect(linesOf({ events })).toHaveLength(2);
    expect(linesOf({ events: events.slice(0, 2) }, [`FailedCreate: ${refused("c")}`])).toEqual([]);
  });

  it.each([
    ["only repeat a pod's status", { reason: "BackOff" }],
    ["are this workflow's own", { reportingComponent: "eks-remediation" }],
    ["have no message", { message: "" }],
    ["were told already", { message: "exceeded quota" }],
  ])("unless they %s", (_what, overrides) => {
    expect(linesOf({ events: [warning(overrides)] }, ["FailedCreate: exceeded quota"])).toEqual([]);
  });
});

describe("what stands around a workload becomes evidence", () => {
  it("where a node is under pressure or cordoned", () => {
    const pressed = node("node-1", "True");
    pressed.spec = { unschedulable: true };
    pressed.status?.conditions?.push(
      { type: "DiskPressure", status: "True" },
      { type: "PIDPressure", status: "False" },
    );

    expect(linesOf({ nodes: [node("node-0", "True"), pressed] })).toEqual(["node node-1 has DiskPressure, a cordon"]);
  });

  it("where a budget of its own pods has no room", () => {
    const budget = (name: string, app: string, disruptionsAllowed: number) => ({
      metadata: { name },
      spec: { selector: { matchLabels: { app } } },
      status: { currentHealthy: 1, desiredHealthy: 2, expectedPods: 2, disruptionsAllowed },
    });
    const made = pod({ metadata: { labels: { app: "web" } } });
    const budgets = [budget("web", "web", 0), budget("roomy", "web", 1), budget("others", "db", 0)];
    const surroundings = { ...NO_SURROUNDINGS, budgets };

    expect(surroundingLines(evidence({ pods: [made], surroundings }), [])).toEqual([
      "PodDisruptionBudget web has no room: 1 of 2 pods are healthy, and it wants 2",
    ]);
  });

  it("where such a budget lets pods go that are not ready", () => {
    const budget = {
      metadata: { name: "web" },
      spec: { selector: { matchLabels: { app: "web" } }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
      status: { currentHealthy: 1, desiredHealthy: 2, expectedPods: 2, disruptionsAllowed: 0 },
    };
    const made = pod({ metadata: { labels: { app: "web" } } });
    const surroundings = { ...NO_SURROUNDINGS, budgets: [budget] };

    expect(surroundingLines(evidence({ pods: [made], surroundings }), [])).toEqual([
      "PodDisruptionBudget web has no room: 1 of 2 pods are healthy, and it wants 2; pods that are not ready may go all the same",
    ]);
  });

  it("where a quota is used up, naming the resources", () => {
    const quotas = [
      {
        metadata: { name: "small" },
        status: { hard: { pods: "3", "requests.cpu": "4" }, used: { pods: "3", "requests.cpu": "1" } },
      },
      { metadata: { name: "large" }, status: { hard: { pods: "30" }, used: { pods: "3" } } },
      { metadata: { name: "lowered" }, status: { hard: { pods: "2" }, used: { pods: "3" } } },
      {
        metadata: { name: "none" },
        status: { hard: { "services.loadbalancers": "0" }, used: { "services.loadbalancers": "0" } },
      },
      { metadata: { name: "new" } },
    ];

    expect(linesOf({ quotas })).toEqual(["quota small is used up: pods (3)", "quota lowered is used up: pods (2)"]);
  });

  it("where it was looked after before", () => {
    const entry = { at: ago(7_200), execution: "run-1", cause: "CrashLoop", action: "none", outcome: "Skipped" };

    expect(surroundingLines(evidence({ history: [entry] }), [])).toEqual([
      `looked after before, at ${ago(7_200)}: CrashLoop, none, Skipped`,
    ]);
  });

  it("behind what the rule itself found, four lines at most", () => {
    const nodes = Array.from({ length: 9 }, (_, index) => ({
      ...node(`node-${index}`, "True"),
      spec: { unschedulable: true },
    }));
    const diagnosis = classify(
      evidence({ pods: [ofRevision(1, crashingPod({}))], surroundings: { ...NO_SURROUNDINGS, nodes } }),
      policy(),
    );

    expect(diagnosis.evidence[0]).toMatch(/^CrashLoopBackOff/);
    expect(diagnosis.evidence.filter((line) => line.includes("a cordon"))).toHaveLength(4);
  });
});
