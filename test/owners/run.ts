import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * `npm run test:owners -- TOOL ...`: plays what is done through tools with their own controllers, on a real control plane; all
 * of them when none is named. Each controller is built once, which takes minutes. Options go to vitest as they are, their
 * values written with `=`.
 */

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const tools = readdirSync(fileURLToPath(new URL(".", import.meta.url)), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith("-"));
const wanted = args.filter((arg) => !arg.startsWith("-"));
const unknown = wanted.filter((name) => !tools.includes(name));

if (unknown.length > 0) {
  process.stderr.write(`Nothing is played with ${unknown.join(" or ")}. There is: ${tools.join(", ")}\n`);
  process.exitCode = 1;
} else {
  const projects = (wanted.length === 0 ? tools : wanted).map((name) => `--project=${name}`);
  const { status } = spawnSync(process.execPath, [VITEST, "run", ...projects, ...options], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
