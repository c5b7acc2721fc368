import { fileURLToPath } from "node:url";

/** Whether this is the npm package, whose files are compiled, and not a clone, which Node runs as it is. */
export const PACKAGED = !import.meta.url.endsWith(".ts");

/** A file of the project, by its path from the root; the package has those that it needs in the same places. */
export function pathTo(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}

/** Where the package has the bundle of a handler, which is named by its source: a folder for Lambda, with `index.mjs` in it. */
export function folderOfBundle(handler: string): string {
  return handler.replace(/\.ts$/, "");
}
