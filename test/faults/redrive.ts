import { deedOf } from "../../statemachines/by-name.ts";
import { pointsOf, type Point } from "./calls.ts";
import type { CleanRun } from "./clean-run.ts";
import type { Part } from "./part.ts";
import { DEEDS } from "./person.ts";
import { playInFailing, type PointJob } from "./point-runs.ts";
import { playRedrive, type Between } from "./redrive-play.ts";

/** What people do between a stop and a redrive. One who does what the remedy does counts as it: docs/protocol.md. */
const DONE_BETWEEN = ["rolls-out-fix", "moves-bounds", "deletes", "recreates", "deletes-claim"];

/** Executions that are stopped, and redriven from where they were. */
const BETWEEN: readonly Between[] = [
  { name: "at once", summary: "nothing" },
  { name: "later", summary: "its claim has expired, and nobody came", later: true },
  { name: "after another", summary: "its claim has expired, and another execution came", later: true, another: true },
  ...DEEDS.filter(({ name }) => DONE_BETWEEN.includes(name)).map((deed): Between => {
    return { name: deed.name, summary: `somebody ${deed.summary}`, deed };
  }),
];

/** A run is this many executions. */
const EXECUTIONS = 2;

export const REDRIVE: Part = {
  name: "redrive",
  summary: "executions that are stopped at every state, and redriven from there",
  title: "Redriven executions",
  about: `A run is recorded first. Then an execution is stopped at each point of it, before, between and after its writes, and
redriven as Step Functions does that: the state that was stopped begins anew, with the input that it had. Both parts together
have to keep the promises of one run: no remedy twice, every change verified, undone or named, told once, the claim given
back. Where another execution has had the claim since, the redriven one names what it had done, and does nothing more.

| between the stop and the redrive | |
| --- | --- |
${BETWEEN.map(({ name, summary }) => `| \`${name}\` | ${summary} |`).join("\n")}`,
  run: async (stage, options) => {
    const most = Math.ceil((options.limit ?? Infinity) / (EXECUTIONS + 1));
    const words = { kind: "in between", trouble: "the execution was to be stopped" };
    return await playInFailing(stage, jobsOf, most, words, options);
  },
};

function isQuiet({ another, deed }: Between): boolean {
  return another === undefined && deed === undefined;
}

function jobsOf(clean: CleanRun): PointJob[] {
  const { situation, run: usual } = clean;
  const possible = BETWEEN.filter(({ deed }) => deed?.where?.(situation) ?? true);
  // Before the claim, what others do is what a scan begins with.
  const at = ({ state }: Point) => (deedOf(state) === "detect" ? possible.filter(isQuiet) : possible);
  return usual.calls.flatMap(pointsOf).flatMap((point) =>
    at(point).map((between): PointJob => ({
      clean,
      point,
      kind: between.name,
      executions: between.another === true ? EXECUTIONS + 1 : EXECUTIONS,
      play: (on, played) => playRedrive(on, played, point, between),
    })),
  );
}
