import { describe, expect, it } from "vitest";
import type { Discovered, Waits } from "../../../functions/shared/discovered.ts";
import { cameBy, inTheWay } from "../../../local/fleet/discovered.ts";

const AT = "2030-06-01T12:00:00.000Z";
const FOUND: Discovered = {
  ...{ account: "444455556666", region: "us-east-1", roles: "r", at: AT, left_out: 0, told: [] },
  clusters: [{ name: "shop" }, { name: "new", waits: { for: "endpoint" } }],
};
const arnOf = (name: string, region = "us-east-1") => `arn:aws:eks:${region}:444455556666:cluster/${name}`;

describe("a cluster of a hub", () => {
  it("came by its tag, by the list, or is the hub's own", () => {
    expect(cameBy(arnOf("shop"), [FOUND])).toBe("tag");
    expect(cameBy(arnOf("pay"), [FOUND])).toBe("list");
    expect(cameBy(arnOf("shop", "eu-west-1"), [FOUND])).toBe("list");
    expect(cameBy("prod", [FOUND])).toBe("own");
  });
});

describe("what is in the way of discovered clusters", () => {
  it("is shown, and calls nobody for what passes by itself", () => {
    expect(inTheWay([FOUND])).toEqual([
      {
        line: `new (444455556666, us-east-1) is tagged, and not looked at as of ${AT}: it has no API server yet.`,
        needsPerson: false,
      },
    ]);
  });

  it("calls somebody where clusters cannot be discovered, let nobody in, or are too many", () => {
    const failed = { why: "no such role", times: 1, since: AT };
    const waits: Waits = { for: "access entries", functions: [{ name: "patrol", group: "detect" }] };
    const lines = inTheWay([{ ...FOUND, clusters: [{ name: "new", waits }], failed, left_out: 2 }]);

    expect(lines.map(({ needsPerson }) => needsPerson)).toEqual([true, true, true]);
    expect(lines[0]?.line).toContain("no access entry for the roles of patrol");
    expect(lines[1]?.line).toContain(`in us-east-1 are tagged cannot be known in full since ${AT}: no such role`);
    expect(lines[2]?.line).toContain("2 more are tagged");
  });
});
