import type { Locator, Page } from "playwright-core";
import { describe, expect, inject } from "vitest";
import { loadScenario } from "../../local/scenarios/load.ts";
import { it } from "./page.ts";

const EXPECTED = loadScenario("shop").expect.workloads ?? [];
const REMEDIES: Readonly<Record<string, string>> = { restart: "Restart", rollback: "Roll back", scale: "Scale" };

function articleOf(page: Page, name: string): Locator {
  return page.getByRole("article", { name: new RegExp(`shop/${name}$`) });
}

/** The lines of the panel with that heading. */
async function panel(article: Locator, heading: string): Promise<string[]> {
  const box = article.locator(".panel").filter({ has: article.page().getByRole("heading", { name: heading }) });
  return await box.getByRole("listitem").allInnerTexts();
}

describe.each(EXPECTED)("of $name, the report", ({ name, outcome, cause, action, needs_person }) => {
  const { reason } = inject("shop").workloads.find(({ workload }) => workload?.name === name) ?? {};

  it("shows the failure, the cause, the remedy and the outcome, in the overview and on its own", async ({ open }) => {
    const { page } = await open(inject("shop").file, { unfolded: true });
    const facts = await articleOf(page, name).getByRole("definition").allInnerTexts();
    const cells = await page
      .getByRole("row", { name: `shop/${name}` })
      .getByRole("cell")
      .allInnerTexts();

    expect(facts).toHaveLength(4);
    expect(facts[0]).toMatch(/^\w+(, \w+)*$/);
    if (cause !== undefined) expect(facts[1]).toBe(cause);
    expect(facts.slice(2)).toEqual([action, [outcome, reason].filter((text) => text !== undefined).join(" ")]);
    expect(cells).toEqual([...facts, needs_person === true ? "yes" : "no"]);
  });

  it("shows evidence, the decision in words, and how things were before and are after", async ({ open }) => {
    const { page } = await open(inject("shop").file, { unfolded: true });
    const article = articleOf(page, name);
    const decision = await panel(article, "Decision");
    const after = await panel(article, "After");

    expect((await panel(article, "Evidence")).length).toBeGreaterThan(0);
    expect((await panel(article, "Before")).join("\n")).toMatch(/^\dx \w+/);
    expect(decision[0]).toMatch(/^Cause: \w+ \(confidence (high|medium|low)\)$/);
    expect(decision[1]).toBe(action === "none" ? `No remedy: ${reason ?? ""}` : `Remedy: ${action ?? ""}`);
    if (action === "none") {
      expect(after).toEqual(["Verified: nothing was done, so there is nothing to verify"]);
      expect((await panel(article, "What to do next")).length).toBeGreaterThan(0);
    } else {
      expect(after[0]).toBe("Verified: yes: it is well, and stayed so for the whole soak time");
      expect(after.length).toBeGreaterThan(1);
    }
  });

  it("tells the failure, the detection, the remedy, the wait and the verification, in order of time", async ({
    open,
  }) => {
    const { page } = await open(inject("shop").file, { unfolded: true });
    const timeline = articleOf(page, name).locator("ol.timeline");
    const items = timeline.getByRole("listitem");
    const titles = await items.locator("strong").allInnerTexts();
    const times = await items.locator("time").evaluateAll((list) => list.map((time) => time.getAttribute("datetime")));

    const remedy = action === undefined || action === "none" ? undefined : REMEDIES[action];
    const wanted = [
      ...["Failure", "Detect failures", "Claim workload", "Diagnose"],
      ...(remedy === undefined ? [] : [remedy, "Wait for it to settle", "Verify"]),
      "Report outcome",
    ];
    expect(titles.filter((title, index) => titles.indexOf(title) === index && title !== "Wait again")).toEqual(wanted);
    expect(times).toEqual(times.toSorted());
    if (remedy !== undefined)
      expect(await items.allInnerTexts()).toContainEqual(expect.stringMatching(/Verify: recovered$/));
  });

  it("says which states it passed, in order", async ({ open }) => {
    const { file, workloads, paths } = inject("shop");
    const { page } = await open(file, { unfolded: true });
    const path = paths[workloads.findIndex(({ workload }) => workload?.name === name)] ?? [];

    expect(path.length).toBeGreaterThan(4);
    expect(await articleOf(page, name).locator("ol.path").getByRole("listitem").allTextContents()).toEqual(path);
  });

  it("shows its replicas over time, and says them", async ({ open }) => {
    const { page } = await open(inject("shop").file, { unfolded: true });
    const chart = articleOf(page, name).getByRole("img");
    const words = (await chart.getAttribute("aria-label")) ?? "";
    const summary = page.locator("details.workload > summary").filter({ hasText: `shop/${name}` });

    expect(words).toMatch(/^Ready replicas over time: \d of \d at [+\u2212]\d+ s(, \d of \d at [+\u2212]\d+ s)*$/);
    expect(await articleOf(page, name).locator("figcaption").innerText()).toContain(words.split(": ")[1]);
    const [, ready, wanted] = /.*(\d) of (\d) at /.exec(words) ?? [];
    expect(await summary.innerText()).toContain(`${ready ?? "?"} of ${wanted ?? "?"} ready`);
    if (outcome === "Recovered") expect(ready).toBe(wanted);
    // A remedy is marked where it was made.
    expect(await articleOf(page, name).locator(".chart .change").count()).toBeGreaterThan(action === "none" ? -1 : 0);
  });
});

