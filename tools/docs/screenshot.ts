import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ensureChromium, launchChromium } from "./chromium.ts";

/** `npm run docs:screenshot`: plays the shop's bad day, and takes the picture of its report that the README shows. */

const MAIN = fileURLToPath(new URL("../../local/command-line/main.ts", import.meta.url));
const PICTURE = fileURLToPath(new URL("../../docs/report.png", import.meta.url));
/** The overview, and what needs a person, in pixels. */
const SIZE = { width: 1280, height: 1240 };

const chromium = ensureChromium((line) => process.stdout.write(`${line}\n`));
const directory = mkdtempSync(join(tmpdir(), "remediation-screenshot-"));
const report = join(directory, "report.html");
const browser = await launchChromium(chromium);
try {
  execFileSync(process.execPath, [MAIN, "--report", report], { stdio: ["ignore", "ignore", "inherit"] });
  const page = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
  await page.goto(pathToFileURL(report).href);
  await page.screenshot({ path: PICTURE });
  process.stdout.write("docs/report.png\n");
} finally {
  await browser.close();
  rmSync(directory, { recursive: true });
}
