import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, deployment, evidence, ofRevision, pod, policy, replicaSet, template } from "../../support/objects.ts";

const PINNED = { ...template("shop/web:2"), spec: { containers: [], nodeSelector: { "shop/disk": "nvme" } } };
const MESSAGE = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.";

const unscheduled = (since: number): Pod =>
  pod({
    name: "web-2-c",
    metadata: { uid: "uid-c", creationTimestamp: ago(since) },
    status: {
      phase: "Pending",
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          reason: "Unschedulable",
          message: MESSAGE,
          lastTransitionTime: ago(since),
        },
      ],
    },
  });
const ready = (name: string): Pod =>
  pod({
    name,
    metadata: { creationTimestamp: ago(525) },
    status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(520) }] },
  });

/** Revision 2 asks for other nodes than revision 1 did, and one of its pods finds none. */
const rollout = (
  progressing: { status: string; reason: string; lastUpdateTime?: string },
  events: KubernetesEvent[] = [],
) =>
  classify(
    evidence({
      surroundings: { ...NO_SURROUNDINGS, events },
      workload: deployment({ template: PINNED, replicas: 3, progressing }),
      holders: [
        replicaSet(2, { template: PINNED, replicas: 3, available: 2, created: ago(530) }),
        replicaSet(1, { created: ago(90_000) }),
      ],
      pods: [ready("web-2-a"), ready("web-2-b"), unscheduled(400)].map((own) => ofRevision(2, own)),
    }),
    policy(),
  );

describe("a pod that no node takes", () => {
  it("is the rollout's fault while that never found nodes for all of its pods", () => {
    const { cause, remedy } = rollout({ status: "False", reason: "ProgressDeadlineExceeded" });

    expect({ cause, action: remedy.action }).toEqual({ cause: "Unschedulable", action: "rollback" });
  });

  it("is not when it came after the rollout was complete, as one of a larger number of replicas", () => {
    const complete = { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(510) };
    const { cause, remedy } = rollout(complete);

    expect({ cause, action: remedy.action }).toEqual({ cause: "Unschedulable", action: "none" });
  });
});

describe("a pod that no node takes, and an autoscaler that looks after it", () => {
  const FAILED = { status: "False", reason: "ProgressDeadlineExceeded" };
  const said = (reason: string, seconds: number, about: object = {}): KubernetesEvent => ({
    metadata: {},
    involvedObject: { kind: "Pod", name: "web-2-c", uid: "uid-c", ...about },
    ...{ type: "Normal", reason, message: `${reason} it is`, lastTimestamp: ago(seconds) },
  });
  const remedyAfter = (...events: KubernetesEvent[]) => rollout(FAILED, events).remedy;

  it.each(["Nominated", "TriggeredScaleUp"])("is waited for while its node may come (%s)", (reason) => {
    expect(remedyAfter(said(reason, 899))).toMatchObject({
      refusal: "MayPass",
      message: `An autoscaler says since ${new Date(ago(899)).toISOString()} that it has a node in mind or on its way (${reason}: ${reason} it is). Nothing is done while that may come about.`,
    });
  });

  it("is not once the node has had its time", () => {
    expect(remedyAfter(said("Nominated", 901)).action).toBe("rollback");
  });

  it("is not however often the autoscaler says so again", () => {
    expect(remedyAfter({ ...said("Nominated", 10), firstTimestamp: ago(901) }).action).toBe("rollback");
    expect(remedyAfter(said("TriggeredScaleUp", 901), said("TriggeredScaleUp", 10)).action).toBe("rollback");
  });

  it("is not when the autoscaler has said since that it brings none, which is told", () => {
    const { remedy, evidence: lines } = rollout(FAILED, [said("TriggeredScaleUp", 300), said("NotTriggerScaleUp", 60)]);

    expect(remedy.action).toBe("rollback");
    expect(lines.join("\n")).toContain("NotTriggerScaleUp: NotTriggerScaleUp it is");
  });

  const by = (component: string, event: KubernetesEvent): KubernetesEvent => ({ ...event, source: { component } });

  it("is by one of several autoscalers that brings a node, whatever another says of its own", () => {
    const [cluster, karpenter] = ["cluster-autoscaler", "karpenter"];
    const none = [
      by(karpenter, said("FailedScheduling", 20)),
      by(karpenter, said("Nominated", 400)),
      by(cluster, said("NotTriggerScaleUp", 20)),
    ];

    expect(remedyAfter(...none, by(cluster, said("TriggeredScaleUp", 10))).action).toBe("none");
    expect(remedyAfter(...none, by(karpenter, said("Nominated", 10))).action).toBe("none");
    expect(remedyAfter(...none).action).toBe("rollback");
  });

  it("is not once the same autoscaler says that it found none, and is by whatever a scheduler says", () => {
    const nominated = by("karpenter", said("Nominated", 300));

    expect(remedyAfter(nominated, by("karpenter", said("FailedScheduling", 60))).action).toBe("rollback");
    expect(remedyAfter(nominated, by("karpenter", said("FailedScheduling", 400))).action).toBe("none");
    expect(remedyAfter(nominated, by("default-scheduler", said("FailedScheduling", 60))).action).toBe("none");
    expect(remedyAfter(nominated, by("karpenter", said("FailedScheduling", 60, { uid: "uid-before" }))).action).toBe(
      "none",
    );
  });

  it("is not by what was said of an earlier pod of its name", () => {
    expect(remedyAfter(said("Nominated", 60, { uid: "uid-before" })).action).toBe("rollback");
    expect(remedyAfter({ ...said("Nominated", 500), involvedObject: { kind: "Pod", name: "web-2-c" } }).action).toBe(
      "rollback",
    );
  });
});

