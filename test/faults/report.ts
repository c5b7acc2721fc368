import { FAULTS, type FaultName } from "./proxy/fault.ts";
import { describeRequest } from "./invariants.ts";
import type { Played } from "./play.ts";
import type { Situation } from "./situations.ts";
import { tallyTable } from "./tally.ts";
import { columnOf, keyOf, optionsOf, type Trial } from "./trial.ts";

/** Everything that a run of the suite found. */
export interface Results {
  situations: readonly Situation[];
  /** The clean runs, which say how many requests there are. */
  clean: readonly Played[];
  played: readonly Played[];
}

/** One line for each broken promise: where, what, and how to see it alone. */
export function describeViolations({ situation, trial, outcome, requests, violations }: Played): string[] {
  const hit = requests.filter(({ fault }) => fault !== undefined);
  const at = hit.map(
    ({ number, method, path, query, by, fault }) =>
      `request ${number} (${method} ${path}${query === "" ? "" : `?${query}`} by ${by.split("/").at(-1) ?? ""}) met ${fault ?? ""}`,
  );
  return violations.map(
    ({ invariant, detail }) =>
      `${situation}, ${at.join("; ") || "nothing spoiled"}: ${invariant}: ${detail} [outcome: ${outcome}]\n  npm run test:faults -- --part requests --scenario ${situation} ${optionsOf(trial)}`,
  );
}

/** A row for each fault, a column for each situation. */
export function table(played: readonly Played[]): string {
  const usual = new Map(played.filter(isClean).map(({ situation, outcome }) => [situation, outcome]));
  return tallyTable(
    "fault",
    played.filter(isPrepared).map(({ situation, trial, outcome, violations }) => ({
      row: columnOf(trial),
      column: situation,
      asClean: outcome === usual.get(situation),
      violations: violations.length,
    })),
  );
}

/** What is kept of the runs in `test-results/faults`. */
export function document({ clean, played }: Results): object {
  return {
    requests: Object.fromEntries(clean.map(({ situation, requests }) => [situation, requests.length])),
    runs: played.map(({ situation, trial, outcome, seconds: took, requests, violations, unprepared }) => ({
      situation,
      trial,
      outcome,
      seconds: took,
      spoiled: requests.filter(({ fault }) => fault !== undefined),
      violations,
      unprepared,
    })),
  };
}

/** The part of docs/reliability.md that holds figures. */
export function figures(results: Results): string {
  const { situations, clean, played } = results;
  const prepared = played.filter(isPrepared);
  const faults = new Set(prepared.map(({ trial }) => columnOf(trial)));
  const requests = situations
    .map(({ name, summary, outcome }) => {
      const run = clean.find(({ situation }) => situation === name);
      return `| \`${name}\` | ${summary} | ${outcome} | ${run?.requests.length ?? "?"} |`;
    })
    .join("\n");
  return `
| situation | what it is | outcome when nothing goes wrong | requests |
| --- | --- | --- | --- |
${requests}

${spoiledText(prepared)}

Each cell is the number of runs, and after a slash how many ended with the same outcome as a run without a fault; broken
promises follow in bold.

${table(prepared)}
${brokenPromises(prepared)}
| fault | what happens to the request |
| --- | --- |
${[...faults]
  .filter((name): name is FaultName => name in FAULTS)
  .map((name) => `| \`${name}\` | ${FAULTS[name].description} |`)
  .join("\n")}
`;
}

/** How much was spoiled; a run that took another way may have ended before the request that was to be spoiled. */
function spoiledText(played: readonly Played[]): string {
  const hit = played.filter(({ requests }) => requests.some(({ fault }) => fault !== undefined));
  const faults = hit.reduce((total, { requests }) => total + requests.filter(({ fault }) => fault).length, 0);
  const triples = hit.flatMap(({ situation, trial }) => (trial.kind === "one" ? [keyOf(situation, trial)] : []));
  const distinct = new Set(triples).size.toLocaleString("en");
  return `${faults.toLocaleString("en")} requests were spoiled in ${hit.length.toLocaleString("en")} runs: ${distinct} different triples of situation, request and fault.`;
}

/** Where promises were broken, one row each; empty when all were kept. */
function brokenPromises(played: readonly Played[]): string {
  const rows = played.flatMap(({ situation, trial, outcome, requests, violations }) => {
    const hit = requests
      .filter(({ fault }) => fault !== undefined)
      .map(({ method, path }) => describeRequest(method, path));
    return violations.map(
      ({ invariant }) =>
        `| \`${situation}\` | ${columnOf(trial)} | ${hit.join(", ")} | ${outcome} | \`${invariant}\` |`,
    );
  });
  if (rows.length === 0) return "";
  const head = "| situation | fault | request | outcome | broken promise |\n| --- | --- | --- | --- | --- |";
  return `\nThese promises were broken:\n\n${head}\n${[...new Set(rows)].join("\n")}\n`;
}

function isClean({ trial }: { trial: Trial }): boolean {
  return trial.kind === "clean";
}

function isPrepared({ unprepared }: Played): boolean {
  return unprepared === undefined;
}
