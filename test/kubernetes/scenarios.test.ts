import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, describe, test } from "vitest";
import type { Report } from "../../functions/run/contracts.ts";
import { loadScenario, scenarioNames, type LoadedScenario } from "../../local/scenarios/load.ts";
import { playScenario, toldBy } from "../../local/scenarios/play.ts";
import type { Values } from "../../local/scenarios/placeholders.ts";
import type { Run } from "../../local/scenarios/run-workflow.ts";
import type { Forwarded, Outgoing } from "../faults/proxy/forward.ts";
import { recordedRequests, recordRequests, Sent, sentBy } from "../contract/sent-requests.ts";
import { scenarioTable, type PlayedRound } from "../support/scenario-table.ts";
import { stableText } from "../support/stable-text.ts";
import { placeOf } from "./place.ts";
import { Scenario } from "./scenario.ts";

/** Parts of the names of the scenarios to play, separated by commas; all of them when it is not set. */
const WANTED = process.env["REMEDIATION_SCENARIOS"]?.split(",");
/** Whether to write down what the functions send, for the contract of the embedded API server. */
const RECORDS = process.env["REMEDIATION_CONTRACT_RECORD"] !== undefined;
/** Where to write the table of results. */
const RESULTS = process.env["REMEDIATION_SCENARIO_RESULTS"];

const names = scenarioNames().filter((name) => WANTED?.some((part) => name.includes(part)) ?? true);
const played: PlayedRound[] = [];
const green = new Set<string>();
const sent = new Sent();

describe.concurrent("scenario", () => {
  for (const name of names) {
    test(name, { timeout: 600_000 }, async ({ expect }) => {
      const scenario = loadScenario(name);
      const place = await Scenario.create(name);
      try {
        for await (const { index, run, comparison, missed, values } of playScenario(
          scenario,
          placeOf(place, RECORDS ? noteSent : undefined),
        )) {
          note(scenario, index, run, values);
          expect(comparison.actual, `run ${index + 1}\n${toldBy(run)}`).toEqual(comparison.expected);
          expect(missed, "what should have happened meanwhile, in states that were not entered").toEqual([]);
        }
        green.add(name);
      } finally {
        await place.remove();
      }
    });
  }
});

afterAll(() => {
  if (!RECORDS) return;
  // What some scenarios send is added; only all of them, as they should go, tell what is not sent any more.
  if (green.size < scenarioNames().length) sent.add(recordedRequests());
  recordRequests(sent.all());
});

afterAll(() => {
  if (RESULTS === undefined) return;
  if (green.size < scenarioNames().length) {
    console.error(
      `${RESULTS} is left as it is: it is written only when every scenario was played and went as expected.`,
    );
    return;
  }
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, scenarioTable(played));
});

function noteSent(request: Outgoing, { status }: Forwarded): void {
  sent.note(sentBy(request), status);
}

function note({ name, summary }: LoadedScenario, round: number, run: Run, values: Values): void {
  const reports = run.workloads.length > 0 ? run.workloads : run.notifications.map(({ report }) => report);
  const stable = JSON.parse(stableText(JSON.stringify(reports), values)) as Report[];
  played.push({ scenario: name, summary, round, outcomes: run.outcomes, reports: stable });
}
