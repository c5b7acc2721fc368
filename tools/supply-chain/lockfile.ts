import { nameOf, packagesIn, type Lockfile, type Manifest } from "./project.ts";

/** The one place that packages come from. */
const REGISTRY = "https://registry.npmjs.org/";
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
/** The only hash that is not broken of those that npm writes. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** What is wrong with where packages come from and what they may do when they are installed; one line each. */
export function lockfileProblems(lockfile: Lockfile, manifest: Manifest): string[] {
  const direct = { ...manifest.dependencies, ...manifest.devDependencies };
  const root = lockfile.packages[""];
  const locked = { ...root?.dependencies, ...root?.devDependencies };
  const packages = packagesIn(lockfile);
  const scripted = new Set(
    packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([folder]) => nameOf(folder)),
  );
  const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
  return [
    ...Object.entries(direct).flatMap(([name, version]) => [
      ...(EXACT.test(version) ? [] : [`${name} is not pinned to one version: ${version}`]),
      ...(locked[name] === version
        ? []
        : [`${name} ${version} is ${locked[name] ?? "not there"} in package-lock.json`]),
    ]),
    ...Object.keys(locked)
      .filter((name) => !(name in direct))
      .map((name) => `${name} is in package-lock.json alone`),
    ...packages.flatMap(([folder, { resolved, integrity, inBundle, link }]) => [
      ...(link === true ? [`${folder} is a link`] : []),
      ...(inBundle === true || INTEGRITY.test(integrity ?? "") ? [] : [`${folder} has no SHA-512 hash`]),
      ...(resolved === undefined || resolved.startsWith(REGISTRY) ? [] : [`${folder} comes from ${resolved}`]),
    ]),
    ...[...scripted]
      .filter((name) => !allowed.includes(name))
      .map((name) => `${name} has an install script that is not allowed`),
    ...allowed
      .filter((name) => !scripted.has(name))
      .map((name) => `${name} has no install script that needs to be allowed`),
  ];
}
