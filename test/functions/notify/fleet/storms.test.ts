import { describe, expect, it } from "vitest";
import { decideStorms } from "../../../../functions/notify/fleet/storms.ts";
import type { FleetStorm } from "../../../../functions/shared/fleet-storms.ts";
import type { KeptLook } from "../../../../functions/shared/looks.ts";
import { parsePolicy } from "../../../../functions/shared/policy.ts";

const NOW = new Date("2030-06-01T12:00:00Z");
const RULE = parsePolicy(undefined).fleet;
const BAD = "run shop/web:2";
const OTHER = "pull shop/api:7";

const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const nameOf = (index: number) => `c${String(index).padStart(2, "0")}`;

/** The latest looks at so many clusters, of which the first so many show signs. */
function looks(number: number, failing: number, signs: string[] = [BAD], more: Partial<KeptLook> = {}): KeptLook[] {
  return Array.from({ length: number }, (_, index) => ({
    cluster_name: nameOf(index),
    at: ago(2),
    status: index < failing ? "failing" : "healthy",
    allowed: "automatic" as const,
    ...(index < failing ? { signs, ...more } : {}),
  }));
}

function decide(present: readonly KeptLook[], before: readonly FleetStorm[] = [], rule = RULE, now = NOW) {
  return decideStorms({ looks: present, before, rule, now });
}

/** What was decided, and what people were told, of so many clusters. */
const storms = (number: number, failing: number, signs?: string[]) => decide(looks(number, failing, signs)).storms;

