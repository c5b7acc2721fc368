import { packagesIn, type Lockfile } from "./project.ts";

/** Licences that ask for no more than to be named. */
const ALLOWED: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "PSF-2.0",
  "Unlicense",
];
/** Those of tools that are neither changed nor handed on. */
const ALLOWED_FOR_TOOLS: readonly string[] = [...ALLOWED, "CC-BY-4.0", "MPL-2.0", "Python-2.0"];

/**
 * Packages whose licence is not on the list, or is another one than the lockfile says; one line each.
 * @param installed the licence of what is installed in a folder, where it is
 */
export function licenceProblems(lockfile: Lockfile, installed: (folder: string) => string | undefined): string[] {
  return packagesIn(lockfile).flatMap(([folder, { license, dev }]) => {
    const licence = license ?? "none";
    const own = installed(folder);
    return [
      ...(isAllowed(licence, dev === true ? ALLOWED_FOR_TOOLS : ALLOWED)
        ? []
        : [`${folder}: the licence ${licence} is not on the list`]),
      ...(own === undefined || own === licence
        ? []
        : [`${folder}: the licence is ${own}, and ${licence} in package-lock.json`]),
    ];
  });
}

/** Whether one of the licences that may be chosen from is on the list. */
function isAllowed(expression: string, list: readonly string[]): boolean {
  const choices = expression.replace(/^\(|\)$/g, "").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((licence) => list.includes(licence)));
}