describe("a pod template that names its node", () => {
  const naming = (image: string, nodeName: string) => ({
    ...template(image),
    spec: { nodeName, containers: [{ name: "app", image }] },
  });
  const waits = (nodeName: string): Pod =>
    pod({ spec: { nodeName, containers: [] }, status: { phase: "Pending", conditions: [] } });

  /** A rollout past its deadline, of which no pod was ever started. */
  function diagnosed(before: string, absentNodes: readonly string[], own = waits("gone")) {
    const now = naming("shop/web:2", "gone");
    const { cause, remedy } = classify(
      evidence({
        workload: deployment({ template: now, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
        holders: [
          replicaSet(2, { template: now, replicas: 1, created: ago(900) }),
          replicaSet(1, { template: naming("shop/web:1", before), available: 2, created: ago(90_000) }),
        ],
        pods: [ofRevision(2, own)],
        surroundings: { ...NO_SURROUNDINGS, absentNodes },
      }),
      policy(),
    );
    return { cause, action: remedy.action };
  }

  it("is gone back from where the node is not there, and the template before names another one", () => {
    expect(diagnosed("node-0", ["gone"])).toEqual({ cause: "NodeDoesNotExist", action: "rollback" });
  });

  it("is told where the template before names the same node", () => {
    expect(diagnosed("gone", ["gone"])).toEqual({ cause: "NodeDoesNotExist", action: "none" });
  });

  it("is no cause where the node is there, or was not looked for, or another is gone", () => {
    expect(diagnosed("node-0", []).cause).not.toBe("NodeDoesNotExist");
    expect(diagnosed("node-0", ["node-9"], waits("node-9")).cause).not.toBe("NodeDoesNotExist");
  });
});

describe("a pod whose status does not say why it has no node", () => {
  const untold = ofRevision(
    2,
    pod({
      name: "web-2-c",
      metadata: { uid: "uid-c", creationTimestamp: ago(400) },
      status: { phase: "Pending", conditions: [], containerStatuses: [] },
    }),
  );
  const said = (message: string, about: string, from = ago(30)): KubernetesEvent => ({
    metadata: { name: "web-2-c.1", namespace: "shop" },
    ...{ type: "Warning", reason: "FailedScheduling", message, lastTimestamp: from },
    involvedObject: { kind: "Pod", namespace: "shop", name: "web-2-c", uid: about },
  });
  const diagnosed = (...events: KubernetesEvent[]) =>
    classify(
      evidence({
        surroundings: { ...NO_SURROUNDINGS, events },
        workload: deployment({
          template: PINNED,
          progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
        }),
        holders: [
          replicaSet(2, { template: PINNED, replicas: 1, created: ago(530) }),
          replicaSet(1, { available: 2, created: ago(90_000) }),
        ],
        pods: [untold],
      }),
      policy(),
    );
  const PROFILE = "Misconfigured Fargate Profile: fargate profile shop blocked for new launches";

  it("is told with what its scheduler says in an Event alone, as that of Fargate", () => {
    expect(diagnosed(said(PROFILE, "uid-c"))).toMatchObject({
      cause: "Unschedulable",
      summary: "No node takes 1 pod: its Fargate profile cannot be used.",
      evidence: expect.arrayContaining([`event FailedScheduling: ${PROFILE}`]) as string[],
    });
  });

  it("goes back where the rollout has brought what that names", () => {
    expect(diagnosed(said(MESSAGE, "uid-c")).remedy).toMatchObject({ action: "rollback" });
  });

  it.each([
    ["of another pod", said(PROFILE, "uid-d")],
    ["that is old", said(PROFILE, "uid-c", ago(5_000))],
  ])("is not told by one %s", (_what, event) => {
    expect(diagnosed(event).cause).toBe("StuckStarting");
  });
});
