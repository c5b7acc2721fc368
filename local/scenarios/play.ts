import type { NamedResource } from "../embedded/index.ts";
import { compare, type Comparison } from "./compare.ts";
import type { Round } from "./format.ts";
import { roundsOf, type LoadedScenario } from "./load.ts";
import { missedStates } from "./missed-states.ts";
import { fill, type Values } from "./placeholders.ts";
import type { Run } from "./run-workflow.ts";
import { SetAtRunTime } from "./set-at-run-time.ts";
import { stagesWithin, type StageFile } from "./stages.ts";
import { playSteps, type Setting, type Stage } from "./steps.ts";

/** What goes on around a run. */
export interface Surroundings {
  /** How many seconds the workflow's clock is ahead of the cluster's. */
  ahead?: number;
  /** Called when a state is entered. The workflow's next step reaches the cluster only when the promise has settled. */
  onEntered?: (state: string) => Promise<void> | undefined;
  /** What is set at run time. */
  set?: SetAtRunTime | undefined;
}

/** A stage that is for one namespace. */
export type PlayedStage = ReturnType<typeof stagesWithin>[number];

/** Where a scenario is played: a namespace of a cluster. */
export interface Place extends Stage {
  namespace: string;
  now: () => Date;
  /** Runs the workflow on the namespace, with the policy laid over the quick one. */
  run: (request: object, policy: object, surroundings: Surroundings) => Promise<Run>;
  /** What all runs so far changed, in order, without claims and Events: `patch deployments`. */
  writes: () => string[];
  /** Makes a node that only the scenario's pods tolerate, and answers with its name. */
  addNode: () => Promise<string>;
  removeNode: (name: string) => Promise<void>;
  /** Plays stages until the answer ends that. */
  playStages: (stages: readonly PlayedStage[]) => Promise<() => Promise<void>>;
}

/** The verbs that change something, as the audit log names them. */
export const WRITES: readonly string[] = ["create", "update", "patch", "delete", "deletecollection"];

/** Whether the workflow writes a resource on its own behalf: its claims, their namespace, and Events. */
export function isBookkeeping(resource: string): boolean {
  return ["leases", "namespaces", "events"].includes(resource);
}

/** One round of a scenario, when it was played. */
export interface PlayedRound {
  /** Which round it was, from 0. */
  index: number;
  round: Round;
  run: Run;
  /** What came of it, and what was expected. */
  comparison: Comparison;
  /** States at which something should have happened meanwhile, and that were never entered though they could have been. */
  missed: string[];
  /** What the scenario's placeholders stand for. */
  values: Values;
}

/** Plays a scenario, round by round. What it leaves outside of its namespace is tidied up, whatever happened. */
export async function* playScenario(scenario: LoadedScenario, place: Place): AsyncGenerator<PlayedRound> {
  const node = scenario.own_node ? await place.addNode() : undefined;
  const setting: Setting = {
    directory: scenario.directory,
    values: { namespace: place.namespace, node, began: place.now() },
    stage: place,
    kinds: scenario.brought.kinds,
    set: new SetAtRunTime(),
  };
  const endStages = await bring(scenario, setting, place);
  try {
    let ahead = 0;
    for (const [index, round] of roundsOf(scenario).entries()) {
      ahead += round.later;
      yield await playRound(round, index, ahead, setting, place);
    }
  } finally {
    await playSteps(scenario.afterwards, setting);
    await endStages();
    if (node !== undefined) await place.removeNode(node);
  }
}

/**
 * Brings the scenario's kinds and stages to the cluster. The kinds stay there: another scenario may have the same ones.
 * @returns what ends the stages
 */
async function bring({ brought }: LoadedScenario, setting: Setting, place: Place): Promise<() => Promise<void>> {
  const { definitions, kinds, stages } = brought;
  if (definitions.length > 0) await place.applyText(definitions.map((each) => JSON.stringify(each)).join("\n---\n"));
  for (const kind of kinds) await untilServed(kind, place);
  if (stages.length === 0) return () => Promise.resolve();
  return await place.playStages(stagesWithin(place.namespace, filledAll(stages, setting)));
}

async function untilServed({ plural, group }: NamedResource, place: Place): Promise<void> {
  const name = `${plural}.${group}`;
  const isServed = () =>
    place.kubectl("get", name, "-o", "name").then(
      () => true,
      () => false,
    );
  await place.until(`${name} is served`, isServed);
}

function filledAll(stages: readonly StageFile[], setting: Setting): StageFile[] {
  return stages.map((stage) => filled(stage, setting));
}

async function playRound(
  round: Round,
  index: number,
  ahead: number,
  setting: Setting,
  place: Place,
): Promise<PlayedRound> {
  await playSteps(round.steps, setting);
  const before = place.writes().length;
  const waiting = [...round.meanwhile];
  const run = await place.run(filled(round.run, setting), filled(round.policy, setting), {
    ahead,
    set: setting.set,
    onEntered: (state) => {
      const next = waiting.findIndex(({ at }) => at === state);
      return next === -1 ? undefined : playSteps(waiting.splice(next, 1)[0]?.steps ?? [], setting);
    },
  });
  const writes = place.writes().slice(before);
  const proposed = run.workloads.findLast(({ plan }) => plan !== undefined)?.plan;
  if (proposed !== undefined) setting.values.plan = proposed;
  const comparison = await compare(filled(round.expect, setting), {
    error: run.result.status === "failed" ? `${run.result.error.name}: ${run.result.error.cause}` : undefined,
    outcomes: run.outcomes,
    workloads: run.workloads,
    output: run.detection,
    message: run.notifications.map(({ text }) => text).join("\n\n"),
    writes,
    read: async (resource) => JSON.parse(await place.kubectl("get", resource, "-o", "json")) as object,
  });
  return { index, round, run, comparison, missed: missedStates(waiting, round.expect, writes), values: setting.values };
}

function filled<T extends object>(value: T, { values }: Setting): T {
  return JSON.parse(fill(JSON.stringify(value), values)) as T;
}

/** What a run said, for whoever has to find out why it is not as expected. */
export function toldBy({ outcomes, detection, states, workloads, notifications }: Run): string {
  const { in_rollout, unseen } = detection;
  return [
    `${outcomes.join(", ")} by way of ${states.join(", ")}`,
    `in rollout: ${JSON.stringify(in_rollout)}, unseen: ${JSON.stringify(unseen)}`,
    ...workloads.map(({ summary }) => summary),
    ...notifications.map(({ text }) => text),
  ].join("\n");
}
