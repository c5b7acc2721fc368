import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import type { Node, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { crashingPod, deployment, evidence, ofRevision, policy, replicaSet, template } from "../../support/objects.ts";
import { node } from "../../support/workload-objects.ts";

const cordoned: Node = { ...node("node-1"), spec: { unschedulable: true } };
const tainted = (key: string): Node => ({ ...node("node-1"), spec: { taints: [{ key, effect: "NoSchedule" }] } });

/** A pod of the newest revision that crashes on that node. */
const ending = (name = "web-2-a", exitCode = 143, nodeName = "node-1"): Pod => ({
  ...ofRevision(2, crashingPod({ name, exitCode, startedAgo: 120 })),
  spec: { nodeName, containers: [] },
});

/** What is decided of a Deployment whose rollout is past its deadline with these pods of it. */
const decided = (nodes: Node[], pods: Pod[] = [ending()], events: KubernetesEvent[] = []) =>
  classify(
    evidence({
      workload: deployment({
        template: template("shop/web:2"),
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [replicaSet(2, { replicas: 1 }), replicaSet(1, { replicas: 2, available: 2 })],
      pods,
      surroundings: { ...NO_SURROUNDINGS, nodes, events },
    }),
    policy(),
  );

describe("what ends as on SIGTERM", () => {
  it.each([
    ["somebody has cordoned", cordoned],
    ["the cluster-autoscaler takes away", tainted("ToBeDeletedByClusterAutoscaler")],
    ["Karpenter takes away", tainted("karpenter.sh/disrupted")],
  ])("is put down to the node where that is one which %s", (_who, leaving) => {
    const { cause, summary, remedy } = decided([leaving]);

    expect({ cause, summary }).toEqual({
      cause: "EndedOnLeavingNode",
      summary: "1 pod ends as on SIGTERM (exit code 143) on node node-1, which is cordoned or being taken away.",
    });
    expect(remedy).toMatchObject({ action: "none", refusal: "MayPass" });
  });

  it.each<[string, Parameters<typeof decided>]>([
    ["its node stays", [[node("node-1")]]],
    ["its node was not read", [[]]],
    ["it ends otherwise", [[cordoned], [ending("web-2-a", 1)]]],
    [
      "another pod of it ends on a node that stays",
      [
        [cordoned, node("node-2")],
        [ending(), ending("web-2-b", 143, "node-2")],
      ],
    ],
    [
      "a probe of it fails",
      [
        [cordoned],
        [ending()],
        [
          {
            metadata: {},
            reason: "Unhealthy",
            message: "Liveness probe failed: no answer",
            involvedObject: { uid: "web-2-a-uid", fieldPath: "spec.containers{app}" },
          },
        ],
      ],
    ],
  ])("is put down to the rollout where %s", (_why, given) => {
    expect(decided(...given)).toMatchObject({ remedy: { action: "rollback" } });
  });
});
