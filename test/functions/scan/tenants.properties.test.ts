import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { besideOthers, fitIncidents, MAX_BYTES } from "../../../functions/scan/answer.ts";
import type { Counted, Extent } from "../../../functions/scan/extent.ts";
import { sizeOf } from "../../../functions/scan/fair.ts";
import { findStorm } from "../../../functions/scan/storm.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import { policy } from "../../support/objects.ts";

/** What one namespace holds: how many workloads want pods, how many fail, and on which node their pods are. */
interface Space {
  wanted: number;
  failing: number;
  /** On which of a few nodes its failing pods are, in turn. */
  nodes: readonly number[];
  /** How many of its pods are well on each of these nodes. */
  well: readonly number[];
}

const rules = policy();
const { min_workloads, min_share, min_pods_on_node } = rules.storm;

/** A namespace of any size, of which few, many or all fail. */
const space = (largest: number) =>
  fc
    .record({
      wanted: fc.nat(largest),
      part: fc.constantFrom(0, 0, 0.1, 0.29, 0.3, 0.5, 0.6, 1),
      nodes: fc.array(fc.nat(2), { maxLength: 3 }),
      well: fc.array(fc.nat(largest), { minLength: 3, maxLength: 3 }),
    })
    .map(({ part, ...rest }): Space => ({ ...rest, failing: Math.ceil(rest.wanted * part) }));
const spaces = fc.array(space(12), { minLength: 1, maxLength: 24 });

function failingIn(namespace: string, { failing, nodes }: Space): Counted[] {
  return Array.from({ length: failing }, (_, index) => {
    const workload = { kind: "Deployment", namespace, name: `web-${index}` };
    const failures = [{ reason: "CrashLoopBackOff", count: 1 }];
    const pods = nodes.map((node, at) => ({ name: `web-${index}-${at}`, node: `node-${node}`, workload, failures }));
    return { incident: { workload, failures, failing_pods: pods.length, sample_pods: [] }, pods };
  });
}

function extentOf(held: Record<string, Space>): Extent {
  const all = Object.entries(held);
  const wellOn = [0, 1, 2].map((node): [string, Map<string, number>] => [
    `node-${node}`,
    new Map(all.flatMap(([name, { well }]) => ((well[node] ?? 0) > 0 ? [[name, well[node] ?? 0]] : []))),
  ]);
  return {
    failing: all.flatMap(([name, held]) => failingIn(name, held)),
    workloads: new Map(all.map(([name, { wanted }]) => [name, wanted])),
    uncounted: 0,
    passedOver: 0,
    atLeast: new Map(),
    wellOn: new Map(wellOn),
    notCounted: 0,
  };
}

const named = (prefix: string, held: readonly Space[]): Record<string, Space> =>
  Object.fromEntries(held.map((each, index) => [`${prefix}-${index}`, each]));

const isHit = ({ wanted, failing }: Space) => failing > 0 && failing >= min_share * wanted;
const isMost = ({ wanted, failing }: Space) => failing * 2 > wanted;
const failingOf = (held: readonly Space[]) => held.reduce((sum, { failing }) => sum + failing, 0);

/** The failing workloads that a storm covers, of the namespaces with that prefix. */
function coveredIn(prefix: string, held: Record<string, Space>): string[] {
  const extent = extentOf(held);
  const storm = findStorm(extent, rules);
  return extent.failing
    .map(({ incident }) => incident.workload)
    .filter((workload) => workload.namespace.startsWith(prefix) && storm?.covers(workload) === true)
    .map(({ namespace, name }) => `${namespace}/${name}`);
}

