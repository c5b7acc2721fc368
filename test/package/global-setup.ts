import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** What `npm pack` made: the file that the tests install. */
    packed: string;
  }
}

const MAIN = fileURLToPath(new URL("../../tools/package/main.ts", import.meta.url));

/** Packs the package once for all of them. */
export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), "packed-"));
  const printed = execFileSync(process.execPath, [MAIN, "--directory", directory], { encoding: "utf8" });
  project.provide("packed", printed.trim());
  return () => {
    rmSync(directory, { recursive: true });
  };
}
