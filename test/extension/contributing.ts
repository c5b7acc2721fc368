import { readFileSync } from "node:fs";

const CONTRIBUTING = new URL("../../CONTRIBUTING.md", import.meta.url);

/** The product's files, wherever they are generated. */
const PATH = /`((?:functions|infra|statemachines|local|tools)\/[^`]+)`/g;

/**
 * The files that the numbered list under a heading of CONTRIBUTING.md names, in its order; `NAME` stands for any name, and a
 * folder for what is in it.
 * @throws Error where there is no such list
 */
export function listedUnder(heading: string): string[] {
  const [, section] = readFileSync(CONTRIBUTING, "utf8").split(`\n## ${heading}\n`);
  const list = section
    ?.split("\n## ")[0]
    ?.split("\n\n")
    .find((paragraph) => /^\s*1\. /.test(paragraph));
  if (list === undefined) throw new Error(`CONTRIBUTING.md has no list under ${heading}.`);
  return [...list.matchAll(PATH)].map(([, path = ""]) => path);
}

/** Which of the files the list does not name, and which entries of the list stand for none of them. */
export function compareWith(listed: readonly string[], files: readonly string[]) {
  return {
    unlisted: files.filter((file) => !listed.some((entry) => standsFor(entry, file))),
    unchanged: listed.filter((entry) => !files.some((file) => standsFor(entry, file))),
  };
}

function standsFor(entry: string, file: string): boolean {
  const pattern = entry
    .split("NAME")
    .map((part) => part.replaceAll(".", "\\."))
    .join("[^/]+");
  return new RegExp(`^${pattern}${entry.endsWith("/") ? ".+" : "$"}`).test(file);
}
