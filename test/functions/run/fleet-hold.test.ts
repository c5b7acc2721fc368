import { describe, expect, it } from "vitest";
import { heldByFleet } from "../../../functions/run/fleet-hold.ts";
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
