import { markdownTable } from "../../tools/docs/markdown-table.ts";
import { type Report } from "../../functions/run/contracts.ts";
import { REFUSALS } from "../../functions/run/refusals.ts";

/** How one run of a scenario went. */
export interface PlayedRound {
  scenario: string;
  summary: string;
  /** Which run of the scenario it was, from 0. */
  round: number;
  outcomes: string[];
  reports: Report[];
}

/**
 * The tables of scenarios for people: one row for each workload that a run looked after, then one for each refusal with
 * the sentence that goes with it. They are the same from play to play, if the reports hold `stableText`.
 */
export function scenarioTable(rounds: PlayedRound[]): string {
  const ordered = rounds.toSorted((a, b) => a.scenario.localeCompare(b.scenario) || a.round - b.round);
  const rows = ordered.flatMap(({ scenario, summary, round, outcomes, reports }) => {
    const lines = reports.length === 0 ? [["-", "-", outcomes.join(", ")]] : byWorkload(reports).map(cells);
    return lines.map((line, index) => {
      const first = round === 0 && index === 0;
      const again = index === 0 && round > 0 ? `run ${round + 1}` : "";
      return [first ? link(scenario) : "", first ? summary : again, ...line];
    });
  });
  const names = new Set(rounds.map(({ scenario }) => scenario));
  return [
    "# Scenarios",
    "",
    `What the workflow did in each of ${names.size} situations, all of them played on a real control plane. Written by`,
    "`npm run scenarios:docs`; how to add one is in [test/scenarios](../test/scenarios/README.md).",
    "",
    ...markdownTable([["scenario", "what happens", "diagnosis", "remedy", "outcome"], ...rows]),
    "",
    "## What it refuses",
    "",
    "Every refusal that occurred in them, with the sentence that the operator reads. A word in capitals stands for a",
    "generated name, a moment or a duration.",
    "",
    ...markdownTable([["refusal", "scenario", "what the operator reads"], ...refusalRows(ordered)]),
    "",
  ].join("\n");
}

/** The sentences of each refusal, each once for a scenario; the refusal's name stands in the first of its rows. */
function refusalRows(ordered: PlayedRound[]): string[][] {
  return REFUSALS.flatMap((refusal) => {
    const said = ordered.flatMap(({ scenario, reports }) =>
      byWorkload(reports)
        .filter(({ outcome, reason }) => outcome === "Skipped" && reason === refusal)
        .map(({ summary }) => ({ scenario, summary })),
    );
    const sentences = new Map(said.map((each) => [`${each.scenario} ${each.summary}`, each]));
    return [...sentences.values()].map(({ scenario, summary }, index) => [
      index === 0 ? refusal : "",
      link(scenario),
      summary,
    ]);
  });
}

function link(scenario: string): string {
  return `[${scenario}](../test/scenarios/${scenario}/scenario.yaml)`;
}

/** Workloads are looked after at the same time, and end in any order. */
function byWorkload(reports: Report[]): Report[] {
  const key = ({ workload }: Report) => `${workload?.name ?? ""} ${workload?.kind ?? ""}`;
  return reports.toSorted((a, b) => key(a).localeCompare(key(b)));
}

function cells({ workload, cause, action, outcome, reason }: Report): string[] {
  const about = workload === undefined ? "" : `${workload.kind} ${workload.name}: `;
  return [`${about}${cause}`, action, reason === undefined ? outcome : `${outcome} (${reason})`];
}
