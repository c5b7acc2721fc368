import type { OutcomeRecord } from "../record/record.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { afterwardsOf, type Afterwards, type Look } from "./afterwards.ts";
import { decisionsIn, type Decision } from "./decisions.ts";
import { deedsIn, type Deed } from "./deeds.ts";
import { ENOUGH, type NamespaceScore, type Tally } from "./document.ts";

/** How the workflow's decisions compare with what happened. */
export interface Scorecard {
  /** What was decided and not done. */
  decisions: (Decision & { afterwards: Afterwards })[];
  /** What was done. */
  deeds: Deed[];
  namespaces: NamespaceScore[];
}

/** Says how to look at a workload. */
export type LookAt = (workload: WorkloadRef) => Promise<Look>;

/** Draws up the scorecard of these records. */
export async function scorecardOf(records: readonly OutcomeRecord[], lookAt: LookAt): Promise<Scorecard> {
  const decisions = [];
  for (const decision of decisionsIn(records)) {
    const look = await lookAt(decision.workload);
    decisions.push({ ...decision, afterwards: afterwardsOf(decision, look) });
  }
  const deeds = deedsIn(records);
  return { decisions, deeds, namespaces: namespacesOf(decisions, deeds) };
}

function namespacesOf(decisions: Scorecard["decisions"], deeds: readonly Deed[]): NamespaceScore[] {
  const names = new Set([...decisions, ...deeds].map(({ workload }) => workload.namespace));
  return [...names].sort().map((namespace) => {
    const here = <T extends { workload: WorkloadRef }>(all: readonly T[]) =>
      all.filter(({ workload }) => workload.namespace === namespace);
    const decided = here(decisions).map(({ afterwards }) => verdictOf(afterwards));
    const done = here(deeds).map(({ result }) => (result === "held" ? "right" : "wrong"));
    const number = (verdict: Verdict) => [...decided, ...done].filter((each) => each === verdict).length;
    const score = { namespace, right: number("right"), wrong: number("wrong"), unknown: number("unknown") };
    const carriedOut = here(decisions).filter(({ afterwards }) => afterwards.is === "done_here").length;
    return { ...score, ...readiness(score, carriedOut) };
  });
}

type Verdict = "right" | "wrong" | "unknown";

/** Whether it would have been right to act, as far as can be seen. */
export function verdictOf(afterwards: Afterwards): Verdict {
  switch (afterwards.is) {
    case "same":
      return "right";
    case "done_here":
      return afterwards.helped ? "right" : "wrong";
    case "by_itself":
    case "declined":
      return "wrong";
    case "other":
    case "still_failing":
    case "gone":
    case "unknown":
      return "unknown";
  }
}

/** What somebody approved and what helped makes ready for more than what was only observed. */
function readiness({ right, wrong }: NamespaceScore, carriedOut: number): Pick<NamespaceScore, "ready_for"> {
  if (wrong > 0) return {};
  if (carriedOut >= ENOUGH.automatic) return { ready_for: "automatic" };
  return right >= ENOUGH.approve ? { ready_for: "approve" } : {};
}

/** Counts what a scorecard shows. */
export function tallyOf({ decisions, deeds }: Scorecard): Tally {
  const verdicts = decisions.map(({ afterwards }) => verdictOf(afterwards));
  const number = (wanted: (typeof verdicts)[number]) => verdicts.filter((each) => each === wanted).length;
  const sooner = decisions.flatMap(({ afterwards }) =>
    "seconds" in afterwards && verdictOf(afterwards) === "right" ? [afterwards.seconds ?? 0] : [],
  );
  return {
    would_have_acted: decisions.length,
    right: number("right"),
    wrong: number("wrong"),
    unknown: number("unknown"),
    sooner_seconds: sooner.reduce((sum, seconds) => sum + seconds, 0),
    acted: deeds.length,
    held: deeds.filter(({ result }) => result === "held").length,
    unexplained: deeds.filter((each) => each.unexplained).length,
  };
}
