import { readFileSync } from "node:fs";
import { Command } from "commander";
import { audit, auditProblems, readExplained } from "./audit.ts";
import { bundleProblems, contentsOfBundles } from "./bundled.ts";
import { dependenciesDocument } from "./document.ts";
import { licenceProblems } from "./licences.ts";
import { lockfileProblems } from "./lockfile.ts";
import { installedLicence, readLockfile, readManifest, readReasons } from "./project.ts";
import { committedSources, unusedDependencies } from "./unused.ts";

/** `npm run supply-chain`: what the project is made of, where that comes from, and what of it is deployed. */

const NOT_CHECKED = 3;

const command = new Command("npm run supply-chain --")
  .description("Checks where packages come from, their licences, what of them is deployed, and known advisories.")
  .option("--no-audit", "leave out the advisories, which need the registry")
  .addHelpText(
    "after",
    `
Exit codes:
  0  everything is as it should be
  1  something is not
  ${NOT_CHECKED}  the registry did not answer the audit, so advisories were not checked; everything else is as it should be`,
  );

process.exitCode = await main(command.parse().opts<{ audit: boolean }>().audit);

async function main(withAudit: boolean): Promise<number> {
  const manifest = readManifest();
  const lockfile = readLockfile();
  const reasons = readReasons();
  const direct = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const page = readFileSync(new URL("../../docs/dependencies.md", import.meta.url), "utf8");
  const passed = [
    told("lockfile", lockfileProblems(lockfile, manifest)),
    told("licences", licenceProblems(lockfile, installedLicence)),
    told(
      "bundles",
      bundleProblems(contentsOfBundles(), (folder) => lockfile.packages[folder]?.dev === true),
    ),
    told("unused", unusedDependencies(manifest, lockfile, committedSources())),
    told("reasons", [
      ...direct.filter((name) => !(name in reasons)).map((name) => `${name} has no reason`),
      ...Object.keys(reasons)
        .filter((name) => !direct.includes(name))
        .map((name) => `${name} has a reason and is not there`),
    ]),
    told("docs/dependencies.md", page === dependenciesDocument() ? [] : ["it is stale; npm run docs writes it anew"]),
  ].every(Boolean);
  const audited = withAudit ? await audit() : undefined;
  const clean = audited === undefined || told("advisories", auditProblems(audited, readExplained()));
  if (!passed || !clean) return 1;
  if (audited !== undefined || !withAudit) return 0;
  process.stdout.write("advisories: NOT CHECKED, the registry does not answer an audit\n");
  return NOT_CHECKED;
}

function told(what: string, problems: readonly string[]): boolean {
  process.stdout.write(`${what}: ${problems.length === 0 ? "ok" : `${problems.length} problems`}\n`);
  for (const problem of problems) process.stdout.write(`  ${problem}\n`);
  return problems.length === 0;
}
