import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Hpa, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, deployment, evidence, hpa, pod, policy, replicaSet, template } from "../../support/objects.ts";

const full = hpa({ limited: "TooManyReplicas", limitedSince: ago(900) });
const wells = [1, 2, 3].map((n) => pod({ name: `web-1-${n}` }));

function decided(over: Partial<Evidence> = {}): string {
  const { cause, remedy } = classify(
    evidence({ hpa: full, workload: deployment({ replicas: 4 }), pods: [...wells, pod({ name: "web-1-4" })], ...over }),
    policy(),
  );
  return `${cause}: ${remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action}`;
}

const pending = (more: Partial<Pod["metadata"]> = {}): Pod =>
  pod({
    name: "web-1-4",
    metadata: { creationTimestamp: ago(60), ...more },
    status: {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", lastTransitionTime: ago(60) }],
      containerStatuses: [],
    },
  });
/** A pod that runs and is not ready since so many seconds ago, of the minute that it is old. */
const unready = (since: number): Pod =>
  pod({
    name: "web-1-4",
    metadata: { creationTimestamp: ago(60) },
    status: {
      startTime: ago(58),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(since) }],
    },
  });
const behaving = (behavior: NonNullable<Hpa["spec"]["behavior"]>): Hpa => ({
  ...full,
  spec: { ...full.spec, behavior },
});

describe("an HPA at its maximum", () => {
  it.each<[string, Partial<Evidence>]>([
    ["all of its pods run", {}],
    ["what has not started is on its way out", { pods: [...wells, pending({ deletionTimestamp: ago(5) })] }],
    ["one of them is not ready any more, as under its load", { pods: [...wells, unready(10)] }],
    ["it may not scale down", { hpa: behaving({ scaleDown: { selectPolicy: "Disabled" } }) }],
    ["it scales up slowly", { hpa: behaving({ scaleUp: { selectPolicy: "Min" } }) }],
  ])("is raised where %s", (_what, over) => {
    expect(decided(over)).toBe("HpaAtMaximum: scale");
  });

  it("is not raised while a pod that it has asked for has not started", () => {
    expect(decided({ pods: [...wells, pending()] })).toContain(
      "HpaAtMaximum: MayPass: 1 pod that it has already has not been ready yet",
    );
  });

  it("is not raised while a pod that it has asked for has started, and has not served yet", () => {
    expect(decided({ pods: [...wells, unready(58)] })).toContain("1 pod that it has already has not been ready yet");
  });

  it("is not raised where its behavior lets it add no pods", () => {
    expect(decided({ hpa: behaving({ scaleUp: { selectPolicy: "Disabled" } }) })).toContain(
      "HpaAtMaximum: NoSafeRemedy: Not scaled: the behavior of HPA web disables scaling up",
    );
  });
});

describe("an HPA that is not active", () => {
  const inactive = (reason: string, message: string): Hpa =>
    ({
      ...full,
      status: {
        ...full.status,
        conditions: [
          { type: "AbleToScale", status: "True", reason: "SucceededGetScale" },
          { type: "ScalingActive", status: "False", reason, message, lastTransitionTime: ago(900) },
        ],
      },
    }) as Hpa;
  const diagnosed = (reason: string, message: string) =>
    classify(evidence({ hpa: inactive(reason, message), pods: wells }), policy());

  it("for want of a valid selector is not said to lack its metrics", () => {
    const { cause, summary } = diagnosed("InvalidSelector", "the HPA target's scale is missing a selector");

    expect(cause).toBe("HpaCannotScale");
    expect(summary).not.toContain("metrics");
  });

  it("for a reason that nobody has heard of is not told as its workload", () => {
    const { cause, summary, remedy } = diagnosed("AReasonOfTomorrow", "because");

    expect(cause).toBe("Unknown");
    expect(summary).toContain("HPA web fails in a way that no rule covers.");
    expect(remedy).toMatchObject({ message: "Look at it with kubectl -n shop describe hpa web." });
  });
});

describe("an HPA that is at its maximum since a rollout", () => {
  const lines = (created: number) =>
    classify(
      evidence({
        hpa: full,
        workload: deployment({ template: template("shop/web:2"), replicas: 4 }),
        holders: [
          replicaSet(2, { template: template("shop/web:2"), replicas: 4, available: 4, created: ago(created) }),
          replicaSet(1, { created: ago(90_000) }),
        ],
        pods: [...wells, pod({ name: "web-1-4" })],
      }),
      policy(),
    ).evidence.join("\n");
  const SAID = "after revision 2 came: if its pods take more for the same work than those before did, mend that";

  it("is said to be so, as more pods may only cover that each takes more", () => {
    expect(lines(1_200)).toContain(`that began 5 min ${SAID}`);
  });

  it.each([
    ["came later", 800],
    ["came long before", 5_000],
  ])("is not said of a revision that %s", (_what, created) => {
    expect(lines(created)).not.toContain("after revision 2 came");
  });
});
