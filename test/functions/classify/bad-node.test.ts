import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { ContainerStatus, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, policy, template } from "../../support/objects.ts";
import { AGENT, agent, controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

/** A pod of `shop/agent` on `node-<n>`, which has been ready for so many seconds. */
function on(n: number, revision: number, seconds: number, status: Partial<ContainerStatus> = {}): Pod {
  const made = dbPod(n, revision, {
    metadata: {
      name: `agent-${n}`,
      uid: `agent-${n}-uid`,
      creationTimestamp: ago(seconds + 10),
      labels: { app: "agent", "controller-revision-hash": `r${revision}` },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "DaemonSet", name: "agent", uid: "agent-uid", controller: true },
      ],
    },
  });
  const ready = status.ready ?? true;
  const conditions = [
    { type: "PodScheduled", status: "True", lastTransitionTime: ago(seconds + 9) },
    {
      type: "Ready",
      status: ready ? "True" : "False",
      ...(ready ? {} : { reason: "ContainersNotReady" }),
      lastTransitionTime: ago(seconds),
    },
  ];
  const statuses = [container({ state: { running: { startedAt: ago(seconds + 5) } }, ...status })];
  return {
    ...made,
    spec: { nodeName: `node-${n}`, containers: [{ name: "app" }] },
    status: { phase: "Running", startTime: ago(seconds + 8), conditions, containerStatuses: statuses },
  };
}

const ended = { exitCode: 1, reason: "Error", startedAt: ago(6), finishedAt: ago(5) };
const waiting = (reason: string, message = "back-off"): Partial<ContainerStatus> => ({
  ready: false,
  state: { waiting: { reason, message } },
});
const CRASHES = { ...waiting("CrashLoopBackOff"), restartCount: 5, lastState: { terminated: ended } };
const NOT_READY: Partial<ContainerStatus> = { ready: false, state: { running: { startedAt: ago(500) } } };

/** Some nodes have revision 2 already, on one of which it fails. */
function updating(pods: Pod[], more: Partial<Evidence> = {}) {
  const { cause, summary, remedy } = classify(
    evidence({
      incident: incident({ workload: AGENT }),
      workload: agent({
        template: template("shop/web:2"),
        status: { desiredNumberScheduled: 9, updatedNumberScheduled: pods.length, numberReady: 8, numberAvailable: 8 },
      }),
      holders: [
        controllerRevision(2, { of: "agent", created: ago(900) }),
        controllerRevision(1, { of: "agent", created: ago(900_000) }),
      ],
      pods: [...pods, ...[7, 8, 9].map((n) => on(n, 1, 90_000))],
      ...more,
    }),
    policy(),
  );
  return { cause, summary, action: remedy.action, message: remedy.action === "none" ? remedy.message : "" };
}

const well = [1, 2].map((n) => on(n, 2, 300 - n * 30));

describe("an update of a DaemonSet that fails on one node", () => {
  it.each<[string, Partial<ContainerStatus>]>([
    ["crashes", CRASHES],
    ["does not become ready", NOT_READY],
    ["cannot be created", waiting("CreateContainerError", "context deadline exceeded")],
  ])("is the node's matter where its pod %s, and others of the revision run well", (_what, status) => {
    const told = updating([...well, on(6, 2, 500, status)]);

    expect(told).toMatchObject({ cause: "FailsOnOneNode", action: "none" });
    expect(told.summary).toContain("Revision 2 fails on node node-6 alone, and its pods run well on 2 others");
    expect(told.message).toContain("kubectl describe node node-6");
  });

  it("is the node's matter where it has no room for what runs well on others", () => {
    const made = on(6, 2, 500);
    const terms = [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["node-6"] }] }];
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    };
    const message =
      "0/9 nodes are available: 1 Insufficient memory, 8 node(s) didn't satisfy plugin(s) [NodeAffinity].";
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime: ago(490) },
    ];
    const unplaced: Pod = {
      ...made,
      spec: { affinity, containers: [{ name: "app" }] },
      status: { phase: "Pending", conditions },
    };

    expect(updating([...well, unplaced])).toMatchObject({ cause: "FailsOnOneNode", action: "none" });
  });

  it.each<[string, Pod[]]>([
    ["no other node has the revision yet", [on(6, 2, 500, CRASHES)]],
    ["one other node alone has it", [on(1, 2, 300), on(6, 2, 500, CRASHES)]],
    ["it fails on a second one, too", [...well, on(5, 2, 500, CRASHES), on(6, 2, 500, CRASHES)]],
    ["the others have had it for a moment only", [on(1, 2, 60), on(2, 2, 40), on(6, 2, 500, CRASHES)]],
    [
      "the others were restarted, too",
      [1, 2].map((n) => on(n, 2, 300, { restartCount: 2 })).concat(on(6, 2, 500, CRASHES)),
    ],
    [
      "it has no command to run, which no node gives it",
      [...well, on(6, 2, 500, { ...CRASHES, lastState: { terminated: { ...ended, exitCode: 127 } } })],
    ],
  ])("is rolled back where %s", (_what, pods) => {
    expect(updating(pods)).toMatchObject({ action: "rollback" });
  });

  it("is not rolled back for a pull that fails there for no known reason", () => {
    const told = updating([...well, on(6, 2, 500, waiting("ErrImagePull", "what nobody has said before"))]);

    expect(told.action).toBe("none");
  });

  it("is looked at as before where the pod ran well before it failed", () => {
    const long = on(6, 2, 5, { ...CRASHES, lastState: { terminated: { ...ended, startedAt: ago(800) } } });

    expect(updating([...well, long]).cause).not.toBe("FailsOnOneNode");
  });
});

