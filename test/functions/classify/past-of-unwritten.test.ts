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
    "is said not to have crashed for long since its pods were started, as they tell: $kind",
    (workload) => {
      const { summary, evidence: lines, rejected } = said(workload, { startedAgo: 5 * HOURS, restarts: 3 });

      expect(summary).toContain("1 pod crashes, which did not do so for most of the 5 h since it was started");
      expect(lines).toContain("pod web-1-aaaaa: 3 restarts since it was started 5 h ago");
      expect(rejected).toEqual([]);
    },
  );

  it("is said to have gone without a crash for the longest that one of them did", () => {
    const young = { name: "web-1", startedAgo: 90, restarts: 3 };
    const old = { name: "web-2", startedAgo: 5 * HOURS, restarts: 3 };
    const set = { kind: "CloneSet", group: "apps.kruise.io", namespace: "shop", name: "web" };

    expect(said(set, young, old).summary).toContain(
      "2 pods crash, one of which did not do so for most of the 5 h since it was started",
    );
  });

  it.each([
    ["it crashed from the start on", { startedAgo: HOURS, restarts: 14 }],
    ["it was started a short time ago", { startedAgo: 90, restarts: 3 }],
  ])("shows no sign of that where %s", (_why, crashing) => {
    expect(said(BARE, crashing).summary).toContain("there is no sign that it ever ran well");
  });
});
