import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

/** A block of a document that stands between fences. */
export interface Block {
  document: string;
  language: string;
  text: string;
}

/** The documents that people read first, from the root of the project. */
export function documents(): string[] {
  const below = readdirSync(new URL("docs/", ROOT)).filter((name) => name.endsWith(".md"));
  return ["README.md", "CONTRIBUTING.md", ...below.map((name) => `docs/${name}`)];
}

/** The blocks of a document. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(new URL(document, ROOT), "utf8");
  return [...text.matchAll(/^( *)```(\w*)\n(.*?)^ *```/gms)].map(([, indent = "", language = "", body = ""]) => ({
    document,
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** Whether a path, from the root of the project or from where the package is installed, is there. */
export function isThere(path: string): boolean {
  return existsSync(new URL(path.replace(/^node_modules\/eks-remediation\//, ""), ROOT));
}

export function pathOf(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}
