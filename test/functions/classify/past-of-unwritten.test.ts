import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import { crashingPod, evidence, incident, policy } from "../../support/objects.ts";

const HOURS = 3_600;
const BARE: WorkloadRef = { kind: "Pod", namespace: "shop", name: "web" };

/** What is said of a workload of a kind that nothing is written to, one of whose pods crashes. */
function said(workload: WorkloadRef, ...crashing: Parameters<typeof crashingPod>[0][]) {
  const about = incident({ workload });
  const pods = crashing.map((each) => crashingPod(each));
  return classify(evidence({ incident: about, workload: undefined, holders: [], pods }), policy());
}

describe("what crashes of a kind that nothing is written to", () => {
  it.each([BARE, { kind: "CloneSet", group: "apps.kruise.io", namespace: "shop", name: "web" }])(
    "is said to have been well until it first failed, as its pods tell: $kind",
    (workload) => {
      const { summary, evidence: lines, rejected } = said(workload, { startedAgo: 5 * HOURS, restarts: 3 });

      expect(summary).toContain("1 pod crashes, which was well for about 5 h");
      expect(lines.join()).toContain("s after the pod was started");
      expect(rejected).toEqual([]);
    },
  );

  it("is said to have been well for the longest that one of them was", () => {
    const young = { name: "web-1", startedAgo: 90, restarts: 3 };
    const old = { name: "web-2", startedAgo: 5 * HOURS, restarts: 3 };
    const set = { kind: "CloneSet", group: "apps.kruise.io", namespace: "shop", name: "web" };

    expect(said(set, young, old).summary).toContain("2 pods crash, one of which was well for about 5 h");
  });

  it.each([
    ["it crashed from the start on", { startedAgo: HOURS, restarts: 14 }],
    ["it was started a short time ago", { startedAgo: 90, restarts: 3 }],
  ])("shows no sign of that where %s", (_why, crashing) => {
    expect(said(BARE, crashing).summary).toContain("there is no sign that it ever ran well");
  });
});
