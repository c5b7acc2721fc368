import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { pathTo } from "../../infra/packaged.ts";
import { buildPackage } from "./build.ts";

/** `npm run package`: the npm package with the command and the construct, as a file to install from. */

const { directory } = new Command("npm run package --")
  .description("Compiles the npm package, and packs it with npm pack. Prints the file to install from.")
  .option("--directory <folder>", "where to put it", pathTo("dist"))
  .parse()
  .opts<{ directory: string }>();

const destination = resolve(directory);
const folder = join(destination, "package");
mkdirSync(destination, { recursive: true });
buildPackage(folder);
const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", destination], {
  cwd: folder,
  encoding: "utf8",
});
const [{ filename = "" } = {}] = JSON.parse(packed) as { filename?: string }[];
process.stdout.write(`${join(destination, filename)}\n`);
