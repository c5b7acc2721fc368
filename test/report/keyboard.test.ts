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
    const titles = workloads.map(({ workload }) => `${workload?.kind ?? ""} shop/${workload?.name ?? ""}`);

    const stops = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const stop = await focused(page);
      if (stop.name === "") break;
      stops.push(stop);
    }

    expect(stops.map(({ name }) => name)).toEqual([
      "Skip to the workloads",
      ...titles,
      ...titles.flatMap((title) => [`Drawing for ${title}`, "Back to the overview"]),
      "Drawing for The run as a whole",
    ]);
    expect(stops.filter(({ outlined, onScreen }) => !outlined || !onScreen)).toEqual([]);
  });

  it("a link of the overview leads to its workload, and another one back", async ({ open }) => {
    const { page } = await open(inject("shop").file);
    const link = page.getByRole("row", { name: "shop/storefront" }).getByRole("link");
    const article = page.getByRole("article", { name: "shop/storefront" });

    await link.focus();
    await page.keyboard.press("Enter");
    expect(await article.evaluate((element) => Math.round(element.getBoundingClientRect().top))).toBe(16);
    expect(await article.evaluate((element) => element === document.activeElement)).toBe(true);

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

    expect((await focused(page)).name).toMatch(/^Drawing for /);
  });

  it("the arrows move a drawing that is wider than the screen", async ({ open }) => {
    const { page } = await open(inject("shop").file, { width: 380 });
    const box = page.getByRole("group", { name: "Drawing for" }).first();
    await box.focus();
    await page.keyboard.press("ArrowRight");

    await expect.poll(() => box.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
  });
});
