import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, type Metafile } from "esbuild";
import { handlerOf, STEP_NAMES } from "../infra/functions.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A function's bundle, and what went into it. */
export interface BuiltFunction {
  name: string;
  file: string;
  inputs: Metafile["outputs"][string]["inputs"];
}

/**
 * Bundles every function as the stack does (`infra/remediation-function.ts`).
 * @param write whether the bundles are written; otherwise only what goes into them is told
 */
export function bundleFunctions(directory: string, write: boolean): BuiltFunction[] {
  const names = [...STEP_NAMES, "agent", "mcp", "decide"];
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: names.map((name) => ({ in: entryOf(name), out: name })),
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    write,
    metafile: true,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  const outputs = Object.values(metafile.outputs);
  return names.map((name) => {
    const output = outputs.find(({ entryPoint }) => entryPoint === entryOf(name));
    return { name, file: join(directory, `${name}.mjs`), inputs: output?.inputs ?? {} };
  });
}

/** The handler of a function. Both servers of the Model Context Protocol have the same. */
function entryOf(name: string): string {
  return name === "mcp" ? "functions/agent/mcp-handler.ts" : handlerOf(name);
}
