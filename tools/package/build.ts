import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync, type BuildOptions } from "esbuild";
import { folderOfBundle, pathTo } from "../../infra/packaged.ts";
import { partOf } from "../../infra/rbac-command.ts";
import { TOOLS } from "../../functions/shared/policy.ts";
import { REQUIRE } from "../../infra/bundle-banner.ts";
import { BUNDLING, handlers } from "../bundle.ts";
import { writeDeclarations } from "./declarations.ts";
import { COMMAND_LINE, CONSTRUCT, packageManifest, PRINT_RBAC } from "./manifest.ts";
import { noticesOf } from "./notices.ts";

/** What is taken over as it is, where the compiled files look for it: in the places that it has in a clone. */
const TAKEN_OVER = [
  "LICENSE",
  "statemachines/remediation.asl.json",
  "infra/rbac.yaml",
  "infra/rbac-logs.yaml",
  "infra/rbac-secrets.yaml",
  ...TOOLS.map((tool) => `infra/rbac-${partOf(tool)}.yaml`),
  "test/scenarios",
  "docs",
];

/** What runs on the Node of whoever installs it: 20 or newer. It is left legible, as is what a stack trace says of it. */
const ON_ANY_NODE: BuildOptions = {
  ...BUNDLING,
  outExtension: { ".js": ".js" },
  target: "node20",
  minify: false,
  inject: [pathTo("tools/package/older-node.ts")],
  alias: { undici: pathTo("tools/package/no-undici.ts") },
};

/** Makes the npm package's folder anew: nothing in it is compiled, or bundled, by whoever installs it. */
export function buildPackage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "cdk"), { recursive: true });
  const inputs = [commands(folder), construct(folder), functions(folder)].flat();
  writeDeclarations(join(folder, "cdk"));
  for (const path of TAKEN_OVER) cpSync(pathTo(path), join(folder, path), { recursive: true });
  cpSync(pathTo("tools/package/README.md"), join(folder, "README.md"));
  writeFileSync(join(folder, "NOTICES"), noticesOf(inputs));
  writeJson(join(folder, "package.json"), packageManifest());
}

/** A command begins at once: what only some of them need is in files beside it, in the folder from which the code finds what it reads. */
function commands(folder: string): string[] {
  return [COMMAND_LINE, PRINT_RBAC].flatMap((command) =>
    build({
      ...ON_ANY_NODE,
      entryPoints: [sourceOf(command)],
      outdir: join(folder, dirname(command)),
      splitting: true,
      banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
    }),
  );
}

/** As CommonJS, with the CDK left to the app that imports it. */
function construct(folder: string): string[] {
  writeJson(join(folder, dirname(CONSTRUCT), "package.json"), { type: "commonjs" });
  return build({
    ...ON_ANY_NODE,
    entryPoints: [{ in: "infra/eks-remediation.ts", out: CONSTRUCT.replace(/\.js$/, "") }],
    outdir: folder,
    format: "cjs",
    external: ["aws-cdk-lib", "constructs"],
    define: { "import.meta.url": "URL_OF_THIS_FILE" },
    banner: { js: 'const URL_OF_THIS_FILE = require("node:url").pathToFileURL(__filename).href;' },
  });
}

/** One folder for each handler, as Lambda gets it. */
function functions(folder: string): string[] {
  return build({
    ...BUNDLING,
    entryPoints: handlers().map((handler) => ({ in: handler, out: join(folderOfBundle(handler), "index") })),
    outdir: folder,
  });
}

function build(options: BuildOptions): string[] {
  const { metafile } = buildSync({ ...options, metafile: true });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  );
}

function sourceOf(compiled: string): string {
  return compiled.replace(/\.js$/, ".ts");
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
