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

interface Overrides extends Omit<Partial<Extent>, "workloads" | "wellOn"> {
  workloads?: Record<string, number>;
  /** How many pods of namespace `shop` are well on each node. */
  wellOn?: Record<string, number>;
}

const extent = ({ wellOn = {}, ...overrides }: Overrides): Extent => ({
  failing: [],
  uncounted: 0,
  passedOver: 0,
  atLeast: new Map(),
  notCounted: 0,
  ...overrides,
  wellOn: new Map(Object.entries(wellOn).map(([node, well]) => [node, new Map([["shop", well]])])),
  workloads: new Map(Object.entries(overrides.workloads ?? {})),
});

describe("a storm", () => {
  it("is enough workloads that are also a large enough share of all", () => {
    const storm = findStorm(extent({ failing: many(10), workloads: { shop: 33 } }), rules);

    expect(storm?.reason).toContain("10 of 33 workloads fail at once");
    expect(storm?.nodes).toEqual([]);
    expect(findStorm(extent({ failing: many(9), workloads: { shop: 9 } }), rules)).toBeUndefined();
    expect(findStorm(extent({ failing: many(10), workloads: { shop: 34 } }), rules)).toBeUndefined();
  });

  it("is the cluster's when it shows in enough namespaces beside the five that have most of it", () => {
    const others = ["blog", "mail", "data"].flatMap((name) => many(2, name));
    const five = ["a", "b", "c", "d", "e"].flatMap((name) => many(9, name));
    const workloads = { a: 9, b: 9, c: 9, d: 9, e: 9, blog: 2, mail: 2, data: 4, tools: 2 };
    const storm = findStorm(extent({ failing: [...five, ...others], workloads }), rules);

    expect(storm?.reason).toContain("51 of 55 workloads fail at once (93 %), so nothing was touched.");
    expect(storm).toMatchObject({ isEverywhere: true, namespaces: [] });
    expect(storm?.covers({ kind: "Deployment", namespace: "tools", name: "web" })).toBe(true);
  });

  it("is not the cluster's where only five namespaces have it, as those of one tenant may, whatever the numbers", () => {
    const evil = (number: number) => ["a", "b", "c", "d", "e"].flatMap((name) => many(number, name));
    const own = { shop: 5, blog: 1 };
    const of = (number: number) =>
      findStorm(
        extent({
          failing: [...evil(number), ...many(1), ...many(1, "blog")],
          workloads: { a: number, b: number, c: number, d: number, e: number, ...own },
        }),
        rules,
      );

    for (const number of [2, 9, 10, 500]) {
      expect(of(number)?.isEverywhere).not.toBe(true);
      for (const namespace of ["shop", "blog"])
        expect(of(number)?.covers({ kind: "Deployment", namespace, name: "worker-0" }) ?? false).toBe(false);
    }
  });

  it("is not the cluster's where most namespaces beside those five are well", () => {
    const five = ["a", "b", "c", "d", "e"].flatMap((name) => many(9, name));
    const calm = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`calm-${index}`, 5]));
    const storm = findStorm(
      extent({
        failing: [...five, ...many(4), ...many(4, "blog")],
        workloads: { a: 9, b: 9, c: 9, d: 9, e: 9, shop: 4, blog: 4, ...calm },
      }),
      rules,
    );

    expect(storm).toBeUndefined();
  });

  it("is not of another namespace because of one, whichever is the largest", () => {
    const two = findStorm(
      extent({ failing: [...many(8), ...many(4, "blog")], workloads: { shop: 8, blog: 4 } }),
      rules,
    );
    expect(two).toBeUndefined();

    const large = findStorm(
      extent({
        failing: [...many(200, "evil"), ...many(3, "evil-too"), ...many(5)],
        workloads: { evil: 200, "evil-too": 3, shop: 20, blog: 2 },
      }),
      rules,
    );
    expect(large?.namespaces).toEqual(["evil"]);
    expect(large?.reason).toContain("Elsewhere, 8 of 25 workloads that count fail: look for");
  });

  it("is of those namespaces most of which fails, where a cluster has few", () => {
    const storm = findStorm(
      extent({
        failing: [...many(12), ...many(4, "blog"), ...many(3, "mail"), ...many(1, "data")],
        workloads: { shop: 12, blog: 10, mail: 3, data: 1, tools: 2 },
      }),
      rules,
    );

    expect(storm).toMatchObject({ isEverywhere: false, namespaces: ["mail", "shop"] });
    expect(storm?.reason).toContain("15 of 15 workloads in namespaces mail, shop fail at once");
    expect(storm?.reason).toContain("Elsewhere, 5 of 13 workloads that count fail");
  });

  it("is hidden by nothing that one namespace holds", () => {
    const names = ["b", "c", "d", "e", "f"];
    const failing = names.flatMap((name) => many(4, name));
    const workloads = { b: 5, c: 5, d: 5, e: 5, f: 5 };

    expect(findStorm(extent({ failing, workloads: { ...workloads, evil: 100_000 } }), rules)).toMatchObject({
      namespaces: names,
    });
  });

  it("is not concluded from what could not be counted, nor excluded by it: nothing is begun, and people are told why", () => {
    const failing = ["a", "b", "c", "d", "e", "f"].flatMap((name) => many(3, name));
    const workloads = { a: 3, b: 3, c: 3 };
    const known = { ...workloads, d: 3, e: 3, f: 3 };

    expect(findStorm(extent({ failing, workloads: known, uncounted: 1 }), rules)).toMatchObject({
      namespaces: Object.keys(known),
      reason: expect.stringContaining("18 of 18 workloads in namespaces") as string,
    });
    expect(findStorm(extent({ failing, workloads: known, uncounted: 20 }), rules)).toBeUndefined();
    expect(findStorm(extent({ failing: many(9), uncounted: 1 }), rules)).toBeUndefined();

    const one = findStorm(extent({ failing: many(20), uncounted: 1 }), rules);
    expect(one).toMatchObject({ isEverywhere: false, namespaces: ["shop"] });
    expect(one?.reason).toContain(
      "20 workloads in namespace shop fail at once. How many workloads there are in 1 namespace could not be counted, so whether most of them fail is not known, and nothing was touched there.",
    );
    expect(one?.covers({ kind: "Deployment", namespace: "blog", name: "web" })).toBe(false);
    // So many are known that those which fail are few of them, whatever else there is.
    const atLeast = new Map([["shop", 100]]);
    expect(findStorm(extent({ failing: many(20), uncounted: 1, atLeast }), rules)).toBeUndefined();
  });

  it("is possible everywhere where nothing at all could be counted", () => {
    const names = Array.from({ length: 40 }, (_, index) => `team-${index}`);
    const of = (hit: number, more: Partial<Overrides> = {}) =>
      findStorm(
        extent({ failing: names.slice(0, hit).flatMap((name) => many(5, name)), uncounted: 40, ...more }),
        rules,
      );

    expect(of(40)).toMatchObject({ isEverywhere: true });
    expect(of(40)?.reason).toContain(
      "200 workloads in namespaces team-0, team-1, team-10, team-11, team-12 and 35 more",
    );
    expect(of(40)?.reason).toContain("in 40 namespaces could not be counted");
    // Those in which nothing fails speak against it, however many workloads they have.
    expect(of(15)).toBeUndefined();
    // What could be counted decides as before.
    expect(of(40, { workloads: Object.fromEntries(names.map((name) => [name, 100])), uncounted: 0 })).toBeUndefined();
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

    expect(storm?.namespaces).toEqual(["evil"]);
    expect(storm?.reason).toContain("200 of 200 workloads in namespace evil fail at once (100 %)");
    expect(storm?.covers({ kind: "Pod", namespace: "evil", name: "x" })).toBe(true);
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "web" })).toBe(false);
  });

  it("is of several namespaces where they are hit each for itself, and a third is well", () => {
    const storm = findStorm(
      extent({ failing: [...many(60, "a"), ...many(20, "b")], workloads: { a: 60, b: 30, shop: 100 } }),
      rules,
    );

    expect(storm?.namespaces).toEqual(["a", "b"]);
    expect(storm?.reason).toContain("80 of 90 workloads in namespaces a, b fail at once");
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "web" })).toBe(false);
  });

  it("is most of the failing pods on one node, and names it", () => {
    const storm = findStorm(extent({ failing: [...pods(12, "node-7", 3), ...pods(3, "node-1", 3, "x")] }), rules);

    expect(storm).toMatchObject({
      reason: expect.stringContaining("12 of 15 failing pods, of 3 workloads, are on node node-7 (80 %)") as string,
      nodes: ["node-7"],
    });
    expect(storm?.reason).toContain("Look at the node; 3 pods fail elsewhere, too, so look for what they share");
    expect(storm?.reason).not.toContain("points to the node");
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
    const on = (well: number) => extent({ failing: pods(12, "node-7", 3), wellOn: { "node-7": well } });

    expect(findStorm(on(12), rules)).toBeUndefined();
    expect(findStorm(on(5), rules)?.reason).toContain("5 other pods are well on that node.");
    expect(findStorm(on(5), rules)?.reason).not.toContain("points to the node");
    expect(findStorm(on(0), rules)?.reason).toContain("no other pod that was looked at is well on that node.");
  });

  it("points to the node only where nothing fails anywhere else", () => {
    expect(findStorm(extent({ failing: pods(12, "node-7", 3) }), rules)?.reason).toContain(
      "points to the node, not to the workloads, so none of these was touched. Cordon and drain it, or replace it.",
    );
    const other = failing("api", "blog", ["node-1"]);
    expect(findStorm(extent({ failing: [...pods(12, "node-7", 3), other] }), rules)?.reason).toContain(
      "1 pod fails elsewhere, too",
    );
  });

  it("is a node's for the pods of each namespace, whatever those of another do", () => {
    const on = (node: string, namespace: string, number: number) =>
      Array.from({ length: number }, (_, index) => failing(`${node}-${index}`, namespace, [node, node]));
    const hit = on("node-7", "shop", 6);
    const stormOf = (others: Counted[]) => findStorm(extent({ failing: [...hit, ...others] }), rules);
    const covers = (others: Counted[], namespace: string) =>
      stormOf(others)?.covers({ kind: "Deployment", namespace, name: "node-7-0" }) ?? false;

    expect(covers([], "shop")).toBe(true);
    expect(covers(on("node-1", "evil", 50), "shop")).toBe(true);
    expect(covers(on("node-7", "evil", 2), "evil")).toBe(false);
    expect(stormOf(on("node-7", "evil", 2))?.reason).toContain(
      "12 of 12 failing pods in namespace shop, of 6 workloads, are on node node-7 (100 %).",
    );
    expect(stormOf(on("node-1", "evil", 6))?.nodes).toEqual(["node-1", "node-7"]);
    expect(stormOf(on("node-1", "evil", 6))?.reason.match(/points to the node/g)).toHaveLength(2);
  });

  it("is a node's where the pods of most namespaces fail there, a few of each", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const some = (hit: string[]) => hit.map((name) => failing("web", name, ["node-7", "node-7"]));
    const well = new Map([["node-7", new Map([["evil", 500]])]]);
    const of = (hit: string[]) => findStorm({ ...extent({ failing: some(hit) }), wellOn: well }, rules);

    expect(of(names)).toMatchObject({ nodes: ["node-7"] });
    expect(of(names)?.reason).toContain("500 other pods are well on that node.");
    expect(of(names.slice(0, 5))).toBeUndefined();
  });

  it("of a node is found beside that of a namespace", () => {
    const onNode = Array.from({ length: 6 }, (_, index) => failing(`w-${index}`, "shop", ["node-7", "node-7"]));
    const storm = findStorm(
      extent({ failing: [...many(20, "evil"), ...onNode], workloads: { evil: 20, shop: 60 } }),
      rules,
    );

    expect(storm).toMatchObject({ namespaces: ["evil"], nodes: ["node-7"] });
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "w-0" })).toBe(true);
    expect(storm?.covers({ kind: "Deployment", namespace: "shop", name: "web" })).toBe(false);
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
      extent({ failing: crashing, workloads: { shop: 12 }, wellOn: { "node-2": 1 }, notCounted: 3 }),
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