describe("a storm, whatever there is,", () => {
  it("is not of others by what one namespace holds, unless these show half of one themselves", () => {
    fc.assert(
      fc.property(spaces, space(2_000), (others, evil) => {
        const own = named("own", others);
        const more = coveredIn("own", { ...own, evil }).filter((key) => !coveredIn("own", own).includes(key));
        const hit = others.filter(isHit);
        const pods = others.map(({ failing, nodes }) => failing * nodes.length);
        const showsHalf = hit.length >= 2 && failingOf(hit) >= min_workloads / 2;
        const showsHalfOfNode = pods.reduce((sum, number) => sum + number, 0) >= min_pods_on_node / 2;

        if (!showsHalf && !showsHalfOfNode) expect(more).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is not of what fails alone in its namespace by what five others hold", () => {
    fc.assert(
      fc.property(fc.array(space(500), { maxLength: 5 }), fc.nat(20), fc.nat(40), (evil, wanted, idle) => {
        const lone: Space = { wanted: wanted + 1, failing: 1, nodes: [0], well: [0, 0, 0] };
        const well: Space = { wanted: idle, failing: 0, nodes: [], well: [idle, 0, 0] };

        expect(coveredIn("own", { ...named("evil", evil), own: lone, ownToo: lone, calm: well })).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is hidden by nothing that one namespace holds where most of most others fails", () => {
    const hit = fc.integer({ min: 3, max: 9 }).chain((failing) =>
      fc.record({
        failing: fc.constant(failing),
        wanted: fc.integer({ min: failing, max: failing * 2 - 1 }),
        nodes: fc.constant([]),
        well: fc.constant([0, 0, 0]),
      }),
    );
    const cluster = fc
      .tuple(fc.array(hit, { minLength: 3, maxLength: 15 }), fc.array(space(12), { maxLength: 14 }))
      .map(([hits, rest]) => ({ hits, rest: rest.slice(0, hits.length - 1) }))
      .filter(({ hits }) => failingOf(hits) >= min_workloads);

    fc.assert(
      fc.property(cluster, space(5_000), ({ hits, rest }, evil) => {
        const struck = named("struck", hits);

        expect(coveredIn("struck", { ...struck, ...named("rest", rest), evil })).toHaveLength(failingOf(hits));
        expect(hits.every(isMost)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("of a namespace or of a node in it stays one, whatever one other holds", () => {
    const large = space(40).filter((held) => isHit(held) && held.failing >= min_workloads);
    const onNode = fc.record({
      wanted: fc.constant(400),
      failing: fc.integer({ min: 3, max: 9 }),
      nodes: fc.constant([0, 0, 0, 0]),
      well: fc.tuple(fc.nat(9), fc.nat(400), fc.nat(400)),
    });

    fc.assert(
      fc.property(fc.oneof(large, onNode), space(5_000), (own, evil) => {
        expect(coveredIn("own", { own, evil })).toHaveLength(own.failing);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** An incident with texts of any length. */
const incidentIn = (namespace: string, longest: number) =>
  fc
    .record({
      name: fc.string({ minLength: 1, maxLength: Math.min(253, longest) }),
      message: fc.string({ maxLength: Math.min(200, longest), unit: "grapheme" }),
      failing: fc.nat(500),
      times: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ name, message, failing, times }): Incident => ({
      workload: { kind: "Deployment", namespace, name },
      failures: Array.from({ length: times }, (_, index) => ({ reason: `Reason${index}`, message, count: failing })),
      failing_pods: failing,
      sample_pods: [name],
    }));

describe("what is told, whatever there is,", () => {
  it("of other namespaces stays the same, whatever one has to tell, and is bounded", () => {
    const own = fc.array(
      fc.constantFrom("a", "b", "c", "d").chain((namespace) => incidentIn(namespace, 40)),
      { maxLength: 12 },
    );
    const evil = fc
      .tuple(fc.array(incidentIn("evil", 253), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 60 }))
      .map(([some, times]) => Array.from({ length: times }, () => some).flat());
    const isOwn = ({ workload }: Incident) => workload.namespace !== "evil";
    fc.assert(
      fc.property(own, evil, fc.integer({ min: 48, max: 200 }), fc.boolean(), (others, many, limit, isFirst) => {
        const all = isFirst ? [...many, ...others] : [...others, ...many];
        const fitted = fitIncidents(all, limit);

        expect(fitted.filter(isOwn)).toEqual(fitIncidents(others, limit));
        expect(fitted.length).toBeLessThanOrEqual(limit);
        expect(sizeOf(fitted)).toBeLessThan(MAX_BYTES.incidents + 2 * limit);
        const spaces = new Set(others.map(({ workload }) => workload.namespace));
        expect(
          new Set(
            besideOthers(all)
              .incidents.filter(isOwn)
              .map(({ workload }) => workload.namespace),
          ),
        ).toEqual(spaces);
      }),
      { numRuns: 300 },
    );
  });
});
