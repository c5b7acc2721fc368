import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { Argument, Command } from "commander";
import { ROOMS, WANTED, type Room } from "./rooms.ts";
import { recordScores } from "./scores.ts";
import { percent, readExplained, verdictOf, type Verdict } from "./survivors.ts";

/** `npm run test:mutation`: changes the decisions one by one, and sees whether a test notices. */

interface Options {
  file?: string;
  again?: boolean;
  record?: boolean;
}

const RESULTS = join("test-results", "mutation");
const names = ROOMS.map(({ name }) => name);

const command = new Command("npm run test:mutation --")
  .description("Changes the code of each room in many small ways, and sees whether a test of the room notices.")
  .addArgument(new Argument("[rooms...]", "which rooms").choices(names).default(names, "all of them"))
  .option("--file <pattern>", "only these files of the rooms; FILE:10-20 for some lines")
  .option("--again", "run only those that earlier tests did not kill, and what was changed since")
  .option("--record", `write the scores to docs/reliability.md; not with --file`)
  .addHelpText(
    "after",
    `
What no test notices is printed as the line that it was and the line that it became, and written to ${RESULTS}/;
${RESULTS}/ROOM.html shows all mutants. test/mutation/explained.json holds those that are as good as the code, and why.

Exit codes:
  0  each room reaches ${WANTED} %, and whatever survived is explained
  1  a room does not, something survived that is not explained, or something is explained that does not survive`,
  );

command.parse();
process.exitCode = await main(command.processedArgs[0] as string[], command.opts<Options>());

async function main(chosen: readonly string[], options: Options): Promise<number> {
  const { file, record } = options;
  const verdicts: Record<string, Verdict> = {};
  for (const room of ROOMS.filter(({ name }) => chosen.includes(name))) {
    verdicts[room.name] = await mutate(room, options);
  }
  for (const [name, verdict] of Object.entries(verdicts)) tell(name, verdict);
  if (record === true && file === undefined) {
    await recordScores(Object.fromEntries(Object.entries(verdicts).map(([name, { score }]) => [name, score])));
  }
  return Object.values(verdicts).every(isGood) ? 0 : 1;
}

async function mutate({ name, mutate, tests }: Room, { file, again = false }: Options): Promise<Verdict> {
  const stryker = new Stryker({
    mutate: file === undefined ? [...mutate] : [file],
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    // Without a question mark that is needed it does not compile, and the linter finds one that is not.
    mutator: { excludedMutations: ["OptionalChaining"] },
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false, pool: "threads" },
    testFiles: [...tests],
    coverageAnalysis: "perTest",
    // A worker loads a module once, before a mutant is chosen.
    ignoreStatic: true,
    // What was killed stays killed while neither the code nor the test that killed it has changed.
    incremental: true,
    incrementalFile: join(RESULTS, `${name}-incremental.json`),
    force: !again,
    // One worker that keeps what it has loaded is quicker than two that share a small machine with others.
    concurrency: 1,
    reporters: ["html", "progress-append-only"],
    htmlReporter: { fileName: join(RESULTS, `${name}.html`) },
    // On a machine that is busy with other things, too, what takes long does not hang yet.
    timeoutMS: 20_000,
    tempDirName: join(tmpdir(), "mutation"),
    cleanTempDir: "always",
    allowConsoleColors: false,
  });
  const mutants = (await stryker.runMutationTest()).map((mutant) => ({
    ...mutant,
    fileName: relative(process.cwd(), mutant.fileName),
  }));
  const verdict = verdictOf(mutants, readExplained(), (path) => readFileSync(path, "utf8"));
  mkdirSync(RESULTS, { recursive: true });
  const survivors = verdict.survivors.map((survivor) => ({ ...survivor, why: "" }));
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(survivors, null, 2)}\n`);
  return verdict;
}

function isGood({ score, survivors, stale }: Verdict): boolean {
  return percent(score) >= WANTED && survivors.length === 0 && stale.length === 0;
}

function tell(name: string, { score, survivors, stale }: Verdict): void {
  const { mutants, killed, explained } = score;
  for (const { file, line, code, becomes } of survivors) {
    console.log(`\n${file}:${line}\n- ${code}\n+ ${becomes}`);
  }
  for (const { file, code, becomes } of stale) {
    console.log(`\n${file}: explained, and does not survive\n- ${code}\n+ ${becomes}`);
  }
  console.log(
    `\n${name}: ${killed} of ${mutants} mutants killed, ${percent(score).toFixed(1)} %; ` +
      `${explained} explained, ${survivors.length} not.`,
  );
}