describe("a member of a set that fails on a node of its own", () => {
  it("is no matter of the node, as its pods are not one on each", () => {
    const member = (ordinal: number, { spec, status }: Pod): Pod => ({
      ...dbPod(ordinal, 2, { metadata: { creationTimestamp: ago(510) } }),
      ...(spec === undefined ? {} : { spec }),
      ...(status === undefined ? {} : { status }),
    });
    const { cause, remedy } = classify(
      evidence({
        incident: incident({ workload: DB }),
        workload: db({
          template: template("shop/web:2"),
          spec: { replicas: 4 },
          status: { replicas: 4, readyReplicas: 3, updatedReplicas: 3, currentRevision: "db-r1" },
        }),
        holders: [controllerRevision(2, { created: ago(900) }), controllerRevision(1, { created: ago(900_000) })],
        pods: [
          dbPod(0, 1),
          ...[2, 3].map((ordinal) => member(ordinal, on(ordinal, 2, 300))),
          member(1, on(1, 2, 500, CRASHES)),
        ],
      }),
      policy(),
    );

    expect(cause).toBe("CrashLoopAfterRollout");
    expect(remedy.action).toBe("rollback");
  });
});

describe("an update of a DaemonSet that fails on nodes which joined after it", () => {
  const NO_PLATFORM = waiting("ImagePullBackOff", "no match for platform in manifest: not found");
  const failing = [5, 6].map((n) => on(n, 2, 500, NO_PLATFORM));
  const joined = (...seconds: number[]): Partial<Evidence> => {
    const nodes = seconds.map((ofNode, index) => ({
      metadata: { name: `node-${index + 5}`, creationTimestamp: ago(ofNode) },
    }));
    return { surroundings: { ...NO_SURROUNDINGS, nodes } };
  };

  it("is left in place, since no node has lost anything by it", () => {
    const told = updating([...well, ...failing], joined(600, 600));

    expect(told).toMatchObject({ cause: "ImageForAnotherPlatform", action: "none" });
    expect(told.message).toContain(
      "Not rolled back: it fails on nodes node-5, node-6 alone, which have joined since the present revision was rolled out, and its pods are ready on 2 other nodes.",
    );
  });

  it("is left in place where nothing says that one of the nodes was there before, also of those that were not read", () => {
    expect(updating([...well, ...failing], joined(600))).toMatchObject({
      action: "none",
      message: expect.stringContaining(
        "it fails on 2 nodes alone, of which each that was looked at (node-5) has joined since",
      ) as string,
    });
  });

  it.each<[string, Pod[], Partial<Evidence>]>([
    ["one of the nodes was there before", [...well, ...failing], joined(600, 90_000)],
    ["none of the nodes was read", [...well, ...failing], joined()],
    ["none of its pods is ready elsewhere", failing, joined(600, 600)],
    [
      "its revision was rolled out before, and again",
      [...well, ...failing],
      {
        ...joined(600, 600),
        holders: [
          controllerRevision(2, { of: "agent", created: ago(900), number: 4 }),
          controllerRevision(1, { of: "agent", created: ago(800), number: 3 }),
        ],
      },
    ],
  ])("is not said to be so where %s", (_what, pods, more) => {
    expect(updating(pods, more).message).not.toContain("joined since");
  });

  it("is gone back from where one of the nodes was there before", () => {
    expect(updating([...well, ...failing], joined(600, 90_000)).action).toBe("rollback");
  });
});
