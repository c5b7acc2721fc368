import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { ago, evidence, pod, policy } from "../../support/objects.ts";

const going = (name: string, node?: string, finalizers: string[] = []) =>
  pod({
    name,
    metadata: { deletionTimestamp: ago(7_200), finalizers },
    spec: { containers: [{ name: "app" }], ...(node === undefined ? {} : { nodeName: node }) },
  });
const adviceOn = (pods: Evidence["pods"], lostNodes: Evidence["lostNodes"] = new Map()) => {
  const { cause, remedy } = classify(evidence({ pods, lostNodes }), policy());
  return { cause, message: remedy.action === "none" ? remedy.message : remedy.action };
};

describe("a pod that should be gone", () => {
  it("is a matter of its finalizers, of nothing else, where it has some and no node", () => {
    expect(adviceOn([going("a", undefined, ["shop/hold"])])).toEqual({
      cause: "StuckTerminating",
      message: "Ask whoever set shop/hold to let go.",
    });
  });

  it("is a matter of its node where it has no finalizer, which is not spoken of then", () => {
    expect(adviceOn([going("a", "node-3")]).message).toBe(
      "Look at the kubelet on node-3, and whether the pod's process has ended.",
    );
  });

  it("on a lost node is let go by whoever is certain that the machine is off", () => {
    const { message } = adviceOn([going("a", "node-9")], new Map([["node-9", ago(7_200)]]));

    expect(message).toContain("node-9 does not report any more: once it is certain that the machine is off");
    expect(message).not.toContain("finalizer");
    expect(message).not.toContain("kubelet");
  });

  it("is counted without the pods beside it that fail otherwise", () => {
    const failing = pod({ name: "b", status: { phase: "Unknown" } });

    expect(classify(evidence({ pods: [going("a", "node-3"), failing] }), policy()).summary).toMatch(/^1 pod /);
  });
});
