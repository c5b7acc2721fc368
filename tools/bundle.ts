import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, type BuildOptions, type Metafile } from "esbuild";
import { REQUIRE } from "../infra/bundle-banner.ts";
import { handlerOf, STEP_NAMES } from "../infra/functions.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

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

/** Every function that has a bundle of its own. */
const FUNCTION_NAMES = [
  ...STEP_NAMES,
  "patrol",
  "agent",
  "mcp",
  "decide",
  "ways-in",
  "rounds",
  "deliver",
  "git",
  "scorecard",
  "fleet",
  "discovery",
];

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
  const { metafile } = buildSync({
    ...BUNDLING,
    entryPoints: FUNCTION_NAMES.map((name) => ({ in: entryOf(name), out: name })),
    outdir: directory,
    write,
  });
  const outputs = Object.values(metafile.outputs);
  return FUNCTION_NAMES.map((name) => {
    const output = outputs.find(({ entryPoint }) => entryPoint === entryOf(name));
    return { name, file: join(directory, `${name}.mjs`), inputs: output?.inputs ?? {} };
  });
}

/** Handlers that do not stand in a folder of the function's name: both servers of the Model Context Protocol have the same. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  mcp: "functions/agent/mcp-handler.ts",
  deliver: "functions/notify/deliver/handler.ts",
  git: "functions/notify/git/handler.ts",
  scorecard: "functions/notify/scorecard/handler.ts",
  fleet: "functions/notify/fleet/handler.ts",
  discovery: "functions/notify/discovery/handler.ts",
};

/** The handler of a function. */
function entryOf(name: string): string {
  return ELSEWHERE[name] ?? handlerOf(name);
}

/** The handlers of all functions, from the root of the repository. */
export function handlers(): string[] {
  return [...new Set(FUNCTION_NAMES.map(entryOf))];
}