describe("the drawing of the workflow", () => {
  it("has the states that workloads passed, exactly those, with how many passed each, and says them", async ({
    open,
  }) => {
    const { file, paths } = inject("shop");
    const { page } = await open(file, { unfolded: true });
    const drawing = page.getByRole("img", { name: "The paths of 8 workloads through the workflow" });
    const passed = (state: string) => paths.filter((path) => path.includes(state)).length;
    const states = [...new Set(paths.flat())];

    const visited = await drawing
      .locator(".state.visited")
      .evaluateAll((all) => all.map(({ textContent }) => textContent));
    expect(visited.toSorted()).toEqual(states.map((state) => `${state}${passed(state)}`).toSorted());
    expect(await drawing.locator(".state").count()).toBeGreaterThan(visited.length);
    const label = (await drawing.getAttribute("aria-label")) ?? "";
    for (const state of states) expect(label).toContain(`${state} ${passed(state)}`);
    // A step of a path that no line of the definition leads along is one that an error took.
    const steps = paths.flatMap((path) => path.slice(1).map((to, index) => `${path[index] ?? ""} ${to}`));
    expect(await drawing.locator(".edge.taken").count()).toBe(new Set(steps).size);
  });
});

describe("somebody who hears the report", () => {
  it("finds its language, its title, its parts and headings that skip no level", async ({ open }) => {
    const { page } = await open(inject("shop").file, { unfolded: true });
    const levels = await page
      .getByRole("heading")
      .evaluateAll((headings) => headings.map(({ tagName }) => Number(tagName.slice(1))));

    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.title()).toMatch(/^shop: A small shop on a bad day/);
    for (const part of ["banner", "main"] as const) expect(await page.getByRole(part).count(), part).toBe(1);
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.slice(1).forEach((level, index) => {
      expect(level).toBeLessThanOrEqual((levels[index] ?? 0) + 1);
    });
  });

  it.for([380, 1280])("hears the table as one, at %i pixels", async (width, { open }) => {
    const { page } = await open(inject("shop").file, { width });
    const table = page.getByRole("table", { name: "8 workloads" });

    expect(await table.getByRole("columnheader").allTextContents()).toEqual([
      ...["Workload", "Failure", "Cause", "Remedy", "Outcome", "Needs a person"],
    ]);
    expect(await table.getByRole("rowheader").count()).toBe(EXPECTED.length);
  });
});

describe("what a hostile workload says", () => {
  it("is shown as text, and does nothing", async ({ open }) => {
    const { page } = await open(inject("hostile").file, { unfolded: true });
    const text = await page.getByRole("article").innerText();

    expect(await page.title()).toBe(
      "hostile: A workload says <b>things</b> that are meant to break whatever shows them.",
    );
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain("<b>things</b>");
    expect(await page.locator("script, img, b").count()).toBe(0);
    expect(text).toContain("</li></ul><script>document.title='taken'</script>");
    expect(text).toContain(`"quoted" 'too' & 🙂`);
    expect(text).toContain("xxxxx");
    expect(text).toContain("שלום");
  });

  it("does not turn the direction of what stands around it", async ({ open }) => {
    const { page } = await open(inject("hostile").file, { unfolded: true });

    expect(await page.locator("body").innerText()).not.toMatch(/[\p{Bidi_Control}]/u);
    expect(
      await page
        .locator("li")
        .evaluateAll((items) => items.every((item) => getComputedStyle(item).direction === "ltr")),
    ).toBe(true);
  });
});
