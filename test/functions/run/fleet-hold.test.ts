import { describe, expect, it } from "vitest";
import { heldByFleet, heldWithoutPlace, type FleetNow } from "../../../functions/run/fleet-hold.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import type { FleetStorm } from "../../../functions/shared/fleet-storms.ts";
import { ago, incident, NOW } from "../../support/objects.ts";
import { diagnosis } from "../../support/runs.ts";

const SIGN = "run shop/web:2";
const STORM: FleetStorm = {
  ...{ sign: SIGN, since: ago(600), at: ago(60), told: ago(600) },
  ...{ clusters: ["alpha", "beta", "gamma"], mended: [], let_on: ["alpha"] },
};

function held(storm: Partial<FleetStorm> = {}, of: Partial<Incident> = {}, cluster = "beta") {
  const run = { cluster_name: cluster, diagnosis: diagnosis(), incident: incident({ signs: [SIGN], ...of }) };
  return heldByFleet(run, { storms: [{ ...STORM, ...storm }] }, NOW);
}

describe("a remedy for what fails in many clusters", () => {
  it("waits for another cluster, and says for what", () => {
    expect(held()).toEqual({
      refusal: "FleetStorm",
      message: `The rollback was not begun: as of ${ago(60)}, in 3 clusters containers of image shop/web:2 fail. A remedy begins in one of them first, and in one more for each that is well again, 0 by then (fleet.hold). The next run looks at it again.`,
    });
  });

  it.each<[string, Parameters<typeof held>]>([
    ["in the cluster that is first", [{}, {}, "alpha"]],
    ["of another kind of failure", [{ sign: "run shop/api:1" }]],
    ["when that is over", [{ over: ago(60) }]],
    ["when nobody has looked at the fleet for an hour", [{ at: ago(3_600) }]],
    ["of which nothing is known that others share", [{}, { signs: [] }]],
    ["that a person asks for", [{}, { requested: { action: "rollback" }, origin: "person" }]],
    ["that somebody has approved", [{}, { approval: { decision: "approve", plan: "0".repeat(16), origin: "person" } }]],
  ])("begins %s", (_when, what) => {
    expect(held(...what)).toBeUndefined();
  });

  it("waits while that cannot be known, and begins where there is no fleet", () => {
    const run = { cluster_name: "beta", diagnosis: diagnosis(), incident: incident({ signs: [SIGN] }) };

    expect(heldByFleet(run, { unreadable: "AccessDenied" }, NOW)?.message).toContain(
      "could not be read (AccessDenied)",
    );
    expect(heldByFleet(run, undefined, NOW)).toBeUndefined();
  });
});

describe("a remedy of which nobody knows yet whether many clusters need it", () => {
  const asked: string[] = [];
  const without = async (places: readonly string[], fleet: Partial<FleetNow> = {}, of: Partial<Incident> = {}) => {
    asked.length = 0;
    const run = { diagnosis: diagnosis(), incident: incident({ signs: [SIGN, "run shop/api:1"], ...of }) };
    const takePlace = (sign: string) => {
      asked.push(sign);
      return Promise.resolve(places.includes(sign));
    };
    return await heldWithoutPlace(run, { storms: [], takePlace, ...fleet }, NOW);
  };

  it("begins where there is a place for it, for each of its signs", async () => {
    expect(await without([SIGN, "run shop/api:1"])).toBeUndefined();
    expect(asked).toEqual([SIGN, "run shop/api:1"]);
  });

  it("waits without a place, and says why", async () => {
    expect(await without(["run shop/api:1"])).toEqual({
      refusal: "FleetStorm",
      message:
        "The rollback was not begun: within minutes remedies were let begin in other clusters in which containers of image shop/web:2 fail, and whether many clusters fail alike is not known yet (fleet.hold). The next run looks at it again.",
    });
  });

  it("waits where its place cannot be taken", async () => {
    const takePlace = () => Promise.reject(new Error("AccessDenied"));

    expect((await without([], { takePlace }))?.message).toContain("could not be read (AccessDenied)");
  });

  it("needs no place for what is known already: that says where it begins", async () => {
    expect(await without(["run shop/api:1"], { storms: [STORM] })).toBeUndefined();
    expect(asked).toEqual(["run shop/api:1"]);
    expect((await without(["run shop/api:1"], { storms: [{ ...STORM, over: ago(60) }] }))?.refusal).toBe("FleetStorm");
  });

  it("needs none where somebody asked for it, where there is no fleet, or where nothing is shared", async () => {
    expect(await without([], {}, { requested: { action: "rollback" }, origin: "person" })).toBeUndefined();
    expect(await without([], {}, { signs: [] })).toBeUndefined();
    const run = { diagnosis: diagnosis(), incident: incident({ signs: [SIGN] }) };
    expect(await heldWithoutPlace(run, undefined, NOW)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
