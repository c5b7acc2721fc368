import { tmpdir } from "node:os";
import { bundleFunctions, type BuiltFunction } from "../bundle.ts";
import { nameOf } from "./project.ts";

/** What is in the bundle of one function. */
export interface Contents {
  /** Folders of packages, each with something of it in the bundle. */
  packages: string[];
  /** Sources of this project. */
  sources: string[];
}

let known: Readonly<Record<string, Contents>> | undefined;

/** What is in the bundle of each function, by its name. */
export function contentsOfBundles(): Readonly<Record<string, Contents>> {
  known ??= Object.fromEntries(bundleFunctions(tmpdir(), false).map(({ name, inputs }) => [name, contentsOf(inputs)]));
  return known;
}

function contentsOf(bundled: BuiltFunction["inputs"]): Contents {
  const inputs = Object.keys(bundled).filter((path) => (bundled[path]?.bytesInOutput ?? 0) > 0);
  const folders = inputs.flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return {
    packages: [...new Set(folders)].sort(),
    sources: inputs.filter((path) => !path.includes("node_modules/")),
  };
}

/** Packages that are in one bundle in several versions, and sources that do not belong there; one line each. */
export function bundleProblems(
  bundles: Readonly<Record<string, Contents>>,
  isDev: (folder: string) => boolean,
): string[] {
  return Object.entries(bundles).flatMap(([name, { packages, sources }]) => {
    const twice = Map.groupBy(packages, nameOf);
    return [
      ...[...twice]
        .filter(([, folders]) => folders.length > 1)
        .map(([each]) => `${name}: ${each} is in its bundle twice`),
      ...packages.filter(isDev).map((folder) => `${name}: ${nameOf(folder)} is a development dependency`),
      ...sources.filter((path) => !path.startsWith("functions/")).map((path) => `${name}: ${path} is in its bundle`),
    ];
  });
}
