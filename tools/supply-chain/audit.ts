import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

/** An advisory that does not apply, and why. */
export interface Explained {
  /** As the advisory database names it, for example `GHSA-xxxx-xxxx-xxxx`. */
  id: string;
  reason: string;
}

/** What the audit found; undefined when the registry does not answer it. */
export interface Audit {
  advisories: { id: string; package: string; title: string }[];
}

interface Report {
  vulnerabilities?: Record<string, { via: (string | { url?: string; title?: string; name?: string })[] }>;
}

/** Asks the registry for known advisories on what is in the lockfile. */
export async function audit(): Promise<Audit | undefined> {
  const output = await new Promise<string>((resolve) => {
    execFile("npm", ["audit", "--json"], { maxBuffer: 1 << 26 }, (_error, stdout) => {
      // It ends with an error when there are advisories, too.
      resolve(stdout);
    });
  });
  return readAudit(output);
}

/** What `npm audit --json` printed; undefined for anything but its report. */
export function readAudit(output: string): Audit | undefined {
  let report: Report;
  try {
    report = JSON.parse(output) as Report;
  } catch {
    return undefined;
  }
  if (report.vulnerabilities === undefined) return undefined;
  const via = Object.values(report.vulnerabilities).flatMap((each) => each.via);
  const own = via.filter((each) => typeof each !== "string");
  const advisories = own.map(({ url = "", name = "", title = "" }) => ({
    id: url.split("/").at(-1) ?? "",
    package: name,
    title,
  }));
  return { advisories: [...new Map(advisories.map((each) => [each.id, each])).values()] };
}

/** Advisories that nobody has explained, and explanations of what is none any more; one line each. */
export function auditProblems({ advisories }: Audit, explained: readonly Explained[]): string[] {
  const ids = advisories.map(({ id }) => id);
  return [
    ...advisories
      .filter(({ id }) => !explained.some((each) => each.id === id))
      .map(({ id, package: name, title }) => `${name}: ${title} (${id})`),
    ...explained
      .filter(({ id }) => !ids.includes(id))
      .map(({ id }) => `${id} is explained, and does not apply any more`),
  ];
}

export function readExplained(): Explained[] {
  return JSON.parse(readFileSync(new URL("advisories.json", import.meta.url), "utf8")) as Explained[];
}
