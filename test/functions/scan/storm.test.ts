import { describe, expect, it } from "vitest";
import { findStorm, type Extent } from "../../../functions/scan/storm.ts";
import { policy } from "../../support/objects.ts";

const rules = policy({ storm: { min_workloads: 10, min_share: 0.3, node_share: 0.8, min_pods_on_node: 10 } });

/** Failing pods, spread over as many workloads as given. */
function pods(number: number, node: string | undefined, workloads: number): Extent["failingPods"] {
  return Array.from({ length: number }, (_, index) => ({ node, workload: `workload-${index % workloads}` }));
}

const extent = (overrides: Partial<Extent>): Extent => ({
  failingWorkloads: 3,
  workloads: 1_000,
  failingPods: [],
  ...overrides,
});

describe("a storm", () => {
  it("is enough workloads that are also a large enough share of all", () => {
    const storm = findStorm(extent({ failingWorkloads: 10, workloads: 33 }), rules);

    expect(storm?.reason).toContain("10 of 33 workloads");
    expect(storm?.node).toBeUndefined();
    expect(findStorm(extent({ failingWorkloads: 9, workloads: 9 }), rules)).toBeUndefined();
    expect(findStorm(extent({ failingWorkloads: 10, workloads: 34 }), rules)).toBeUndefined();
  });

  it("is most of the failing pods on one node, and names it", () => {
    const seen = [...pods(12, "node-7", 3), ...pods(3, "node-1", 3)];

    expect(findStorm(extent({ failingPods: seen }), rules)).toEqual({
      reason: expect.stringContaining("12 of 15 failing pods, of 3 workloads, are on node node-7") as string,
      node: "node-7",
    });
  });

  it.each([
    ["a smaller share of the pods on the node", [...pods(11, "node-7", 3), ...pods(3, "node-1", 3)]],
    ["fewer pods on the node", pods(9, "node-7", 3)],
    ["two workloads that happen to sit on the node", pods(20, "node-7", 2)],
    ["pods that no node has taken", pods(20, undefined, 5)],
    ["pods without a node beside those on it", [...pods(10, "node-7", 3), ...pods(10, undefined, 3)]],
  ])("is not %s", (_what, failingPods) => {
    expect(findStorm(extent({ failingPods }), rules)).toBeUndefined();
  });

  it("is not an empty cluster", () => {
    expect(findStorm({ failingWorkloads: 0, workloads: 0, failingPods: [] }, rules)).toBeUndefined();
  });
});
