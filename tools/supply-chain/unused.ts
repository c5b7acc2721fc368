import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lockfile, Manifest } from "./project.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Commands that are called by another name than their package has. */
const COMMANDS: Readonly<Record<string, string>> = { "aws-cdk": "cdk", typescript: "tsc" };

/** The text of every committed source and script. */
export function committedSources(): string[] {
  const files = execFileSync("git", ["ls-files", "*.ts", "*.js", "*.json", ".ci/run"], { cwd: ROOT, encoding: "utf8" });
  return files
    .split("\n")
    .filter(
      (file) =>
        file !== "" &&
        !file.startsWith("package") &&
        !file.startsWith("tools/supply-chain/") &&
        !file.startsWith("docs/"),
    )
    .map((file) => readFileSync(join(ROOT, file), "utf8"));
}

/** Direct dependencies that no source imports, no script calls, and no other direct dependency asks for. */
export function unusedDependencies(manifest: Manifest, lockfile: Lockfile, sources: readonly string[]): string[] {
  const direct = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const peers = new Set(
    direct.flatMap((name) => Object.keys(lockfile.packages[`node_modules/${name}`]?.peerDependencies ?? {})),
  );
  const scripts = Object.values(manifest.scripts);
  return direct.filter((name) => {
    const imported = sources.some((text) => text.includes(`"${name}"`) || text.includes(`"${name}/`));
    const command = new RegExp(`(^|[ /])${COMMANDS[name] ?? name}( |$)`, "m");
    // The types of what is built into Node.
    return !imported && !peers.has(name) && !scripts.some((script) => command.test(script)) && name !== "@types/node";
  });
}
