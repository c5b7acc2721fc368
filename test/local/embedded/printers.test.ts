import { describe, expect, it } from "vitest";
import { humanDuration } from "../../../local/embedded/printers/age.ts";
import { printerOf } from "../../../local/embedded/printers/printers.ts";
import { resourceOfKind } from "../../../local/embedded/resources.ts";
import type { ApiObject } from "../../../local/embedded/api-object.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const metadata = (name: string, more: object = {}) => ({ name, creationTimestamp: "2026-06-01T11:59:20Z", ...more });

function cells(kind: string, object: ApiObject): unknown[] {
  return printerOf(resourceOfKind(kind)).cells(object, NOW);
}

/** The first cells of a pod: those that people see without asking for more. */
function podCells(status: object, spec: object = {}, more: object = {}): unknown[] {
  const containers = [{ name: "app", image: "shop/web:1" }];
  return cells("Pod", { metadata: metadata("web", more), spec: { containers, ...spec }, status }).slice(1, 5);
}

const running = { name: "app", ready: true, restartCount: 0, state: { running: {} } };
const waiting = (reason: string) => ({ name: "app", ready: false, restartCount: 2, state: { waiting: { reason } } });
const ended = (exitCode: number, more: object = {}) => ({
  name: "app",
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode, ...more } },
});
const READY = { type: "Ready", status: "True" };

// What a real API server printed for such objects.
describe("the row of a pod", () => {
  const migrate = { initContainers: [{ name: "app", image: "m:1" }] };
  const sidecar = { initContainers: [{ name: "app", image: "m:1", restartPolicy: "Always" }] };

  it.each([
    ["that runs", { phase: "Running", containerStatuses: [running] }, {}, ["1/1", "Running", "0", "40s"]],
    [
      "that waits",
      { phase: "Running", containerStatuses: [waiting("CrashLoopBackOff")] },
      {},
      ["0/1", "CrashLoopBackOff", "2", "40s"],
    ],
    [
      "that restarted",
      {
        phase: "Running",
        containerStatuses: [
          { ...running, restartCount: 2, lastState: { terminated: { finishedAt: "2026-06-01T11:59:54Z" } } },
        ],
      },
      {},
      ["1/1", "Running", "2 (6s ago)", "40s"],
    ],
    [
      "that is done",
      { phase: "Succeeded", containerStatuses: [ended(0, { reason: "Completed" })] },
      {},
      ["0/1", "Completed", "0", "40s"],
    ],
    [
      "that ended by a signal",
      { phase: "Failed", containerStatuses: [ended(137, { signal: 9 })] },
      {},
      ["0/1", "Signal:9", "0", "40s"],
    ],
    [
      "that ended without a reason",
      { phase: "Failed", containerStatuses: [ended(3)] },
      {},
      ["0/1", "ExitCode:3", "0", "40s"],
    ],
    ["that is scheduled nowhere", { phase: "Pending" }, {}, ["0/1", "Pending", "0", "40s"]],
    ["that was evicted", { phase: "Failed", reason: "Evicted" }, {}, ["0/1", "Evicted", "0", "40s"]],
    [
      "whose init container waits",
      { phase: "Pending", initContainerStatuses: [waiting("ImagePullBackOff")] },
      migrate,
      ["0/1", "Init:ImagePullBackOff", "2", "40s"],
    ],
    [
      "whose init container runs",
      { phase: "Pending", initContainerStatuses: [{ ...running, ready: false }] },
      migrate,
      ["0/1", "Init:0/1", "0", "40s"],
    ],
    [
      "with a sidecar",
      {
        phase: "Running",
        initContainerStatuses: [{ ...running, started: true, restartCount: 3 }],
        containerStatuses: [running],
      },
      sidecar,
      ["2/2", "Running", "3", "40s"],
    ],
    [
      "of which one container is done",
      {
        phase: "Running",
        conditions: [READY],
        containerStatuses: [ended(0, { reason: "Completed" }), { ...running, name: "b" }],
      },
      { containers: [{ name: "app" }, { name: "b" }] },
      ["1/2", "Running", "0", "40s"],
    ],
  ])("%s", (_what, status, spec, expected) => {
    expect(podCells(status, spec)).toEqual(expected);
  });

  it.each([
    ["Terminating", { phase: "Running", containerStatuses: [running] }],
    ["Unknown", { phase: "Running", reason: "NodeLost" }],
    ["Failed", { phase: "Failed" }],
  ])("says %s while the pod goes", (word, status) => {
    expect(podCells(status, {}, { deletionTimestamp: "2026-06-01T12:00:30Z" })[1]).toBe(word);
  });

  it("ends with where the pod is and what gates it", () => {
    const spec = { nodeName: "node-2", containers: [], readinessGates: [{ conditionType: "shop/gate" }] };
    const object = { metadata: metadata("init"), spec, status: { podIPs: [{ ip: "10.0.0.6" }] } };

    expect(cells("Pod", object).slice(5)).toEqual(["10.0.0.6", "node-2", "<none>", "0/1"]);
  });
});

