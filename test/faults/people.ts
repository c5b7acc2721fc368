import { deedOf } from "../../statemachines/by-name.ts";
import type { Call, Point } from "./calls.ts";
import type { CleanRun } from "./clean-run.ts";
import type { Part } from "./part.ts";
import { playPerson } from "./people-play.ts";
import { DEEDS } from "./person.ts";
import { playInFailing, type PointJob } from "./point-runs.ts";

/** People who work on the same workload at the same time. */
export const PEOPLE: Part = {
  name: "people",
  summary: "somebody else changes the same workload at any point between its detection and the end",
  title: "People at work on the same workload",
  about: `At one point of each run somebody else does something: before a function does anything, or when it has read and is
about to write, at each of its visits. What they set has to be as they set it when the run is over, whatever the workflow
did before and after. The run may not report as its remedy's work what is not in place, and leaves a workload alone that
has opted out.

| deed | what somebody does |
| --- | --- |
${DEEDS.map(({ name, summary }) => `| \`${name}\` | ${summary} |`).join("\n")}`,
  run: async (stage, options) => {
    const words = { kind: "deed", trouble: "somebody was to step in" };
    return await playInFailing(stage, jobsOf, options.limit ?? Infinity, words, options);
  },
};

function jobsOf(clean: CleanRun): PointJob[] {
  const deeds = DEEDS.filter(({ where }) => where?.(clean.situation) ?? true);
  return clean.run.calls.flatMap(pointsOf).flatMap((point) =>
    deeds.map((deed): PointJob => ({
      clean,
      point,
      kind: `\`${deed.name}\``,
      executions: 1,
      play: (stage, situation) => playPerson(stage, situation, deed, point),
    })),
  );
}

/** From the claim on: before a call, and when it has read and is about to try or to write what it decided. */
function pointsOf({ state, call, operations }: Call): Point[] {
  if (deedOf(state) === "detect") return [];
  const deciding = operations.flatMap(({ kind, what }, index) =>
    (kind === "write" && !what.endsWith("events")) || what.endsWith("dry run") ? [index] : [],
  );
  // A function that only reads has read half of what it judges by.
  const half = operations.every(({ kind }) => kind === "read") ? [Math.ceil(operations.length / 2)] : [];
  return [...new Set([0, ...deciding, ...half])].map((after) => ({ state, call, after }));
}
