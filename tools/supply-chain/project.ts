import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The parts of `package.json` that say what the project is made of. */
export interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  /** Packages whose install scripts may run. */
  allowScripts: Record<string, boolean>;
}

/** One installed package, as `package-lock.json` has it. */
export interface LockedPackage {
  version: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  /** Part of another package's archive, whose hash covers it. */
  inBundle?: boolean;
  link?: boolean;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

export interface Lockfile {
  lockfileVersion: number;
  /** By their folders; the project itself is at the empty one. */
  packages: Record<string, LockedPackage & Partial<Manifest>>;
}

/** Why a direct dependency is there, and what takes its place if nothing imports it. */
export type Reasons = Readonly<Record<string, string>>;

export function readManifest(): Manifest {
  return readJson("package.json") as Manifest;
}

export function readLockfile(): Lockfile {
  return readJson("package-lock.json") as Lockfile;
}

export function readReasons(): Reasons {
  return readJson("tools/supply-chain/reasons.json") as Reasons;
}

/** The licence in the package's own `package.json`; undefined when it is not installed, as those for other systems are not. */
export function installedLicence(folder: string): string | undefined {
  if (!existsSync(pathTo(`${folder}/package.json`))) return undefined;
  const { license } = readJson(`${folder}/package.json`) as { license?: string };
  return license;
}

/** The package in a folder of `node_modules`. */
export function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** All packages but the project itself. */
export function packagesIn({ packages }: Lockfile): [folder: string, locked: LockedPackage][] {
  return Object.entries(packages).filter(([folder]) => folder !== "");
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(pathTo(file), "utf8"));
}

function pathTo(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}
