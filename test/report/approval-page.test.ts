import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { answerLink } from "../../functions/decide/decide.ts";
import type { Proposal } from "../../functions/run/decision-link.ts";
import { launchChromium } from "../../tools/docs/chromium.ts";
import { Links, pathTo, PROPOSAL } from "../support/links.ts";
import { problemsSeenByAxe } from "./axe.ts";
import { misfits, smallTargets } from "./geometry.ts";
import { SCHEMES, type Scheme } from "./page.ts";

const WIDTHS = [320, 390, 1280] as const;
const VIEWS = WIDTHS.flatMap((width) => SCHEMES.map((scheme) => ({ width, scheme })));
/** As long as names may be, and nowhere to break them. */
const LONG: Proposal = {
  ...PROPOSAL,
  cluster_name: "c".repeat(100),
  namespace: "n".repeat(63),
  name: "w".repeat(253),
  cause: `<img src=x onerror=alert(1)> ${"x".repeat(220)}`,
  would: `Would roll back to ${"y".repeat(400)}`,
};

let server: Server;
let browser: Browser;
let links: Links;

beforeAll(async () => {
  browser = await launchChromium(inject("chromium"));
  server = createServer((request, response) => {
    void answered(request).then(({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body));
  }).listen(0, "127.0.0.1");
});

afterAll(async () => {
  await browser.close();
  server.close();
});

/** Hands a request on as a function URL does; that this server speaks no TLS is all that differs. */
async function answered(request: IncomingMessage) {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const origin = headers["origin"]?.replace(/^http:/, "https:");
  const requestContext = { domainName: headers["host"], http: { method: request.method } };
  const event = { rawPath: request.url, headers: { ...headers, ...(origin && { origin }) }, requestContext, body };
  return await answerLink(event, links);
}

/** Opens the page of a link in a browser of its own, and notes everything that the browser complains about. */
async function open(proposal = PROPOSAL, width = 1280, colorScheme: Scheme = "light") {
  links = new Links();
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}${await pathTo(proposal)}`);
  return { page, complaints, close: () => context.close() };
}

async function heading(page: Page): Promise<string> {
  return await page.getByRole("heading", { level: 1 }).innerText();
}

describe("the page that a link opens", () => {
  it.each(VIEWS)("fits, is read and is pressed on $width pixels, $scheme", async ({ width, scheme }) => {
    for (const proposal of [PROPOSAL, LONG]) {
      const { page, complaints, close } = await open(proposal, width, scheme);

      expect(await misfits(page)).toEqual([]);
      // The button that nobody sees has no text.
      expect((await smallTargets(page, 44)).filter((text) => text !== "")).toEqual([]);
      expect(complaints.filter((text) => !text.includes("favicon"))).toEqual([]);
      expect(await page.locator("main img, main script").count()).toBe(0);
      await close();
    }
  });

  it.each(SCHEMES)("has nothing that a screen reader could not tell, %s", async (scheme) => {
    const { page, close } = await open(PROPOSAL, 390, scheme);
    const context = page.context();

    expect(await page.getByRole("textbox", { name: "Your name (optional)" }).count()).toBe(1);
    expect(await page.getByRole("button").allInnerTexts()).toEqual(["Approve", "Decline"]);
    expect(await page.getAttribute("html", "lang")).toBe("en");
    // The page's own policy keeps axe's script out: the same page without it.
    const html = await page.content();
    const bare = await context.newPage();
    await bare.setContent(html);
    expect(await problemsSeenByAxe(bare)).toEqual([]);
    await close();
  });

  it("is answered with the keyboard alone: the name, Approve, Decline, each of them seen", async () => {
    const { page, close } = await open();
    const stops: string[] = [];
    for (let stop = 0; stop < 3; stop += 1) {
      await page.keyboard.press("Tab");
      const { name, outlined } = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return {
          name: element.id === "" ? element.innerText : element.id,
          outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
        };
      });
      expect(outlined, name).toBe(true);
      stops.push(name);
    }
    expect(stops).toEqual(["name", "Approve", "Decline"]);

    await page.keyboard.press("Enter");
    await page.waitForURL(/./);
    expect(await heading(page)).toBe("Declined");
    expect(links.requests).toMatchObject([{ action: "decline" }]);
    await close();
  });

  it("decides nothing when Enter is pressed in the name", async () => {
    const { page, close } = await open();
    await page.getByLabel("Your name").fill("Ann");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(300);

    expect(await heading(page)).toBe("Approve or decline?");
    expect(links.requests).toEqual([]);
    await close();
  });

  it("starts what is approved once, tells who, and says so when it is pressed again", async () => {
    const { page, complaints, close } = await open();
    await page.getByLabel("Your name").fill("Ann");
    await page.getByRole("button", { name: "Approve" }).click();
    expect(await heading(page)).toBe("Approved");
    links.end({ outcome: "Recovered", action: "rollback" });
    await page.reload();

    expect(await heading(page)).toBe("Decided already");
    expect(links.requests).toMatchObject([
      { action: "approve", requested_by: "Ann (by the link; nobody checked the name)" },
    ]);
    expect(await misfits(page)).toEqual([]);
    expect(complaints.filter((text) => !/favicon|403|409/.test(text))).toEqual([]);
    await close();
  });
});
