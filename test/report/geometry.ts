import type { Page } from "playwright-core";

/** What does not fit on a page: text that is cut, off the screen, or on other text; one line each. */
export async function misfits(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    interface Piece {
      owner: Element;
      rect: DOMRect;
      text: string;
    }
    const problems: string[] = [];
    const inBox = (element: Element) => element.closest(".scroll, pre") !== null;
    const seenUpTo = (element: Element, { right }: DOMRect) =>
      Math.min(right, element.closest(".scroll, pre")?.getBoundingClientRect().right ?? right);
    const pieces: Piece[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const owner = node.parentElement;
      const text = node.textContent ?? "";
      if (owner === null || text.trim() === "" || owner.closest(".skip, svg, thead") !== null) continue;
      // What is folded has a place, and is not seen there.
      if (!owner.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) pieces.push({ owner, rect, text: text.slice(0, 40) });
    }
    if (document.documentElement.scrollWidth > window.innerWidth) problems.push("the page scrolls sideways");
    for (const { owner, rect, text } of pieces) {
      const off = rect.left < 0 || rect.right > window.innerWidth;
      if (off && !inBox(owner)) problems.push(`off the screen: ${text}`);
    }
    for (const element of document.body.querySelectorAll("*")) {
      const { overflowX } = getComputedStyle(element);
      if (element.closest("svg") !== null || element.matches(".scroll, pre") || overflowX === "visible") continue;
      if (element.scrollWidth > element.clientWidth + 1) problems.push(`cut: ${element.tagName}.${element.className}`);
    }
    pieces.sort((a, b) => a.rect.top - b.rect.top);
    pieces.forEach(({ owner, rect, text }, index) => {
      for (const other of pieces.slice(index + 1)) {
        if (other.rect.top >= rect.bottom) break;
        // A line that is wider than the box in which it scrolls ends where the box does.
        const right = Math.min(seenUpTo(owner, rect), seenUpTo(other.owner, other.rect));
        const wide = right - Math.max(rect.left, other.rect.left);
        // The boxes of lines are higher than their letters; a few pixels of them may meet.
        const high = Math.min(rect.bottom, other.rect.bottom) - other.rect.top;
        if (wide > 1 && high > 4 && other.owner !== owner) problems.push(`on each other: ${text} / ${other.text}`);
      }
    });
    for (const state of document.querySelectorAll("svg .state")) {
      const [box, label] = [state.querySelector("rect"), state.querySelector("text")];
      if (box === null || label === null || label.getBBox().width > box.getBBox().width - 8)
        problems.push(`wider than its box: ${label?.textContent ?? ""}`);
    }
    return problems;
  });
}

/** The links and other targets that are smaller than so many pixels in either direction. */
export async function smallTargets(page: Page, pixels: number): Promise<string[]> {
  return await page.evaluate(
    (least) =>
      [...document.querySelectorAll("main a, main button, main summary")]
        .filter((target) => {
          const { width, height } = target.getBoundingClientRect();
          return Math.min(width, height) < least;
        })
        .map((target) => target.textContent),
    pixels,
  );
}

/** The contrasts in the drawings, the lowest of each kind: text on its state, and the way that was taken on what is around it. */
export async function drawingContrasts(page: Page): Promise<{ text: number; way: number }> {
  return await page.evaluate(() => {
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one: string, other: string) => {
      const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    };
    const style = (selector: string, within: Element | Document = document) => {
      const element = within.querySelector(selector);
      if (element === null) throw new Error(`The report has no ${selector}.`);
      return getComputedStyle(element);
    };
    const text = [...document.querySelectorAll("svg .state")].map((state) =>
      contrast(style("text", state).fill, style("rect", state).fill),
    );
    const around = style(".workload").backgroundColor;
    const chart = [".chart path.ready", ".chart .wanted"].filter((line) => document.querySelector(line) !== null);
    const lines = [".visited rect", ".edge.taken", ...chart];
    const way = lines.map((line) => style(line).stroke).map((line) => contrast(line, around));
    return { text: Math.min(...text), way: Math.min(...way) };
  });
}
