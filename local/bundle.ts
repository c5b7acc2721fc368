import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync, type Metafile } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The functions that are deployed, by their folders. */
export function functionNames(): string[] {
  return readdirSync(`${ROOT}functions`).filter((folder) => folder !== "shared");
}

/** Bundles a function as the stack does (`infra/remediation-function.ts`), and tells what went into it. */
export function bundleFunction(name: string, outfile: string, write: boolean): Metafile {
  return buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`functions/${name}/handler.ts`],
    outfile,
    write,
    metafile: true,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  }).metafile;
}
