import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, type BuildOptions, type Metafile } from "esbuild";
import { handlerOf, STEP_NAMES } from "../infra/functions.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Dependencies that are CommonJS modules call `require` for what Node brings. */
export const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** How every function is bundled, as the stack does it (`infra/remediation-function.ts`). */
export const BUNDLING = {
  absWorkingDir: ROOT,
  outExtension: { ".js": ".mjs" },
  metafile: true,
  bundle: true,
  minify: true,
  platform: "node",
  format: "esm",
  target: "node24",
  mainFields: ["module", "main"],
  banner: { js: REQUIRE },
} satisfies BuildOptions;

/** A function's bundle, and what went into it. */
export interface BuiltFunction {
  name: string;
  file: string;
  inputs: Metafile["outputs"][string]["inputs"];
}

/**
 * Bundles every function.
 * @param write whether the bundles are written; otherwise only what goes into them is told
 */
export function bundleFunctions(directory: string, write: boolean): BuiltFunction[] {
  const names = [...STEP_NAMES, "agent"];
  const { metafile } = buildSync({
    ...BUNDLING,
    entryPoints: names.map((name) => ({ in: handlerOf(name), out: name })),
    outdir: directory,
    write,
  });
  const outputs = Object.values(metafile.outputs);
  return names.map((name) => {
    const output = outputs.find(({ entryPoint }) => entryPoint === handlerOf(name));
    return { name, file: join(directory, `${name}.mjs`), inputs: output?.inputs ?? {} };
  });
}
