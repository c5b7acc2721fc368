import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** Whether this is the npm package, whose files are compiled, and not a clone, which Node runs as it is. */
const PACKAGED = !import.meta.url.endsWith(".ts");
const SCRIPT = basename(process.argv[1] ?? "").replace(/\.(cmd|ps1)$/, "");

/** Whether kubectl called it as its plugin `remediate`, which is about the cluster that kubectl is about. */
export const IS_PLUGIN = SCRIPT === "kubectl-remediate";
/** Whether kubectl asks how the plugin's arguments may go on. */
export const COMPLETES_FOR_KUBECTL = SCRIPT === "kubectl_complete-remediate";

/** How whoever called the command line writes it, before the options. */
export const CALLED_AS = PACKAGED ? (IS_PLUGIN ? "kubectl remediate" : "npx eks-remediation") : "npm start --";

/** The version in `package.json`: the clone's, or the package's. */
export function ownVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
