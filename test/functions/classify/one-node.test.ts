import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, deployment, evidence, pod, policy } from "../../support/objects.ts";

const on = (node: string, made: Pod): Pod => ({ ...made, spec: { ...made.spec, containers: [], nodeName: node } });
const well = (name: string, node: string) => on(node, pod({ name }));
/** A pod whose container runs and is not ready for so many seconds. */
const unready = (name: string, node: string, seconds = 400) =>
  on(
    node,
    pod({
      name,
      status: {
        conditions: [
          { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: ago(seconds) },
        ],
        containerStatuses: [container({ ready: false })],
      },
    }),
  );
/** One whose container was killed for the third time just now, after an hour in which all was well. */
const killed = (name: string, node: string) => {
  const made = unready(name, node, 100);
  const lastState = { terminated: { exitCode: 137, reason: "Error", startedAt: ago(120), finishedAt: ago(22) } };
  const status = container({ ready: false, restartCount: 3, state: { running: { startedAt: ago(20) } }, lastState });
  return { ...made, status: { ...made.status, containerStatuses: [status] } };
};
const failedProbe = (name: string) => ({
  metadata: {},
  reason: "Unhealthy",
  message: 'Liveness probe failed: Get "http://10.0.0.1/health": context deadline exceeded',
  involvedObject: { uid: `${name}-uid`, fieldPath: "spec.containers{app}" },
  lastTimestamp: ago(25),
});
const diagnose = (pods: Pod[], events = [failedProbe("a")]) =>
  classify(
    evidence({
      pods,
      workload: deployment({ replicas: pods.length }),
      surroundings: { ...NO_SURROUNDINGS, events },
    }),
    policy(),
  );

describe("pods of one node that become unready together", () => {
  it("are the node's matter, which is named, and nothing is done to them", () => {
    const diagnosis = diagnose([unready("a", "n1"), unready("b", "n1", 380), well("c", "n2"), well("d", "n3")]);

    expect(diagnosis).toMatchObject({
      cause: "UnreadyOnOneNode",
      summary:
        "2 pods have been unready since about the same moment, all on node n1, while 2 pods of it are ready on other nodes.",
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
    expect(JSON.stringify(diagnosis.remedy)).toContain("kubectl describe node n1");
    expect(JSON.stringify(diagnosis)).not.toContain("database");
  });

  it("are so, too, where their liveness probes kill them, and where they are most of the workload", () => {
    expect(diagnose([killed("a", "n1"), killed("b", "n1"), well("c", "n2")])).toMatchObject({
      cause: "UnreadyOnOneNode",
      summary: expect.stringContaining("while 1 pod of it is ready on other nodes") as string,
    });
  });

  it.each<[string, Pod[], string]>([
    ["they are on several nodes", [unready("a", "n1"), unready("b", "n2"), well("c", "n3")], "UnreadyTogether"],
    ["it has no other node", [unready("a", "n1"), unready("b", "n1")], "UnreadyTogether"],
    [
      "another is ready there",
      [unready("a", "n1"), unready("b", "n1"), well("c", "n1"), well("d", "n2")],
      "UnreadyTogether",
    ],
    [
      "they became so one after the other",
      [unready("a", "n1", 400), unready("b", "n1", 900), well("c", "n2"), well("d", "n2")],
      "Unready",
    ],
    ["it is one alone", [unready("a", "n1"), well("b", "n2")], "Unready"],
    [
      "their probes kill them everywhere",
      [killed("a", "n1"), killed("b", "n2"), well("c", "n3")],
      "LivenessFailsTogether",
    ],
  ])("are not so where %s", (_what, pods, cause) => {
    expect(diagnose(pods).cause).toBe(cause);
  });
});

describe("what else may be so on one node", () => {
  const causeOf = (...pods: Pod[]) => diagnose(pods).cause;
  const isNode = (...pods: Pod[]) => causeOf(...pods) === "UnreadyOnOneNode";

  it("is told as it is where the pods never were ready, as those that a scaling put on a new node", () => {
    const made = (name: string) => {
      const fresh = unready(name, "n9");
      return { ...fresh, metadata: { ...fresh.metadata, creationTimestamp: ago(400) } };
    };
    const diagnosis = diagnose([made("a"), made("b"), well("c", "n1"), well("d", "n2")]);

    expect(diagnosis).toMatchObject({ cause: "UnreadyOnOneNode", remedy: { action: "none" } });
    expect(diagnosis.summary).toContain("2 pods have been unready since about the same moment, all on node n9");
    expect(JSON.stringify(diagnosis)).not.toContain("became");
  });

  it.each<[string, Pod[]]>([
    ["one pod a node, as a DaemonSet or a spread set has", [unready("a", "n1"), well("b", "n2"), well("c", "n3")]],
    ["a node of which all pods of the workload are", [unready("a", "n1"), unready("b", "n1"), unready("c", "n1")]],
    [
      "two nodes of three",
      [
        unready("a", "n1"),
        unready("b", "n1"),
        unready("c", "n2"),
        unready("d", "n2"),
        well("e", "n3"),
        well("f", "n3"),
      ],
    ],
    ["pods that failed one after the other", [unready("a", "n1", 4_000), unready("b", "n1", 400), well("c", "n2")]],
    [
      "pods that are on no node",
      ["a", "b"].map((name) => {
        const { spec: _none, ...waiting } = unready(name, "n1");
        return waiting;
      }),
    ],
  ])("is no node's matter for certain: %s", (_what, pods) => {
    expect(isNode(...pods)).toBe(false);
  });
});
