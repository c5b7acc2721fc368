import { describe, expect, inject } from "vitest";
import { reportOf } from "../../local/report/html.ts";
import type { Recording } from "../../local/report/recording.ts";
import { claimedRun, diagnosis } from "../support/runs.ts";
import { RECOVERED, recordingOf } from "../local/report/recordings.ts";
import { problemsSeenByAxe } from "./axe.ts";
import { drawingContrasts, misfits, smallTargets } from "./geometry.ts";
import { it, VIEWS } from "./page.ts";

const none = recordingOf([]);
const ENDINGS: [what: string, recording: Recording][] = [
  ["found nothing", { ...none, result: { status: "succeeded", output: { outcomes: ["Healthy"] } } }],
  ["failed", { ...none, result: { status: "failed", error: { name: "Forbidden", cause: "x".repeat(2_000) } } }],
  ["was interrupted", { ...recordingOf([claimedRun({ diagnosis: diagnosis() })]), result: { status: "aborted" } }],
  ["looked after one workload", recordingOf([RECOVERED])],
];

describe.each(["shop", "hostile"] as const)("the report of the scenario %s", (name) => {
  it("asks for nothing but itself, and the browser has nothing to complain about", async ({ open }) => {
    const { page, requests, complaints } = await open(inject(name).file);
    await page.waitForLoadState("networkidle");

    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
  });

  describe.each(
    VIEWS.flatMap((view) =>
      [false, true].map((unfolded) => ({ ...view, unfolded, how: unfolded ? "unfolded" : "folded" })),
    ),
  )("at $width pixels, $scheme, $how,", (view) => {
    it("fits: nothing is cut, lies on something else or makes the page scroll sideways", async ({ open }) => {
      const { page } = await open(inject(name).file, view);

      expect(await misfits(page)).toEqual([]);
      expect(await smallTargets(page, view.width < 768 ? 44 : 24)).toEqual([]);
    });

    it("can be read by everybody", async ({ open }) => {
      const { page } = await open(inject(name).file, view);
      const { text, way } = await drawingContrasts(page);

      expect(await problemsSeenByAxe(page)).toEqual([]);
      expect(text).toBeGreaterThanOrEqual(4.5);
      expect(way).toBeGreaterThanOrEqual(3);
    });
  });

  it("moves nothing", async ({ open }) => {
    const { page } = await open(inject(name).file);
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((element) => {
          const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
          return animationName !== "none" || transitionDuration !== "0s" || scrollBehavior !== "auto";
        }).length,
    );

    expect(moving).toBe(0);
  });

  it("prints all that is folded, and all of the drawing", async ({ open }) => {
    const { page } = await open(inject(name).file);
    const folded = page.locator("ol.timeline, ol.path, svg");
    expect(await folded.evaluateAll((all) => all.some((part) => !part.checkVisibility()))).toBe(true);
    await page.emulateMedia({ media: "print" });

    expect(await folded.evaluateAll((all) => all.filter((part) => part.getBoundingClientRect().height === 0))).toEqual(
      [],
    );

    expect(
      await page
        .locator(".scroll")
        .first()
        .evaluate((box) => getComputedStyle(box).overflowX),
    ).toBe("visible");
    expect(await page.locator(".up").first().isVisible()).toBe(false);
  });
});

describe("the report of eight workloads", () => {
  it("takes less than three screens, and begins with what needs a person", async ({ open }) => {
    const { page } = await open(inject("shop").file, { width: 1280 });
    const needy = inject("shop").workloads.filter(({ needs_person }) => needs_person);
    const names = await page.getByRole("rowheader").allInnerTexts();

    expect(inject("shop").workloads).toHaveLength(8);
    expect(await page.evaluate(() => document.documentElement.scrollHeight / window.innerHeight)).toBeLessThan(3);
    expect(names.slice(0, needy.length).toSorted()).toEqual(
      needy.map(({ workload }) => `${workload?.kind ?? ""} shop/${workload?.name ?? ""}`).toSorted(),
    );
    expect(await page.locator("details.workload[open]").count()).toBe(needy.length);
    expect(await page.locator("details.workload").count()).toBe(8);
  });

  it("has one drawing of the workflow for all of them", async ({ open }) => {
    const { page } = await open(inject("shop").file, { unfolded: true });

    expect(await page.getByRole("img", { name: "through the workflow" }).count()).toBe(1);
  });
});

describe.each(ENDINGS)("the report of a run that %s", (_what, recording) => {
  it.for(VIEWS)("fits, and can be read by everybody, at $width pixels, $scheme", async (view, { open }) => {
    const { page, requests, complaints } = await open(reportOf(recording), view);

    expect(await misfits(page)).toEqual([]);
    expect(await problemsSeenByAxe(page)).toEqual([]);
    expect([...requests, ...complaints]).toEqual([]);
  });
});
