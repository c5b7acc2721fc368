import { readFileSync } from "node:fs";
import { pathTo } from "../../infra/packaged.ts";

/** The project's own `package.json`, as far as the package's is made from it. */
interface ProjectManifest {
  name: string;
  version: string;
  description: string;
  license: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** Where in the package the command line is, and what prints the permissions. */
export const COMMAND_LINE = "local/command-line/main.js";
export const PRINT_RBAC = "infra/print-rbac.js";
/** The construct. CommonJS: apps of either kind can import it. */
export const CONSTRUCT = "cdk/index.js";
/** What the construct takes the layer with Helm from, where the policy has it rolled back with. */
const HELM_LAYER = "@aws-cdk/lambda-layer-kubectl-v35";

/**
 * The `package.json` of what is installed. All that runs is bundled, so that the command line needs no dependency: `zod` is there
 * for the construct's declarations, and the CDK is whoever's app it is; npm does not install an optional peer by itself.
 */
export function packageManifest(): Record<string, unknown> {
  const { name, version, description, license, dependencies, devDependencies } = readProjectManifest();
  const peers = {
    "aws-cdk-lib": atLeast(dependencies["aws-cdk-lib"]),
    constructs: atLeast(dependencies["constructs"]),
    [HELM_LAYER]: atLeast(devDependencies[HELM_LAYER]),
  };
  return {
    name,
    version,
    description,
    license,
    keywords: ["kubernetes", "eks", "remediation", "aws-cdk", "step-functions", "kubectl-plugin"],
    type: "module",
    engines: { node: ">=20" },
    bin: {
      [name]: COMMAND_LINE,
      "kubectl-remediate": COMMAND_LINE,
      "kubectl_complete-remediate": COMMAND_LINE,
      [`${name}-rbac`]: PRINT_RBAC,
    },
    exports: {
      "./cdk": { types: "./cdk/index.d.ts", default: `./${CONSTRUCT}` },
      "./package.json": "./package.json",
    },
    dependencies: { zod: dependencies["zod"] },
    peerDependencies: peers,
    peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((peer) => [peer, { optional: true }])),
  };
}

function readProjectManifest(): ProjectManifest {
  return JSON.parse(readFileSync(pathTo("package.json"), "utf8")) as ProjectManifest;
}

function atLeast(version: string | undefined): string {
  return `^${version ?? ""}`;
}