describe("clusters that fail alike", () => {
  it("are told once, all together", () => {
    const first = decide(looks(20, 8));
    expect(first).toMatchObject({ seen: 20, begun: [{ sign: BAD, clusters: [0, 1, 2, 3, 4, 5, 6, 7].map(nameOf) }] });
    expect(first.storms).toMatchObject([{ sign: BAD, since: NOW.toISOString(), told: NOW.toISOString() }]);

    const next = decide(looks(20, 9), first.storms);
    expect(next).toMatchObject({ begun: [], over: [] });
    expect(next.storms[0]?.clusters).toHaveLength(9);
  });

  it.each([
    ["too few of few", 5, 2],
    ["too small a share of many", 100, 4],
  ])("are no storm where they are %s", (_what, number, failing) => {
    expect(storms(number, failing)).toEqual([]);
  });

  it("are one where as many as the policy says show one sign", () => {
    expect(storms(5, 3)).toHaveLength(1);
    expect(storms(100, 5)).toHaveLength(1);
    expect(decide(looks(20, 8), [], { ...RULE, min_clusters: 9 }).storms).toEqual([]);
  });

  it("are none where each fails in a way of its own", () => {
    const each = looks(10, 10).map((look, index) => ({ ...look, signs: [`run shop/web:${index}`] }));
    expect(decide(each).storms).toEqual([]);
  });

  it("are counted by looks of the last hour alone", () => {
    const old = looks(10, 4).map((look, index) => (index < 2 ? { ...look, at: ago(60) } : look));
    expect(decide(old)).toMatchObject({ seen: 8, storms: [] });
  });

  it("are told once where one event has many signs, and again where other clusters have another one", () => {
    const { storms: known } = decide(looks(20, 8));

    const same = decide(looks(20, 8, [BAD, OTHER]), known);
    expect(same.begun).toEqual([]);
    expect(same.storms.map(({ sign }) => sign)).toEqual([OTHER, BAD]);
    expect(same.storms[0]?.told).toBeUndefined();

    const elsewhere = looks(20, 8).map((look, index) => (index >= 10 ? { ...look, signs: [OTHER] } : look));
    expect(decide(elsewhere, known).begun).toMatchObject([{ sign: OTHER }]);
  });

  it("are told of another sign after all where that outlasts an hour", () => {
    const { storms: known } = decide(looks(20, 8));
    const { storms: joined } = decide(looks(20, 8, [BAD, OTHER]), known);
    const later = new Date(NOW.getTime() + 3_600_000);
    const present = looks(20, 8, [BAD, OTHER]).map((look) => ({ ...look, at: later.toISOString() }));

    expect(decide(present, joined, RULE, later).begun).toMatchObject([{ sign: OTHER }]);
  });

  it("are over when fewer than half as many show it as it takes, which is told once", () => {
    const { storms: known } = decide(looks(20, 8));
    expect(decide(looks(20, 2), known)).toMatchObject({ over: [], storms: [{ clusters: [nameOf(0), nameOf(1)] }] });

    const ended = decide(looks(20, 1), known);
    expect(ended.over).toMatchObject([{ sign: BAD, clusters: [nameOf(0)], over: NOW.toISOString() }]);
    expect(decide(looks(20, 1), ended.storms)).toMatchObject({ storms: [], begun: [], over: [] });
  });

  it("are told anew where it comes back after it was over", () => {
    const { storms: known } = decide(looks(20, 8));
    const { storms: ended } = decide(looks(20, 0), known);

    expect(decide(looks(20, 8), ended).begun).toMatchObject([{ sign: BAD }]);
  });

  it.each<[string, Partial<KeptLook>]>([
    ["that were not looked at since", { at: ago(90) }],
    ["that could not be looked at", { status: "look failed", signs: ["error ClusterUnreachable"] }],
    ["of which a part could not be looked at", { status: "healthy", unseen: 1 }],
    ["that show more signs than are kept", { signs: Array.from({ length: 12 }, (_, index) => `run a/b:${index}`) }],
  ])("are not well for that: those %s", (_what, look) => {
    const { storms: known } = decide(looks(20, 8));
    const present = looks(20, 0).map((each, index) => (index < 8 ? { ...each, ...look } : each));

    const { over, storms: next } = decide(present, known);
    expect(over).toEqual([]);
    expect(next.find(({ sign }) => sign === BAD)).toMatchObject({ mended: [] });
  });

  it("stay well that were seen to be, until they show it again", () => {
    const { storms: known } = decide(looks(20, 8));
    const { storms: next } = decide(looks(20, 6), known);
    const old = (index: number) => (index === 6 || index === 7 ? { at: ago(90) } : {});
    const later = (failing: number) => looks(20, failing).map((look, index) => ({ ...look, ...old(index) }));

    expect(decide(later(6), next).storms).toMatchObject([{ mended: [nameOf(6), nameOf(7)] }]);
    expect(decide(later(7), next).storms).toMatchObject([{ mended: [nameOf(7)] }]);
  });

  it("are over where they are looked after no more", () => {
    const { storms: known } = decide(looks(20, 8));
    expect(decide(looks(20, 0).slice(8), known).over).toMatchObject([{ sign: BAD, clusters: [], mended: [] }]);
  });

  it("are at most ten storms at a time, the largest", () => {
    const signs = Array.from({ length: 12 }, (_, index) => `run shop/web:${index}`);
    const present = looks(20, 20, signs).map((look, index) => ({
      ...look,
      signs: index === 19 ? signs.slice(2) : signs,
    }));
    expect(decide(present).storms.map(({ clusters }) => clusters.length)).toEqual(Array(10).fill(20));
  });
});

describe("remedies in clusters that fail alike", () => {
  it("begin in one of them, always the same, and in one more for each that is well", () => {
    const { storms: known } = decide(looks(20, 8));
    const first = known[0]?.let_on ?? [];
    expect(first).toHaveLength(1);
    expect(decide(looks(20, 8), known).storms[0]?.let_on).toEqual(first);

    const one = looks(20, 8).map((look) =>
      first.includes(look.cluster_name) ? { ...look, signs: [], status: "healthy" } : look,
    );
    const { storms: next } = decide(one, known);
    expect(next).toMatchObject([{ mended: first }]);
    expect(next[0]?.let_on).toHaveLength(2);
    expect(next[0]?.let_on).not.toContain(first[0]);
  });

  it("begin in one that lets them begin by themselves", () => {
    const present = looks(20, 8).map((look, index) => (index === 5 ? look : { ...look, allowed: "observe" as const }));
    expect(decide(present).storms[0]?.let_on).toEqual([nameOf(5)]);
  });
});
