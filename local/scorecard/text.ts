import { describeWorkload } from "../../functions/kinds/workloads.ts";
import type { Afterwards } from "../../functions/notify/scorecard/afterwards.ts";
import type { Deed } from "../../functions/notify/scorecard/deeds.ts";
import { tallyOf, type Scorecard } from "../../functions/notify/scorecard/scorecard.ts";
import { decisionWords, deedWords, namespaceWords, RULE } from "../../functions/notify/scorecard/words.ts";
import { duration } from "../../functions/shared/text.ts";
import { columns } from "../record/text.ts";

/** The scorecard as people read it. */
export function scorecardText(card: Scorecard): string {
  const { decisions, deeds, namespaces } = card;
  const tally = tallyOf(card);
  if (decisions.length + deeds.length === 0) return "Nothing was decided or done in that time.";
  return [
    ...(decisions.length === 0 ? [] : [decisionsText(decisions, decisionWords(tally))]),
    ...(deeds.length === 0 ? [] : [deedsText(deeds, deedWords(tally))]),
    ["Namespaces:", ...namespaces.map((each) => `  ${namespaceWords(each)}`), `  ${RULE}`].join("\n"),
  ].join("\n\n");
}

function decisionsText(decisions: Scorecard["decisions"], words: readonly string[]): string {
  const rows = decisions.map(({ at, workload, plan, cause, afterwards }) => [
    moment(at),
    describeWorkload(workload),
    plan.action,
    cause,
    afterwardsText(afterwards),
  ]);
  return [columns(["TIME", "WORKLOAD", "WOULD HAVE", "CAUSE", "WHAT HAPPENED"], rows), ...words].join("\n");
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

function deedsText(deeds: readonly Deed[], words: readonly string[]): string {
  const rows = deeds.map(({ at, workload, action, cause, result }) => [
    moment(at),
    describeWorkload(workload),
    action,
    cause,
    RESULTS[result],
  ]);
  return [columns(["TIME", "WORKLOAD", "DID", "CAUSE", "WHAT CAME OF IT"], rows), ...words].join("\n");
}

function moment(at: string): string {
  return at.replace(/\.\d+Z$/, "Z");
}
