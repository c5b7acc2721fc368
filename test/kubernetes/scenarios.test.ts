import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, describe, test } from "vitest";
import type { Report } from "../../functions/shared/contracts.ts";
import { loadScenario, roundsOf, scenarioNames, type LoadedScenario } from "../scenarios/load.ts";
import { fill } from "../scenarios/placeholders.ts";
import { compare } from "../support/compare-run.ts";
import { playSteps, type Setting } from "../support/play-steps.ts";
import { scenarioTable, type PlayedRound } from "../support/scenario-table.ts";
import { stableText } from "../support/stable-text.ts";
import { Scenario, type Run } from "./scenario.ts";

/** Parts of the names of the scenarios to play, separated by commas; all of them when it is not set. */
const WANTED = process.env["REMEDIATION_SCENARIOS"]?.split(",");
/** Where to write the table of results. */
const RESULTS = process.env["REMEDIATION_SCENARIO_RESULTS"];

/** Writes that the workflow does on its own behalf: its claims, their namespace, and Events. */
const BOOKKEEPING = ["leases", "namespaces", "events"];

const names = scenarioNames().filter((name) => WANTED?.some((part) => name.includes(part)) ?? true);
const played: PlayedRound[] = [];
const green = new Set<string>();

describe.concurrent("scenario", () => {
  for (const name of names) {
    test(name, { timeout: 240_000 }, async ({ expect }) => {
      const scenario = loadScenario(name);
      const place = await Scenario.create(name);
      const setting = await prepare(scenario, place);
      try {
        let ahead = 0;
        for (const [index, round] of roundsOf(scenario).entries()) {
          ahead += round.later;
          await playSteps(round.steps, setting);
          const before = writes(place).length;
          const waiting = [...round.meanwhile];
          const run = await place.run(filled(round.run, setting), filled(round.policy, setting), {
            ahead,
            onEntered: (state) => {
              const next = waiting.findIndex(({ at }) => at === state);
              return next === -1 ? undefined : playSteps(waiting.splice(next, 1)[0]?.steps ?? [], setting);
            },
          });
          note(scenario, index, run, setting);
          const { actual, expected } = await compare(filled(round.expect, setting), {
            error: run.result.status === "failed" ? `${run.result.error.name}: ${run.result.error.cause}` : undefined,
            outcomes: run.outcomes,
            workloads: run.workloads,
            output: run.detection,
            message: run.notifications.map(({ text }) => text).join("\n\n"),
            writes: writes(place).slice(before),
            read: async (resource) => JSON.parse(await setting.stage.kubectl("get", resource, "-o", "json")) as object,
          });
          expect(actual, `run ${index + 1}\n${told(run)}`).toEqual(expected);
          expect(waiting, "what should have happened meanwhile, in states that were not entered").toEqual([]);
        }
        green.add(name);
      } finally {
        await playSteps(scenario.afterwards, setting);
        if (setting.values.node !== undefined) await place.kubectl("delete", "node", setting.values.node);
        await place.remove();
      }
    });
  }
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

/** Sets the stage, with a node of the scenario's own where it asks for one. */
async function prepare({ own_node, directory }: LoadedScenario, place: Scenario): Promise<Setting> {
  const node = own_node ? `own-${place.namespace.slice(-6)}` : undefined;
  if (node !== undefined) {
    await place.apply("node", { NAME: node });
    await place.kubectl("wait", `node/${node}`, "--for=condition=Ready");
  }
  return {
    directory,
    values: { namespace: place.namespace, node, began: new Date() },
    stage: {
      kubectl: (...args) => place.kubectl("-n", place.namespace, ...args),
      applyText: (manifest, namespace) => place.applyText(manifest, namespace),
      until: (what, holds, seconds) => place.until(what, holds, seconds),
    },
  };
}

function filled<T extends object>(value: T, { values }: Setting): T {
  return JSON.parse(fill(JSON.stringify(value), values)) as T;
}

function writes(place: Scenario): string[] {
  return place
    .writes()
    .filter(({ status, resource }) => status < 300 && !BOOKKEEPING.includes(resource))
    .map(({ verb, resource }) => `${verb} ${resource}`);
}

function note({ name, summary }: LoadedScenario, round: number, run: Run, { values }: Setting): void {
  const reports = run.workloads.length > 0 ? run.workloads : run.notifications.map(({ report }) => report);
  const stable = JSON.parse(stableText(JSON.stringify(reports), values)) as Report[];
  played.push({ scenario: name, summary, round, outcomes: run.outcomes, reports: stable });
}

/** What the run said, for whoever has to find out why it is not as expected. */
function told({ outcomes, detection, states, workloads, notifications }: Run): string {
  const { in_rollout, unseen } = detection;
  return [
    `${outcomes.join(", ")} by way of ${states.join(", ")}`,
    `in rollout: ${JSON.stringify(in_rollout)}, unseen: ${JSON.stringify(unseen)}`,
    ...workloads.map(({ summary }) => summary),
    ...notifications.map(({ text }) => text),
  ].join("\n");
}