describe("the row of", () => {
  const template = {
    spec: {
      containers: [
        { name: "app", image: "shop/web:1" },
        { name: "side", image: "shop/side:1" },
      ],
    },
  };

  it.each<[string, ApiObject, unknown[]]>([
    [
      "Deployment",
      { spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template }, status: { updatedReplicas: 2 } },
      ["web", "0/2", 2, 0, "40s", "app,side", "shop/web:1,shop/side:1", "app=web"],
    ],
    [
      "ReplicaSet",
      {
        spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template },
        status: { replicas: 2, readyReplicas: 1 },
      },
      ["web", 2, 2, 1, "40s", "app,side", "shop/web:1,shop/side:1", "app=web"],
    ],
    [
      "StatefulSet",
      { spec: { replicas: 2, template }, status: { readyReplicas: 2 } },
      ["web", "2/2", "40s", "app,side", "shop/web:1,shop/side:1"],
    ],
    [
      "DaemonSet",
      {
        spec: {
          selector: { matchExpressions: [{ key: "app", operator: "In", values: ["agent", "x"] }] },
          template: {
            spec: {
              nodeSelector: { "kubernetes.io/os": "linux" },
              containers: [{ name: "agent", image: "shop/agent:1" }],
            },
          },
        },
        status: { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 0, updatedNumberScheduled: 3 },
      },
      ["web", 3, 3, 0, 3, 0, "kubernetes.io/os=linux", "40s", "agent", "shop/agent:1", "app in (agent,x)"],
    ],
    [
      "Job",
      {
        spec: { parallelism: 2, selector: {}, template },
        status: {
          succeeded: 2,
          conditions: [
            { type: "SuccessCriteriaMet", status: "True" },
            { type: "Complete", status: "True" },
          ],
          startTime: "2026-06-01T11:59:20Z",
          completionTime: "2026-06-01T11:59:22Z",
        },
      },
      ["web", "Complete", "2/1 of 2", "2s", "40s", "app,side", "shop/web:1,shop/side:1", "<none>"],
    ],
    [
      "Job",
      { spec: { completions: 1, template }, status: { startTime: "2026-06-01T11:59:50Z" } },
      ["web", "Running", "0/1", "10s", "40s", "app,side", "shop/web:1,shop/side:1", "<none>"],
    ],
    [
      "Node",
      {
        metadata: metadata("web", { labels: { "node-role.kubernetes.io/worker": "" } }),
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: "Ready", status: "Unknown" }],
          addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
        },
      },
      [
        "web",
        "NotReady,SchedulingDisabled",
        "worker",
        "40s",
        "",
        "10.0.0.1",
        "<none>",
        "<unknown>",
        "<unknown>",
        "<unknown>",
      ],
    ],
    ["Namespace", { status: { phase: "Terminating" } }, ["web", "Terminating", "40s"]],
    [
      "HorizontalPodAutoscaler",
      {
        spec: {
          minReplicas: 2,
          maxReplicas: 4,
          scaleTargetRef: { kind: "Deployment", name: "web" },
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
          ],
        },
        status: { currentReplicas: 2 },
      },
      ["web", "Deployment/web", "cpu: <unknown>/80%", "2", 4, 2, "40s"],
    ],
    [
      "PodDisruptionBudget",
      { spec: { minAvailable: "50%" }, status: { disruptionsAllowed: 1 } },
      ["web", "50%", "N/A", 1, "40s"],
    ],
  ])("a %s", (kind, object, expected) => {
    expect(cells(kind, { metadata: metadata("web"), ...object })).toEqual(expected);
  });
});

describe("an age", () => {
  it.each([
    [-1.5, "0s"],
    [-3, "<invalid>"],
    [119, "119s"],
    [120, "2m"],
    [192, "3m12s"],
    [60 * 45, "45m"],
    [60 * 150, "150m"],
    [3_600 * 3, "3h"],
    [3_600 * 5 + 60, "5h1m"],
    [3_600 * 20, "20h"],
    [86_400 * 3 + 3_600, "3d1h"],
    [86_400 * 100, "100d"],
    [86_400 * 365 * 3, "3y"],
  ])("of %d seconds is %s", (seconds, text) => {
    expect(humanDuration(seconds)).toBe(text);
  });
});
