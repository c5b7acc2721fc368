import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Hpa } from "../../../functions/shared/kubernetes/types.ts";
import { ago, deployment, evidence, hpa, incident, pod, policy } from "../../support/objects.ts";

describe("a workload that people were told of, and that works again", () => {
  const told = { told_at: ago(7_200), cause: "HpaAtMaximum" };
  const again = (scaled: Hpa) =>
    classify(
      evidence({
        incident: incident({ works_again: told }),
        hpa: scaled,
        workload: deployment({ replicas: 1 }),
        pods: [pod()],
      }),
      policy(),
    ).summary;

  it("is told where its HPA has what it wants, and not while that wants more, however short", () => {
    expect(again(hpa())).toContain("Nothing of it fails any more");
    expect(again(hpa({ limited: "TooManyReplicas", limitedSince: ago(20) }))).toContain("is not beyond doubt now");
  });
});
