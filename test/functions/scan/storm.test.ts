import { describe, expect, it } from "vitest";
import type { Counted, Extent } from "../../../functions/scan/extent.ts";
import { findStorm } from "../../../functions/scan/storm.ts";
import { policy } from "../../support/objects.ts";

const rules = policy({ storm: { min_workloads: 10, min_share: 0.3, node_share: 0.8, min_pods_on_node: 10 } });

/** A failing workload with a pod on each of these nodes. */
function failing(
  name: string,
  namespace = "shop",
  nodes: (string | undefined)[] = [undefined],
  message?: string,
): Counted {
  const workload = { kind: "Deployment", namespace, name };
  const failures = [{ reason: "CrashLoopBackOff", count: nodes.length, ...(message === undefined ? {} : { message }) }];
  return {
    incident: { workload, failures, failing_pods: nodes.length, sample_pods: [] },
    pods: nodes.map((node, index) => ({
      name: `${name}-${index}`,
      node,
      workload,
      failures,
      facts: { leftover: false, image: "shop/worker:1" },
    })),
  };
}

function many(number: number, namespace = "shop"): Counted[] {
  return Array.from({ length: number }, (_, index) => failing(`worker-${index}`, namespace));
}

/** Failing pods on a node, spread over as many workloads as given. */
function pods(number: number, node: string | undefined, workloads: number, prefix = "w"): Counted[] {
  const nodes = Array.from({ length: number }, () => node);
  const parts = Array.from({ length: workloads }, (_, index) => nodes.filter((_node, at) => at % workloads === index));
  return parts.map((part, index) => failing(`${prefix}-${index}`, "shop", part));
}

const extent = (overrides: Omit<Partial<Extent>, "workloads"> & { workloads?: Record<string, number> }): Extent => ({
  failing: [],
  wellOn: new Map(),
  notCounted: 0,
  ...overrides,
  workloads: new Map(Object.entries(overrides.workloads ?? {})),
});

