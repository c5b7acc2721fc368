import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

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
export async function measureBundles(): Promise<Bundle[]> {
  const functions = fileURLToPath(new URL("../../functions", import.meta.url));
  const directory = mkdtempSync(join(tmpdir(), "remediation-bundles-"));
  try {
    const empty = join(directory, "empty.mjs");
    writeFileSync(empty, "");
    const floor = importTime(empty);
    const bundles: Bundle[] = [];
    for (const name of readdirSync(functions).filter((folder) => folder !== "shared")) {
      const outfile = join(directory, `${name}.mjs`);
      await build({
        entryPoints: [join(functions, name, "handler.ts")],
        outfile,
        bundle: true,
        minify: true,
        platform: "node",
        format: "esm",
        target: "node24",
        mainFields: ["module", "main"],
        banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      });
      bundles.push({ name, bytes: statSync(outfile).size, importMilliseconds: importTime(outfile) - floor });
    }
    return bundles;
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
