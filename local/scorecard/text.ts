import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { count, duration } from "../../functions/shared/text.ts";
import { columns } from "../record/text.ts";
import type { Afterwards } from "./afterwards.ts";
import type { Deed } from "./deeds.ts";
import { ENOUGH, verdictOf, type NamespaceScore, type Scorecard } from "./scorecard.ts";

/** The scorecard as people read it. */
export function scorecardText({ decisions, deeds, namespaces }: Scorecard): string {
  if (decisions.length + deeds.length === 0) return "Nothing was decided or done in that time.";
  return [
    ...(decisions.length === 0 ? [] : [decisionsText(decisions)]),
    ...(deeds.length === 0 ? [] : [deedsText(deeds)]),
    ["Namespaces:", ...namespaces.map((each) => `  ${namespaceText(each)}`), `  ${RULE}`].join("\n"),
  ].join("\n\n");
}

const RULE = `A namespace is ready for approve after ${ENOUGH.approve} decisions that were right, for automatic after ${ENOUGH.automatic} that were carried out here and helped, and none that was wrong.`;

function decisionsText(decisions: Scorecard["decisions"]): string {
  const rows = decisions.map(({ at, workload, plan, cause, afterwards }) => [
    moment(at),
    describeWorkload(workload),
    plan.action,
    cause,
    afterwardsText(afterwards),
  ]);
  const number = (verdict: ReturnType<typeof verdictOf>) =>
    decisions.filter(({ afterwards }) => verdictOf(afterwards) === verdict).length;
  const sooner = decisions.flatMap(({ afterwards }) =>
    "seconds" in afterwards && verdictOf(afterwards) === "right" ? [afterwards.seconds ?? 0] : [],
  );
  const total = sooner.reduce((sum, seconds) => sum + seconds, 0);
  return [
    columns(["TIME", "WORKLOAD", "WOULD HAVE", "CAUSE", "WHAT HAPPENED"], rows),
    `It would have acted ${count(decisions.length, "time")}: as far as can be seen, ${number("right")} right, ${number("wrong")} not needed or not wanted, ${number("unknown")} that cannot be told.`,
    ...(total === 0 ? [] : [`The right ones would have come ${duration(total)} sooner in all.`]),
  ].join("\n");
}

/** What became of it, in a clause. */
export function afterwardsText(afterwards: Afterwards): string {
  switch (afterwards.is) {
    case "same":
      return `somebody did the same${later(afterwards.seconds)}`;
    case "done_here":
      return `it was carried out here${later(afterwards.seconds)}, and ${afterwards.helped ? "helped" : "did not help"}`;
    case "other":
      return `somebody did something else${later(afterwards.seconds)}`;
    case "by_itself":
      return "well by now, and nobody has changed it";
    case "still_failing":
      return "still failing, and nobody has changed it";
    case "gone":
      return "it was deleted or made anew";
    case "declined":
      return "somebody declined it";
    case "unknown":
      return "not looked at: name its cluster with --context";
  }
}

function later(seconds: number | undefined): string {
  return seconds === undefined ? "" : ` ${duration(seconds)} later`;
}

const RESULTS: Readonly<Record<Deed["result"], string>> = {
  held: "helped, and is not known to have come back within a day",
  came_back: "helped, and came back within a day",
  in_vain: "did not help",
  taken_back: "somebody had it undone",
};

function deedsText(deeds: readonly Deed[]): string {
  const rows = deeds.map(({ at, workload, action, cause, result }) => [
    moment(at),
    describeWorkload(workload),
    action,
    cause,
    RESULTS[result],
  ]);
  const unexplained = deeds.filter((each) => each.unexplained).length;
  return [
    columns(["TIME", "WORKLOAD", "DID", "CAUSE", "WHAT CAME OF IT"], rows),
    `It acted ${count(deeds.length, "time")}: ${deeds.filter(({ result }) => result === "held").length} held.`,
    ...(unexplained === 0
      ? []
      : [`${count(unexplained, "restart")} made well what nobody has explained yet: a restart mends no cause.`]),
  ].join("\n");
}

function namespaceText({ namespace, right, wrong, unknown, ready_for }: NamespaceScore): string {
  const numbers = `${namespace}: ${right} right, ${wrong} wrong, ${unknown} unknown`;
  return ready_for === undefined ? numbers : `${numbers}; ready for ${ready_for}`;
}

function moment(at: string): string {
  return at.replace(/\.\d+Z$/, "Z");
}
