import { markdownTable } from "../docs/markdown-table.ts";
import { contentsOfBundles } from "./bundled.ts";
import { nameOf, packagesIn, readLockfile, readManifest, readReasons, type Lockfile } from "./project.ts";

/** Every package that is installed, with its licence, and why it is there. */
export function dependenciesDocument(): string {
  const lockfile = readLockfile();
  const { dependencies, devDependencies } = readManifest();
  const reasons = readReasons();
  const bundled = new Set(Object.values(contentsOfBundles()).flatMap(({ packages }) => packages));
  const direct = Object.keys({ ...dependencies, ...devDependencies }).map((name) => `node_modules/${name}`);
  const row = (folder: string, why: string) => {
    const { version = "", license = "none", dev = false } = lockfile.packages[folder] ?? {};
    return [nameOf(folder), version, license, bundled.has(folder) ? "bundled" : dev ? "dev" : "runtime", why];
  };
  const others = packagesIn(lockfile)
    .map(([folder]) => folder)
    .filter((folder) => !direct.includes(folder))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : a < b ? -1 : 1));
  const wanted = neededBy(lockfile);
  return `# Dependencies

Written by \`npm run docs\` from \`package-lock.json\` and \`tools/supply-chain/reasons.json\`; \`npm run supply-chain\` checks
it, and what it says.

\`bundled\`: some of it is in the bundle of a function that is deployed. \`runtime\`: it runs on the machine that deploys, or
that runs the workflow locally. \`dev\`: it builds and tests. Bundles go into an AWS account of whoever deploys them; the
npm package hands them on with the licences in its \`NOTICES\`.

## Asked for

${markdownTable([["package", "version", "licence", "where", "why"], ...direct.map((folder) => row(folder, reasons[nameOf(folder)] ?? ""))]).join("\n")}

## Brought by these

${markdownTable([["package", "version", "licence", "where", "needed by"], ...others.map((folder) => row(folder, wanted.get(nameOf(folder)) ?? ""))]).join("\n")}
`;
}

/** For each package the first one that asks for it. */
function neededBy(lockfile: Lockfile): Map<string, string> {
  const wanted = new Map<string, string>();
  for (const [folder, { dependencies, optionalDependencies, peerDependencies }] of packagesIn(lockfile)) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      if (!wanted.has(name)) wanted.set(name, nameOf(folder));
    }
  }
  return wanted;
}
