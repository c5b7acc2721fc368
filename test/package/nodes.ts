import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inheritedPath } from "./installed.ts";

/** One Node of this machine. */
export interface InstalledNode {
  /** Its major version: `20`. */
  major: string;
  /** The program. */
  path: string;
}

/**
 * The Nodes that the package is tried on, one a major version: the one that runs the tests, those on the path, and those that
 * `REMEDIATION_TEST_NODES` names, with `:` between them.
 */
export function installedNodes(): InstalledNode[] {
  const named = (process.env["REMEDIATION_TEST_NODES"] ?? "").split(":").filter((path) => path !== "");
  const found = inheritedPath().map((folder) => join(folder, "node"));
  const paths = [process.execPath, ...named, ...found.filter((path) => existsSync(path))];
  const byMajor = paths.map((path): [string, string] => [majorOf(path), path]).reverse();
  // The first of a version is kept.
  return [...new Map(byMajor)].map(([major, path]) => ({ major, path })).filter(({ major }) => Number(major) >= 20);
}

function majorOf(path: string): string {
  const version = execFileSync(path, ["--version"], { encoding: "utf8" });
  return /^v(\d+)/.exec(version)?.[1] ?? "0";
}
