import type { Case } from "../facts/case.ts";
import { runsNowhere, type Ended } from "../facts/ended.ts";
import { scalesWellSince, wellSince } from "../facts/well-since.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { End } from "../run/contracts.ts";
import { count, moment } from "../shared/text.ts";
import { once, type Finding } from "./causes/cause.ts";

/**
 * What is said of what people were told of as failing, and what a scan has found not to fail any more: how that ended, where it
 * still has. What fails by now is left to the next scan. Undefined for any other incident.
 */
export function worksAgain(facts: Case): (Finding & { name: string; ended?: End }) | undefined {
  const { works_again: told } = facts.evidence.incident;
  if (told === undefined) return undefined;
  const ended = facts.evidence.ended ?? workloadEnded(facts);
  if (ended === undefined) {
    return {
      ...{ name: "Unknown", confidence: "low", evidence: [] },
      summary: "It did not fail any more when it was found, and that is not beyond doubt now.",
      tries: once({ action: "none", refusal: "MayPass", message: "The next scan looks at it anew." }),
    };
  }
  return {
    ...{ name: told.cause, confidence: "high", evidence: [], ended: ended.how },
    summary: `${ended.words} People were told at ${moment(new Date(told.told_at))} that it fails (${told.cause}).`,
    tries: once({ action: "none", refusal: "NotFailingAnymore", message: "Nothing was done now." }),
  };
}

/** How it ended that a workload failed of a kind that is remedied; undefined where that is not beyond doubt. */
function workloadEnded({ evidence, failing, own }: Case): Ended | undefined {
  const { incident, workload, pods, hpa } = evidence;
  const kind = kindOf(incident.workload);
  if (kind === undefined || workload === undefined) return undefined;
  const atZero = runsNowhere(kind, workload, pods);
  if (atZero !== undefined) return atZero;
  const isWell = failing.length + own.length === 0 && (hpa === undefined || scalesWellSince(hpa) !== undefined);
  const since = isWell ? wellSince(kind, workload, pods) : undefined;
  if (since === undefined) return undefined;
  const ready = `${count(kind.wanted(workload), "pod")} ready since ${moment(since)}`;
  return { how: "works", since, words: `Nothing of it fails any more: ${ready}.` };
}
