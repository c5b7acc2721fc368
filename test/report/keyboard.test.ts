import type { Page } from "playwright-core";
import { describe, expect, inject } from "vitest";
import { it, WIDTHS } from "./page.ts";

/** What has the focus: its name, whether that is visible, and whether it is on the screen. */
async function focused(page: Page): Promise<{ name: string; outlined: boolean; onScreen: boolean }> {
  return await page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, bottom } = element.getBoundingClientRect();
    const name = element === document.body ? "" : (element.getAttribute("aria-label") ?? element.textContent);
    return {
      name,
      outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
      onScreen: bottom > 0 && top < window.innerHeight,
    };
  });
}

describe("with the keyboard alone", () => {
  it.for(WIDTHS)("everything is reached in the order of reading, and seen, at %i pixels", async (width, { open }) => {
    const { file, workloads } = inject("shop");
    const { page } = await open(file, { width });
    const named = workloads.map(({ workload, needs_person }) => ({
      title: `${workload?.kind ?? ""} shop/${workload?.name ?? ""}`,
      needs_person,
    }));
    const ordered = named.toSorted((one, other) => Number(other.needs_person) - Number(one.needs_person));

    const stops = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const stop = await focused(page);
      if (stop.name === "") break;
      stops.push(stop);
    }

    expect(stops.map(({ name }) => name)).toEqual([
      "Skip to the workloads",
      ...ordered.map(({ title }) => title),
      ...ordered.flatMap(({ title, needs_person }) => [
        expect.stringMatching(new RegExp(`^${title} \\w+ \\d of \\d ready$`)) as string,
        ...(needs_person ? ["Commands", expect.stringMatching(/^Decision, before and after/) as string] : []),
      ]),
      "The states that the workloads passed, with how many passed each",
    ]);
    expect(stops.filter(({ outlined, onScreen }) => !outlined || !onScreen)).toEqual([]);
  });

  it("a link of the overview leads to its workload, which unfolds, and another one back", async ({ open }) => {
    const { page } = await open(inject("shop").file);
    const link = page.getByRole("row", { name: "shop/storefront" }).getByRole("link");
    const article = page.getByRole("article", { name: "shop/storefront" });

    await link.focus();
    await page.keyboard.press("Enter");
    // At the top, or as near to it as the end of the page lets it.
    const top = await article.evaluate((element) => element.getBoundingClientRect().top);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top).toBeLessThan(400);
    expect(await article.evaluate((element) => element === document.activeElement)).toBe(true);

    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect((await focused(page)).name).toMatch(/^Decision, before and after/);
    await page.keyboard.press("Enter");
    await article.getByRole("link", { name: "Back to the overview" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("#overview").evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(
      200,
    );
  });

  it("the first link leads past the overview", async ({ open }) => {
    const { page } = await open(inject("shop").file);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");

    expect((await focused(page)).name).toMatch(/^Deployment shop\/\w+ \w+ \d of \d ready$/);
  });

  it("the arrows move a drawing that is wider than the screen", async ({ open }) => {
    const { page } = await open(inject("shop").file, { width: 380, unfolded: true });
    const box = page.getByRole("group", { name: "Drawing for" }).first();
    await box.focus();
    await page.keyboard.press("ArrowRight");

    await expect.poll(() => box.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
  });
});
