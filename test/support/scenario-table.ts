import type { Report } from "../../functions/shared/contracts.ts";

/** How one run of a scenario went. */
export interface PlayedRound {
  scenario: string;
  summary: string;
  /** Which run of the scenario it was, from 0. */
  round: number;
  outcomes: string[];
  reports: Report[];
}

/** The table of scenarios for people: one row for each workload that a run looked after. */
export function scenarioTable(rounds: PlayedRound[]): string {
  const ordered = rounds.toSorted((a, b) => a.scenario.localeCompare(b.scenario) || a.round - b.round);
  const rows = ordered.flatMap(({ scenario, summary, round, outcomes, reports }) => {
    const lines = reports.length === 0 ? [["-", "-", outcomes.join(", ")]] : reports.map(cells);
    return lines.map((line, index) => {
      const first = round === 0 && index === 0;
      const again = index === 0 && round > 0 ? `run ${round + 1}` : "";
      return [
        first ? `[${scenario}](../test/scenarios/${scenario}/scenario.yaml)` : "",
        first ? summary : again,
        ...line,
      ];
    });
  });
  const names = new Set(rounds.map(({ scenario }) => scenario));
  return [
    "# Scenarios",
    "",
    `What the workflow did in each of ${names.size} situations, all of them played on a real control plane. Written by`,
    "`npm run scenarios:docs`; how to add one is in [test/scenarios](../test/scenarios/README.md).",
    "",
    ...table([["scenario", "what happens", "diagnosis", "remedy", "outcome"], ...rows]),
    "",
  ].join("\n");
}

function cells({ workload, cause, action, outcome, reason }: Report): string[] {
  const about = workload === undefined ? "" : `${workload.kind} ${workload.name}: `;
  return [`${about}${cause}`, action, reason === undefined ? outcome : `${outcome} (${reason})`];
}

/** A Markdown table with aligned columns, as Prettier leaves it. */
function table(rows: string[][]): string[] {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = (escaped[0] ?? []).map((_, column) => Math.max(...escaped.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = escaped;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)];
}
