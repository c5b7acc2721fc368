import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { inject, test } from "vitest";
import { launchChromium } from "../../tools/docs/chromium.ts";

export const WIDTHS = [380, 768, 1280] as const;
export const SCHEMES = ["light", "dark"] as const;
export type Scheme = (typeof SCHEMES)[number];

/** Each way in which a report is looked at. */
export const VIEWS = WIDTHS.flatMap((width) => SCHEMES.map((scheme) => ({ width, scheme })));

export interface View {
  width?: number;
  scheme?: Scheme;
  /** Whether all that is folded is unfolded. */
  unfolded?: boolean;
}

/** A report that is open in a browser. */
export interface OpenReport {
  page: Page;
  /** Every request that the page tried to make, but for the one for the file itself. */
  requests: string[];
  /** Everything that the browser complained about. */
  complaints: string[];
}

/** Opens a report's file, or HTML, in a browser that reaches no network. */
export type Open = (report: string, view?: View) => Promise<OpenReport>;

let browser: Promise<Browser> | undefined;

/** Tests that open reports; what they open is closed after each. */
export const it = test.extend<{ open: Open }>({
  // eslint-disable-next-line no-empty-pattern
  open: async ({}, use) => {
    browser ??= launchChromium(inject("chromium"));
    const contexts: BrowserContext[] = [];
    const started = await browser;
    await use(async (report, { width = 1280, scheme = "light", unfolded = false } = {}) => {
      const context = await started.newContext({
        viewport: { width, height: 800 },
        colorScheme: scheme,
        offline: true,
      });
      contexts.push(context);
      const page = await opened(await context.newPage(), report);
      if (unfolded) await unfold(page.page);
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

/** Opens all that is folded, as a reader does who clicks everywhere. */
async function unfold(page: Page): Promise<void> {
  await page.locator("details").evaluateAll((all) => {
    for (const details of all) (details as HTMLDetailsElement).open = true;
  });
}

async function opened(page: Page, report: string): Promise<OpenReport> {
  const requests: string[] = [];
  const complaints: string[] = [];
  const isFile = !report.startsWith("<");
  const address = isFile ? pathToFileURL(report).href : "about:blank";
  page.on("request", (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  if (isFile) await page.goto(address);
  else await page.setContent(report);
  return { page, requests, complaints };
}