describe("a storm", () => {
  it("is enough workloads that are also a large enough share of all", () => {
    const storm = findStorm(extent({ failing: many(10), workloads: { shop: 33 } }), rules);

    expect(storm?.reason).toContain("10 of 33 workloads fail at once");
    expect(storm?.node).toBeUndefined();
    expect(findStorm(extent({ failing: many(9), workloads: { shop: 9 } }), rules)).toBeUndefined();
    expect(findStorm(extent({ failing: many(10), workloads: { shop: 34 } }), rules)).toBeUndefined();
  });

  it("is the cluster's when it shows outside of the namespaces that have most of it", () => {
    const storm = findStorm(
      extent({
        failing: [...many(12), ...many(4, "blog"), ...many(2, "mail")],
        workloads: { shop: 12, blog: 10, mail: 2, tools: 2 },
      }),
      rules,
    );

    expect(storm?.reason).toContain("18 of 26 workloads fail at once (69 %), so nothing was touched.");
    expect(storm?.namespace).toBeUndefined();
    expect(storm?.covers({ kind: "Deployment", namespace: "tools", name: "web" })).toBe(true);
    expect(
      findStorm(extent({ failing: [...many(8), ...many(4, "blog")], workloads: { shop: 8, blog: 4 } }), rules),
    ).toBeDefined();
  });

  it("is not the cluster's where two namespaces have it all, as those of one tenant may, whichever are the largest", () => {
    const tenant = [...many(8, "evil"), ...many(4, "evil-too")];

    expect(
      findStorm(
        extent({ failing: [...tenant, failing("web")], workloads: { evil: 8, "evil-too": 4, shop: 2 } }),
        rules,
      ),
    ).toBeUndefined();
    const large = findStorm(
      extent({
        failing: [...many(200, "evil"), ...many(3, "evil-too"), ...many(5)],
        workloads: { evil: 200, "evil-too": 3, shop: 20, blog: 2 },
      }),
      rules,
    );
    expect(large?.namespace).toBe("evil");
    expect(large?.reason).toContain("Elsewhere, 8 of 25 workloads fail: look for");
  });

  it("is many namespaces of which each has few workloads", () => {
    const spread = ["a", "b", "c", "d", "e"].flatMap((namespace) => many(2, namespace));

    expect(findStorm(extent({ failing: spread, workloads: { a: 2, b: 2, c: 2, d: 2, e: 2 } }), rules)).toBeDefined();
  });

  it("is one namespace's where nearly all is well elsewhere, and covers no other", () => {
    const storm = findStorm(
      extent({ failing: [...many(200, "evil"), failing("web")], workloads: { evil: 200, shop: 40 } }),
      rules,
    );

    expect(storm?.namespace).toBe("evil");
    expect(storm?.reason).toContain("200 of 200 workloads in namespace evil fail at once (100 %)");
    expect(storm?.covers({ kind: "Pod", namespace: "evil", name: "x" })).toBe(true);
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "web" })).toBe(false);
  });

  it("is of several namespaces where they are hit each for itself, and a third is well", () => {
    const storm = findStorm(
      extent({ failing: [...many(60, "a"), ...many(20, "b")], workloads: { a: 60, b: 30, shop: 100 } }),
      rules,
    );

    expect(storm?.namespace).toBeUndefined();
    expect(storm?.reason).toContain("80 of 90 workloads in namespaces a, b fail at once");
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "web" })).toBe(false);
  });

  it("is most of the failing pods on one node, and names it", () => {
    const storm = findStorm(extent({ failing: [...pods(12, "node-7", 3), ...pods(3, "node-1", 3, "x")] }), rules);

    expect(storm).toMatchObject({
      reason: expect.stringContaining("12 of 15 failing pods, of 3 workloads, are on node node-7 (80 %)") as string,
      node: "node-7",
    });
    expect(storm?.reason).toContain("Cordon and drain it, or replace it.");
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "w-0" })).toBe(true);
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "x-0" })).toBe(false);
  });

  it.each([
    ["a smaller share of the pods on the node", [...pods(11, "node-7", 3), ...pods(3, "node-1", 3, "x")]],
    ["fewer pods on the node", pods(9, "node-7", 3)],
    ["two workloads that happen to sit on the node", pods(20, "node-7", 2)],
    ["pods that no node has taken", pods(20, undefined, 5)],
    ["pods without a node beside those on it", [...pods(10, "node-7", 3), ...pods(10, undefined, 3, "x")]],
  ])("is not %s", (_what, failures) => {
    expect(findStorm(extent({ failing: failures }), rules)).toBeUndefined();
  });

  it("is not a node's where as many other pods are well, and does not blame it where some are", () => {
    const on = (well: number) => extent({ failing: pods(12, "node-7", 3), wellOn: new Map([["node-7", well]]) });

    expect(findStorm(on(12), rules)).toBeUndefined();
    expect(findStorm(on(5), rules)?.reason).toContain("5 other pods are well on that node.");
    expect(findStorm(on(5), rules)?.reason).not.toContain("points to the node");
    expect(findStorm(on(0), rules)?.reason).toContain("no other pod that was looked at is well on that node.");
  });

  it("is not an empty cluster", () => {
    expect(findStorm(extent({}), rules)).toBeUndefined();
  });
});

describe("what is said of a storm", () => {
  it("names what the workloads share", () => {
    const crashing = Array.from({ length: 10 }, (_, index) =>
      failing(`w-${index}`, "shop", ["node-1", "node-2"], index < 6 ? "lookup db: no such host" : undefined),
    );
    const reason = findStorm(
      extent({ failing: crashing, workloads: { shop: 12 }, wellOn: new Map([["node-2", 1]]), notCounted: 3 }),
      rules,
    )?.reason;

    expect(reason).toContain("All of them show CrashLoopBackOff.");
    expect(reason).toContain("6 of them show “lookup db: no such host”.");
    expect(reason).toContain("All their failing containers are of image shop/worker:1.");
    expect(reason).toContain("Their failing pods are on node-1, node-2; 1 other pod is well on those 2 nodes.");
    expect(reason).toContain("3 more failing workloads do not count");
  });

  it("points to the cluster only where no workload is well", () => {
    const of = (workloads: number) => findStorm(extent({ failing: many(10), workloads: { shop: workloads } }), rules);

    expect(of(10)?.reason).toContain(
      "points to something that they share (network, DNS, registry, nodes, a base image)",
    );
    expect(of(11)?.reason).not.toContain("points to");
  });
});
