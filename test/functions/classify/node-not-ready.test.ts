import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import { unreadyNodesAmong } from "../../../functions/shared/kubernetes/nodes.ts";
import type { Node, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, crashingPod, evidence, incident, policy, template } from "../../support/objects.ts";
import { AGENT, agent, controllerRevision, dbPod } from "../../support/set-objects.ts";

const BROKEN: Node = {
  metadata: { name: "node-3" },
  status: {
    conditions: [
      {
        type: "Ready",
        status: "False",
        reason: "KubeletNotReady",
        message: "container runtime is down",
        lastTransitionTime: ago(900),
      },
    ],
  },
};

/** A pod of `shop/agent` on `node-<n>`. */
function on(n: number, revision: number, status: Pod["status"]): Pod {
  const name = `agent-${n}`;
  const made = dbPod(n, revision, {
    metadata: {
      name,
      uid: `${name}-uid`,
      creationTimestamp: ago(5_000),
      labels: { app: "agent", "controller-revision-hash": `r${revision}` },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "DaemonSet", name: "agent", uid: "agent-uid", controller: true },
      ],
    },
  });
  return { ...made, spec: { nodeName: `node-${n}`, containers: [{ name: "app" }] }, status: { ...status } };
}

const ready = (status: "True" | "False", seconds: number) => [
  { type: "Ready", status, lastTransitionTime: ago(seconds) },
];
const well = (n: number, revision: number) =>
  on(n, revision, { phase: "Running", conditions: ready("True", 800), containerStatuses: [container()] });
/** As its readiness probe leaves it where the node does not work. */
const unready = (n: number, revision: number, seconds = 890) =>
  on(n, revision, {
    phase: "Running",
    conditions: ready("False", seconds),
    containerStatuses: [container({ ready: false })],
  });

/** An update of a DaemonSet, with these pods. */
function diagnosed(pods: Pod[], nodes: Node[] = [BROKEN]) {
  return classify(
    evidence({
      incident: incident({ workload: AGENT }),
      workload: agent({
        template: template("shop/web:2"),
        status: { desiredNumberScheduled: 4, updatedNumberScheduled: 2, numberReady: 3, numberAvailable: 3 },
      }),
      holders: [
        controllerRevision(2, { of: "agent", created: ago(880) }),
        controllerRevision(1, { of: "agent", created: ago(900_000) }),
      ],
      pods,
      surroundings: { ...NO_SURROUNDINGS, nodes },
      unreadyNodes: unreadyNodesAmong(nodes),
    }),
    policy(),
  );
}

describe("a pod on a node that says of itself that it is not ready", () => {
  it("is a matter of the node, though the update of its DaemonSet has come there", () => {
    const { cause, summary, remedy, evidence: lines } = diagnosed([well(1, 2), well(2, 1), unready(3, 2, 870)]);

    expect(cause).toBe("OnNodeNotReady");
    expect(summary).toBe("1 pod on a node that is not ready.");
    expect(remedy).toMatchObject({ action: "none", refusal: "NoSafeRemedy" });
    expect(remedy).toHaveProperty(
      "message",
      "Look at node node-3: kubectl describe node node-3, and at the kubelet there. Repair it, or drain and replace it.",
    );
    expect(lines).toContain("node node-3: KubeletNotReady: container runtime is down");
  });

  it("is not restarted, though its revision ran well there", () => {
    expect(diagnosed([well(1, 1), well(2, 1), unready(3, 1)])).toMatchObject({
      cause: "OnNodeNotReady",
      remedy: { action: "none" },
    });
  });

  it("says nothing of pods that fail elsewhere, or of themselves", () => {
    const crashing: Pod = {
      ...crashingPod({}),
      metadata: well(2, 2).metadata ?? {},
      spec: { nodeName: "node-2", containers: [{ name: "app" }] },
    };

    expect(diagnosed([well(1, 2), crashing, unready(3, 1)]).cause).not.toBe("OnNodeNotReady");
    expect(diagnosed([well(1, 2), well(2, 1), unready(3, 2, 870)], []).cause).not.toBe("OnNodeNotReady");
  });
});
