import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import { ago, container, deployment, evidence, incident, pod, policy } from "../../support/objects.ts";

const going = (name: string, node?: string, finalizers: string[] = []) =>
  pod({
    name,
    metadata: { deletionTimestamp: ago(7_200), finalizers },
    spec: { containers: [{ name: "app" }], ...(node === undefined ? {} : { nodeName: node }) },
  });
const adviceOn = (
  pods: Evidence["pods"],
  lostNodes: Evidence["lostNodes"] = new Map(),
  surroundings = NO_SURROUNDINGS,
) => {
  const { cause, remedy } = classify(evidence({ pods, lostNodes, surroundings }), policy());
  return { cause, message: remedy.action === "none" ? remedy.message : remedy.action };
};

describe("a pod that should be gone", () => {
  it("is a matter of its finalizers, of nothing else, where it has some and no node", () => {
    expect(adviceOn([going("a", undefined, ["shop/hold"])])).toEqual({
      cause: "StuckTerminating",
      message:
        'Ask whoever set shop/hold to let go. Where nobody does that any more, and what it was for is done, take it off: kubectl -n shop patch pod a --type=merge -p \'{"metadata":{"finalizers":null}}\'.',
    });
  });

  it("keeps its message short, however long the names of its finalizers are", () => {
    expect(adviceOn([going("a", undefined, ["x".repeat(5_000)])]).message.length).toBeLessThan(400);
  });

  it("is a matter of its node where it has no finalizer, which is not spoken of then", () => {
    expect(adviceOn([going("a", "node-3")]).message).toBe(
      "Look at the kubelet on node-3, and whether the pod's process has ended. Once it is certain that it has: kubectl -n shop delete pod a --grace-period=0 --force.",
    );
  });

  it("on a lost node is let go by whoever is certain that the machine is off", () => {
    const { message } = adviceOn([going("a", "node-9")], new Map([["node-9", ago(7_200)]]));

    expect(message).toContain("node-9 does not report any more: once it is certain that the machine is off");
    expect(message).not.toContain("finalizer");
    expect(message).toContain("kubectl taint node node-9 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute.");
    expect(message).not.toContain("kubelet");
  });

  it("on a node that is gone is let go by whoever is certain that the machine is off", () => {
    const { message } = adviceOn([going("a", "node-9")], new Map(), { ...NO_SURROUNDINGS, absentNodes: ["node-9"] });

    expect(message).toContain("node-9 is no node of the cluster any more");
    expect(message).not.toContain("kubelet");
  });

  it.each(["Failed", "Succeeded"])(
    "is a matter of its finalizers alone once it is %s, though it is on a node",
    (phase) => {
      const { message } = adviceOn([{ ...going("a", "node-3", ["shop/hold"]), status: { phase } }]);

      expect(message).toContain("Ask whoever set shop/hold to let go.");
      expect(message).not.toContain("kubelet");
    },
  );

  it("is a matter of its finalizers alone once its kubelet, or somebody by force, has let it go", () => {
    const held = going("a", "node-3", ["shop/hold"]);

    expect(
      adviceOn([{ ...held, metadata: { ...held.metadata, deletionGracePeriodSeconds: 0 } }]).message,
    ).not.toContain("kubelet");
  });

  it("is not to be deleted by force while a finalizer holds it, which that would not help", () => {
    expect(adviceOn([going("a", "node-3", ["shop/hold"])]).message).toContain("Look at the kubelet on node-3");
    expect(adviceOn([going("a", "node-3", ["shop/hold"])]).message).not.toContain("--force");
  });

  it("is a matter of its finalizers alone once all of its containers have ended", () => {
    const ended = container({ ready: false, state: { terminated: { exitCode: 0, finishedAt: ago(7_000) } } });
    const held = going("a", "node-3", ["shop/hold"]);

    expect(adviceOn([{ ...held, status: { ...held.status, containerStatuses: [ended] } }]).message).not.toContain(
      "kubelet",
    );
  });

  it("is counted without the pods beside it that fail otherwise", () => {
    const failing = pod({ name: "b", status: { phase: "Unknown" } });

    expect(classify(evidence({ pods: [going("a", "node-3"), failing] }), policy()).summary).toMatch(/^1 pod /);
  });
});

describe("what hangs in its own deletion", () => {
  const refusalOf = (over: Partial<Evidence>) => {
    const { remedy } = classify(evidence(over), policy());
    return remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;
  };
  const held = going("a", "node-3", ["shop/hold"]);
  const bare = incident({ workload: { kind: "Pod", namespace: "shop", name: "a" } });

  it.each<[string, Partial<Evidence>]>([
    ["a bare pod", { incident: bare, workload: undefined, holders: [], pods: [held] }],
    [
      "a bare pod that has ended",
      { incident: bare, workload: undefined, holders: [], pods: [{ ...held, status: { phase: "Succeeded" } }] },
    ],
    ["a workload", { workload: deployment({ metadata: { deletionTimestamp: ago(7_300) } }), pods: [held] }],
    ["a namespace", { namespace: { metadata: { name: "shop", deletionTimestamp: ago(7_300) } }, pods: [held] }],
    [
      "a pod of what nothing is written to",
      {
        incident: incident({ workload: { kind: "Job", namespace: "shop", name: "import" } }),
        workload: undefined,
        holders: [],
        unwritten: { makers: [], everyPod: true },
        pods: [held],
      },
    ],
  ])("is left to a person, with who holds it: %s", (_what, over) => {
    expect(refusalOf(over)).toContain("NoSafeRemedy: Ask whoever set shop/hold to let go.");
  });

  it.each<[string, Partial<Evidence>, string]>([
    [
      "is inside its grace period",
      {
        incident: bare,
        workload: undefined,
        holders: [],
        pods: [pod({ name: "a", metadata: { deletionTimestamp: ago(-600), finalizers: ["shop/hold"] } })],
      },
      "BeingDeleted",
    ],
    [
      "is opted out",
      {
        incident: bare,
        workload: undefined,
        holders: [],
        namespace: { metadata: { name: "shop", annotations: { "eks-remediation/enabled": "false" } } },
        pods: [held],
      },
      "OptedOut",
    ],
    [
      "somebody asks about",
      {
        incident: incident({ requested: { action: "restart", pod: "a" } }),
        workload: deployment({ metadata: { deletionTimestamp: ago(7_300) } }),
        pods: [held],
      },
      "BeingDeleted",
    ],
  ])("is answered as before where it %s", (_what, over, refusal) => {
    expect(refusalOf(over)).toContain(refusal);
  });

  it("is not said to have ended while a sidecar of it, or an init container, still runs", () => {
    const ended = container({ ready: false, state: { terminated: { exitCode: 0 } } });
    const sidecar = {
      ...going("a", "node-3", ["shop/hold"]),
      status: { phase: "Running", containerStatuses: [ended] },
    };
    const withSidecar = {
      ...sidecar,
      status: { ...sidecar.status, initContainerStatuses: [container({ name: "proxy" })] },
    };

    expect(adviceOn([sidecar]).message).not.toContain("kubelet");
    expect(adviceOn([withSidecar]).message).toContain("Look at the kubelet on node-3");
  });
});
