import { FAULTS, type FaultName } from "../../local/faults/fault.ts";
import { describeRequest } from "./invariants.ts";
import type { Played } from "./play.ts";
import type { Situation } from "./situations.ts";
import { columnOf, optionsOf, type Trial } from "./trial.ts";

/** Figures of all runs of one situation with one fault. */
interface Cell {
  runs: number;
  /** How many ended as they do when nothing goes wrong. */
  asClean: number;
  violations: number;
}

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

/** A table of text: a row for each fault, a column for each situation; `runs/as clean/violations`. */
export function table({ situations, played }: Pick<Results, "situations" | "played">): string {
  const rows = cells(played);
  const head = ["fault", ...situations.map(({ name }) => name), "all"];
  const body = [...rows].map(([fault, byName]) => [
    fault,
    ...situations.map(({ name }) => cellText(byName.get(name))),
    cellText(sum([...byName.values()])),
  ]);
  const all = situations.map(({ name }) => sum([...rows.values()].flatMap((byName) => byName.get(name) ?? [])));
  body.push(["all", ...all.map(cellText), cellText(sum(all))]);
  const lines = [head, head.map(() => "---"), ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => {
      const padded = line.map((text, column) =>
        text === "---" ? "-".repeat(widths[column] ?? 3) : text.padEnd(widths[column] ?? 0),
      );
      return `| ${padded.join(" | ")} |`;
    })
    .join("\n");
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
  const prepared = played.filter(({ unprepared }) => unprepared === undefined);
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

Each cell is the number of runs, and after a slash how many ended with the same outcome as a run without a fault; broken
promises follow in bold.

${table({ situations, played: prepared })}
${brokenPromises(prepared)}
| fault | what happens to the request |
| --- | --- |
${[...cells(prepared).keys()]
  .filter((name): name is FaultName => name in FAULTS)
  .map((name) => `| \`${name}\` | ${FAULTS[name].description} |`)
  .join("\n")}
`;
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

function cells(played: readonly Played[]): Map<string, Map<string, Cell & { situation: string }>> {
  const rows = new Map<string, Map<string, Cell & { situation: string }>>();
  const cleanOf = new Map(played.filter(isClean).map(({ situation, outcome }) => [situation, outcome]));
  for (const { situation, trial, outcome, violations, unprepared } of played) {
    if (unprepared !== undefined) continue;
    const row = rows.get(columnOf(trial)) ?? new Map<string, Cell & { situation: string }>();
    rows.set(columnOf(trial), row);
    const cell = row.get(situation) ?? { situation, runs: 0, asClean: 0, violations: 0 };
    row.set(situation, cell);
    cell.runs++;
    cell.violations += violations.length;
    if (outcome === cleanOf.get(situation)) cell.asClean++;
  }
  return rows;
}

function isClean({ trial }: { trial: Trial }): boolean {
  return trial.kind === "clean";
}

function sum(all: readonly Cell[]): Cell {
  return all.reduce(
    (total, { runs, asClean, violations }) => ({
      runs: total.runs + runs,
      asClean: total.asClean + asClean,
      violations: total.violations + violations,
    }),
    { runs: 0, asClean: 0, violations: 0 },
  );
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined || cell.runs === 0) return "";
  return `${cell.runs}/${cell.asClean}${cell.violations === 0 ? "" : ` **${cell.violations}**`}`;
}
