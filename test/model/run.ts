import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Command } from "commander";
import { MODELS, VARIANTS, verdictOf, type Verdict } from "./variants.ts";

/**
 * `npm run test:model`: explores the protocol of the claim and that of the limits in full, then each variant of them that lacks a
 * rule, in which something has to be found. Ends with 1 where that is not so, with 2 where the tools are missing.
 */

const run = promisify(execFile);
const TOOLS = ["spin", "gcc"];
/** How deep the search may go: more than any path is long. */
const DEPTH = 500_000;

const { json } = new Command("npm run test:model --")
  .description(
    "Explores the protocols of the claim and of the limits, and what goes wrong without each of their rules.",
  )
  .option("--json", "print the verdicts as JSON")
  .addHelpText(
    "after",
    "\nNeeds spin and gcc, and takes some minutes on two cores. docs/protocol.md says what is held.",
  )
  .parse()
  .opts<{ json?: boolean }>();

const missing = TOOLS.filter((tool) => !isThere(tool));
if (missing.length > 0) {
  console.error(`Not found: ${missing.join(", ")}. On Debian and Ubuntu: sudo apt-get install ${missing.join(" ")}`);
  process.exit(2);
}

const verdicts: { rule: string; verdict: Verdict; asExpected: boolean }[] = [];
for (const model of MODELS) note(`all rules of ${model}`, await explore(model, []), ({ complete }) => complete);
for (const { model, define, rule } of VARIANTS) {
  note(`without: ${rule}`, await explore(model, [`-D${define}`]), ({ violated }) => violated !== undefined);
}
if (json === true) console.log(JSON.stringify(verdicts, undefined, 2));
process.exitCode = verdicts.every(({ asExpected }) => asExpected) ? 0 : 1;

function note(rule: string, verdict: Verdict, isExpected: (verdict: Verdict) => boolean): void {
  const asExpected = isExpected(verdict);
  verdicts.push({ rule, verdict, asExpected });
  if (json === true) return;
  const found = verdict.violated === undefined ? "nothing is found" : `found: ${verdict.violated}`;
  const whole = verdict.violated === undefined && !verdict.complete ? ", but not every state was looked at" : "";
  console.log(`${asExpected ? "as expected" : "UNEXPECTED "}  ${rule}: ${found}${whole} (${verdict.states} states)`);
}

/** Has spin write a verifier for a model, and runs it. */
async function explore(model: string, defines: string[]): Promise<Verdict> {
  const cwd = mkdtempSync(join(tmpdir(), "model-"));
  try {
    copyFileSync(fileURLToPath(new URL(model, import.meta.url)), join(cwd, model));
    await run("spin", ["-a", ...defines, model], { cwd });
    await run("gcc", ["-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=2048", "-o", "pan", "pan.c"], { cwd });
    const { stdout } = await run("./pan", [`-m${DEPTH}`, "-w26"], { cwd, maxBuffer: 1 << 26 });
    return verdictOf(stdout);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

function isThere(tool: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