describe("what waits for another workload", () => {
  const waiting = (counted: Counted): Counted => ({ ...counted, isExplained: true });
  /** A namespace in which a database fails, and clients wait for it. */
  const team = (namespace: string, clients: number) => [
    failing("db", namespace),
    ...many(clients, namespace).map(waiting),
  ];

  it("makes no storm of one namespace", () => {
    expect(findStorm(extent({ failing: team("shop", 27), workloads: { shop: 28 } }), rules)).toBeUndefined();
  });

  it("hides no storm of all namespaces, and is told with them", () => {
    const names = Array.from({ length: 40 }, (_, index) => `team-${index}`);
    const all = names.flatMap((name) => team(name, 8));
    const storm = findStorm(
      extent({ failing: all, workloads: Object.fromEntries(names.map((name) => [name, 9])) }),
      rules,
    );

    expect(storm).toMatchObject({ isEverywhere: true });
    expect(storm?.reason).toContain("360 of 360 workloads fail at once (100 %)");
  });

  it("makes no storm of namespaces that wait for one elsewhere", () => {
    const names = Array.from({ length: 40 }, (_, index) => `team-${index}`);
    const all = [failing("db", "data"), ...names.flatMap((name) => many(9, name).map(waiting))];
    const workloads = { data: 9, ...Object.fromEntries(names.map((name) => [name, 9])) };

    expect(findStorm(extent({ failing: all, workloads }), rules)).toBeUndefined();
  });
});
