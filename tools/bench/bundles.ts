import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunctions } from "../bundle.ts";

/** A function's bundle as it is deployed. */
export interface Bundle {
  name: string;
  bytes: number;
  /** How long a fresh Node takes to import it, beyond an empty module. */
  importMilliseconds: number;
}

/** How often each import is timed; the median counts. */
const RUNS = 9;

/** Bundles every function as the stack does, and times its import in fresh processes. */
export function measureBundles(): Bundle[] {
  const directory = mkdtempSync(join(tmpdir(), "remediation-bundles-"));
  try {
    const empty = join(directory, "empty.mjs");
    writeFileSync(empty, "");
    const floor = importTime(empty);
    return bundleFunctions(directory, true).map(({ name, file }) => ({
      name,
      bytes: statSync(file).size,
      importMilliseconds: importTime(file) - floor,
    }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function importTime(file: string): number {
  const code = `const start = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - start);`;
  const times = Array.from({ length: RUNS }, () =>
    Number(execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" })),
  );
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}
