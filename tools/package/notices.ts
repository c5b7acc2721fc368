import { readdirSync, readFileSync } from "node:fs";
import { pathTo } from "../../infra/packaged.ts";

/** What packages call the files that have to be handed on with them. */
const LICENCE_FILE = /^(licen[cs]e|notice|copying)([.-]|$)/i;

/**
 * Names every package of which something is in a bundle, with its licence and what it asks to be handed on.
 * @param inputs the files that the bundles were made from
 */
export function noticesOf(inputs: readonly string[]): string {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const parts = [...new Set(folders)].sort().map(noticeOf);
  return `Parts of these packages are in this one.\n\n${[...new Set(parts)].join("\n")}`;
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(pathTo(`${folder}/package.json`), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const files = readdirSync(pathTo(folder)).filter((file) => LICENCE_FILE.test(file) && !/\.[jt]s$/.test(file));
  const texts = files.sort().map((file) => readFileSync(pathTo(`${folder}/${file}`), "utf8").trim());
  return [`== ${name} ${version}: ${license ?? "see below"}`, ...texts].join("\n\n") + "\n";
}
