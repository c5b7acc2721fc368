import { describe, expect, it } from "vitest";
import type { KeptLook } from "../../../functions/shared/looks.ts";
import type { Came } from "../../../local/fleet/discovered.ts";
import { fleetTable, needsPerson } from "../../../local/fleet/text.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const well: KeptLook = {
  cluster_name: "well",
  at: "2026-06-01T11:59:30.000Z",
  status: "healthy",
  failing_pods: 0,
  resting: 0,
  unseen: 0,
  allowed: "observe",
};

describe("how the clusters are", () => {
  it("begins with those that somebody has to look at, and of the others with the one that was seen longest ago", () => {
    const looks: (KeptLook & { came_by?: Came })[] = [
      well,
      { ...well, cluster_name: "silent", at: "2026-05-30T11:00:00.000Z" },
      { cluster_name: "gone", at: "2026-06-01T11:57:00.000Z", status: "look failed", allowed: "stopped" },
      { ...well, cluster_name: "blind", unseen: 2, came_by: "list" },
    ];

    expect(fleetTable(looks, NOW).split("\n")).toEqual([
      "CLUSTER  SEEN        STATUS       FAILING PODS  RESTING  UNSEEN PARTS  MAY AT MOST  CAME BY",
      "gone     3 min ago   look failed  ?             ?        ?             stopped      ?",
      "blind    30 s ago    healthy      0             0        2             observe      list",
      "silent   2 days ago  healthy      0             0        0             observe      ?",
      "well     30 s ago    healthy      0             0        0             observe      ?",
    ]);
  });

  it("ends with the ways in which several fail alike, those that most show first", () => {
    const signs = [["run a/b:1"], ["run a/b:1", "storm"], ["run a/b:1", "storm"], ["pull c/d:1"]];
    const looks = signs.map((each, index): KeptLook => ({ ...well, cluster_name: `c${index}`, signs: each }));

    expect(fleetTable(looks, NOW).split("\n").slice(5)).toEqual([
      "",
      "At the latest looks at 3 of them, containers of image a/b:1 fail.",
      "At the latest looks at 2 of them, many workloads fail at once.",
    ]);
  });

  it("says why there is nothing to show", () => {
    expect(fleetTable([], NOW)).toContain("the schedule is off, or has not begun");
  });

  it.each<[string, boolean, Partial<KeptLook>]>([
    ["nothing fails", false, {}],
    ["scheduled runs work again", false, { status: "works again" }],
    ["something fails", true, { status: "failing", failing_pods: 2 }],
    ["what fails rests", true, { status: "resting", resting: 1 }],
    ["a part could not be looked at", true, { unseen: 1 }],
    ["nobody could look", true, { status: "look failed" }],
    ["a later version says what this one does not know", true, { status: "something new" }],
  ])("says whether somebody has to look: %s", (_case, expected, look) => {
    expect(needsPerson({ ...well, ...look })).toBe(expected);
  });
});
