import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** There is no browser, and none may be installed. */
export class ChromiumMissing extends Error {
  constructor() {
    super(
      `None of ${NAMES.join(", ")} is on the PATH. Install one (on Debian: sudo apt-get install --yes chromium), ` +
        "or set CHROMIUM to the path of one that is there.",
    );
    this.name = "ChromiumMissing";
  }
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The path of a Chromium: what the variable `CHROMIUM` says, or the one on the `PATH`. Where there is none, root gets
 * Debian's.
 * @throws ChromiumMissing
 */
export function ensureChromium(progress: (line: string) => void): string {
  const said = process.env["CHROMIUM"] ?? onPath(NAMES);
  if (said !== undefined) return said;
  const aptGet = onPath(["apt-get"]);
  if (aptGet === undefined || !isRoot()) throw new ChromiumMissing();
  progress("Installing Chromium with apt-get");
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"]]) {
    const { status, stderr } = spawnSync(aptGet, args, {
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (status !== 0) progress(`apt-get ${args[0] ?? ""} failed: ${stderr.trim()}`);
  }
  const installed = onPath(NAMES);
  if (installed === undefined) throw new ChromiumMissing();
  return installed;
}

/** Starts a Chromium without a window. Root may only run it without its sandbox. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: isRoot() ? ["--no-sandbox"] : [] });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
