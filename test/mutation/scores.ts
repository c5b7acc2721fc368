import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { ROOMS, WANTED } from "./rooms.ts";
import { percent, type Score } from "./survivors.ts";

const SCORES = new URL("scores.json", import.meta.url);
const PAGE = new URL("../../docs/reliability.md", import.meta.url);
const TITLE = "## Mutants of the decisions";

/** The scores of the rooms that were measured, by their names. */
export function readScores(): Record<string, Score> {
  return JSON.parse(readFileSync(SCORES, "utf8")) as Record<string, Score>;
}

/** Keeps the scores of some rooms, and writes the chapter of docs/reliability.md anew. */
export async function recordScores(scores: Record<string, Score>): Promise<void> {
  const kept = { ...readScores(), ...scores };
  writeFileSync(SCORES, `${JSON.stringify(kept, null, 2)}\n`);
  const [before = "", after = ""] = readFileSync(PAGE, "utf8").split(TITLE);
  const next = after.search(/^## /m);
  const chapter = `${mutationChapter(kept)}\n\n${next < 0 ? "" : after.slice(next)}`;
  writeFileSync(PAGE, await asPage(`${before}\n\n${chapter}`));
}

/** Markdown as it stands in docs. */
export async function asPage(markdown: string): Promise<string> {
  return await format(markdown, { parser: "markdown", printWidth: 120 });
}

/** The chapter of docs/reliability.md on what the unit tests notice. */
export function mutationChapter(scores: Record<string, Score>): string {
  const rows = ROOMS.map(({ name }) => {
    const score = scores[name];
    if (score === undefined) return `| \`${name}\` | not measured | | | | |`;
    const { mutants, killed, explained } = score;
    const left = mutants - killed - explained;
    return `| \`${name}\` | ${mutants} | ${killed} | ${explained} | ${left} | ${percent(score).toFixed(1)} % |`;
  });
  return `${TITLE}

Whether the tests would notice a wrong decision: the code of the rooms that decide is changed in many small ways, one at a
time, and the room's unit tests run on each. A condition that is always true, a comparison turned round, a text left empty,
a block left out: a test has to fail. The score is the share of mutants for which one does; ${WANTED} % is wanted of each room.
What is explained changes nothing that anybody could see; \`test/mutation/explained.json\` says why for each.

\`npm run test:mutation\`; with \`-- verify\` one room.

| room | mutants | killed | explained | survive | score |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}`;
}
