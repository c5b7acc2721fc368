import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ended } from "../local/command-line/command-line.ts";

const LOCKFILE = fileURLToPath(new URL("../../package-lock.json", import.meta.url));

/** An empty folder that packages are installed into, as whoever has no clone has it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "installed-"));

  constructor() {
    this.write("package.json", JSON.stringify({ name: "app", private: true }));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  /**
   * Installs a packed file, and packages in the versions of this project's lockfile, from npm's cache where they are there.
   * @throws Error with what npm says
   */
  async install(packed: string, ...names: readonly string[]): Promise<void> {
    const versions = names.map((name) => `${name}@${lockedVersion(name)}`);
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", packed, ...versions];
    const { code, stderr } = await this.run("npm", args);
    if (code !== 0) throw new Error(stderr);
  }

  /** Runs a command in it, with what is installed there and with a Node of choice first on the path. */
  async run(command: string, args: readonly string[], options: { node?: string; env?: object } = {}): Promise<Ended> {
    const { node = process.execPath, env = {} } = options;
    const path = [join(this.path, "node_modules", ".bin"), dirname(node), ...inheritedPath()].join(":");
    const merged = { ...process.env, FORCE_COLOR: undefined, ...env, PATH: path };
    return await new Promise((resolve) => {
      execFile(command, args, { cwd: this.path, env: merged, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The path without what npm puts there for this project: what is installed for it must not be found. */
export function inheritedPath(): string[] {
  return (process.env["PATH"] ?? "").split(":").filter((folder) => !folder.includes("node_modules"));
}

function lockedVersion(name: string): string {
  const { packages } = JSON.parse(readFileSync(LOCKFILE, "utf8")) as { packages: Record<string, { version: string }> };
  return packages[`node_modules/${name}`]?.version ?? "";
}
