import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { ensureChromium } from "../../tools/docs/chromium.ts";
import { play, type Played } from "./play.ts";

declare module "vitest" {
  interface ProvidedContext {
    chromium: string;
    /** What `npm start` does. */
    shop: Played;
    /** A workload whose image and messages are made to break a page. */
    hostile: Played;
  }
}

const HOSTILE = fileURLToPath(new URL("hostile", import.meta.url));

/** Plays the scenarios once for the whole suite, with a report for each. */
export default async function setup(project: TestProject): Promise<() => void> {
  project.provide(
    "chromium",
    ensureChromium((line) => {
      console.log(line);
    }),
  );
  const directory = mkdtempSync(join(tmpdir(), "remediation-report-"));
  const [shop, hostile] = await Promise.all([
    play("shop", join(directory, "shop.html")),
    play(HOSTILE, join(directory, "hostile.html")),
  ]);
  project.provide("shop", shop);
  project.provide("hostile", hostile);
  return () => {
    rmSync(directory, { recursive: true });
  };
}
