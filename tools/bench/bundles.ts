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

const RUNS = 9;

/** What a function refuses to start without. */
const SETTINGS = {
  GIT_REPOSITORY: JSON.stringify({
    kind: "webhook",
    url: "https://hooks.example.com",
    secret: "arn:aws:secretsmanager:us-east-1:111122223333:secret:git-aaaaaa",
  }),
};

/**
 * Bundles every function as the stack does, and times its import in fresh processes.
 * @param runs how often; the median counts
 */
export function measureBundles(runs = RUNS): Bundle[] {
  const directory = mkdtempSync(join(tmpdir(), "remediation-bundles-"));
  try {
    const empty = join(directory, "empty.mjs");
    writeFileSync(empty, "");
    const floor = importTime(empty, runs);
    return bundleFunctions(directory, true).map(({ name, file }) => ({
      name,
      bytes: statSync(file).size,
      importMilliseconds: importTime(file, runs) - floor,
    }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function importTime(file: string, runs: number): number {
  const code = `const start = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - start);`;
  const env = { ...process.env, ...SETTINGS };
  const times = Array.from({ length: runs }, () =>
    Number(execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8", env })),
  );
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}
