import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { groupIncidents } from "../../../functions/scan/incidents.ts";
import { Incident } from "../../../functions/run/contracts.ts";
import { failuresOf } from "../../../functions/kinds/failing/overdue.ts";
import { podFailures } from "../../../functions/kinds/failing/pod-failures.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, container, crashingPod, hpa, imagePullPod, NOW, pod, policy, WEB } from "../../support/objects.ts";
import { DEADLINES, PLAIN, podOf, ready } from "../../support/pod-rows.ts";
import { incidentsOf, scanned } from "../../support/scans.ts";
import { NO_TABLES, serve } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith, hpaConditionOf, hpaWith } from "../../support/workload-objects.ts";

const moment = { now: NOW, deadlines: DEADLINES };
let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const done = { terminated: { exitCode: 0, reason: "Completed", startedAt: ago(2_000), finishedAt: ago(1_900) } };
const doneContainer = container({ name: "a", ready: false, state: done });
const half = (state: object, more: object = {}) =>
  podOf(PLAIN, {
    phase: "Running",
    app: [doneContainer, container({ name: "b", ready: false, state, ...more })],
    conditions: [ready("False", 900)],
  });

describe("a pod that is printed as Completed", () => {
  it.each<[string, Pod, string]>([
    [
      "was evicted, its containers ending well",
      podOf(PLAIN, { phase: "Failed", reason: "Evicted", app: [doneContainer] }),
      "Evicted",
    ],
    [
      "was ended by a node shutdown",
      podOf(PLAIN, { phase: "Failed", reason: "Terminated", app: [doneContainer] }),
      "Terminated",
    ],
    [
      "crash-loops in its second container, the first being done",
      half({ waiting: { reason: "CrashLoopBackOff" } }, { restartCount: 5 }),
      "CrashLoopBackOff",
    ],
    ["pulls for its second container", half({ waiting: { reason: "ImagePullBackOff" } }), "ImagePullBackOff"],
    ["has a second container that is not ready", half({ running: { startedAt: ago(900) } }), "ContainersNotReady"],
  ])("and %s is found", async (_what, failing, reason) => {
    serve(api, { pods: [failing] });
    expect(failuresOf(failing, moment)).toMatchObject([{ reason }]);
    expect((await scanned(api)).failing_pods).toBe(1);
  });
});

it("a rollout of a single replica that fails inside its deadline is in_rollout", async () => {
  const crashing = crashingPod({ name: "web-2-x" });
  crashing.metadata = { ...crashing.metadata, ...controlledBy("Deployment", "web") };
  const conditions = [{ type: "Progressing", status: "True", reason: "ReplicaSetUpdated" }];
  serve(api, { pods: [crashing], deployments: [deploymentWith({ replicas: 1, ready: 1, updated: 1, conditions })] });

  expect(await scanned(api)).toMatchObject({ status: "healthy", incidents: [], in_rollout: [WEB] });
});

it("a debugging container that cannot be pulled says nothing about the pod", () => {
  const debug = container({ name: "debugger", ready: false, state: { waiting: { reason: "ErrImagePull" } } });

  expect(podFailures(pod({ status: { ephemeralContainerStatuses: [debug] } }))).toEqual([]);
});

it("a server without Tables is not an empty, healthy cluster", async () => {
  serve(api, { pods: [crashingPod({})] }, NO_TABLES);

  expect(incidentsOf(await scanned(api))).toEqual(["ReplicaSet shop/web-1: CrashLoopBackOff"]);
});

it("a termination whose times the API writes as null fits the contract", () => {
  const terminated = { exitCode: 137, reason: "Error", startedAt: null, finishedAt: null } as unknown;
  const state = { terminated } as NonNullable<ReturnType<typeof container>["state"]>;
  const lost = pod({
    status: { conditions: [], containerStatuses: [container({ ready: false, restartCount: 1, state })] },
  });
  const failures = failuresOf(lost, moment);

  const [incident] = groupIncidents([{ name: "web-1", node: undefined, workload: WEB, failures }], []);
  expect(Incident.safeParse(incident).error).toBeUndefined();
});

it("the answer to detect_failures fits into the state of an execution, whatever the cluster holds", async () => {
  const long = (prefix: string, index: number) => `${prefix}${index}-${"x".repeat(253)}`.slice(0, 253);
  const namespace = "n".repeat(63);
  const numbers = Array.from({ length: 700 }, (_, index) => index);
  const conditions = [{ type: "Progressing", status: "True", reason: "ReplicaSetUpdated" }];
  serve(api, {
    namespaces: [namespace],
    pods: numbers.map((n) => {
      const one = imagePullPod("m");
      one.metadata = { name: long("p", n), namespace, ...controlledBy("Deployment", long("d", n)) };
      return one;
    }),
    deployments: numbers.map((n) => deploymentWith({ name: long("d", n), namespace, ready: 0, conditions })),
    hpas: numbers.map((n) => ({ ...hpa(), metadata: { name: long("h", n), namespace } })),
  });
  const detection = await scanned(api, { findingsOnly: true });

  expect(Buffer.byteLength(JSON.stringify(detection))).toBeLessThan(262_144);
});

it("one HPA that is too large for the answer does not hide the others", async () => {
  const big = hpaWith([hpaConditionOf("AbleToScale", "False", "FailedGetScale")]);
  big.spec.metrics = Array.from({ length: 600 }, (_, index) => ({
    type: "External",
    external: { metric: { name: `${"m".repeat(60)}${index}` }, target: { type: "Value", value: "1" } },
  }));
  serve(api, { hpas: [big, hpa({ metadata: { name: "other", namespace: "shop" } })] });
  const { hpas } = await scanned(api, { findingsOnly: true, policy: policy() });

  expect(hpas?.map(({ name }) => name)).toContain("other");
});
