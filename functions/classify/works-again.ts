import type { Case } from "../facts/case.ts";
import { scalesWellSince, wellSince } from "../facts/well-since.ts";
import { kindOf } from "../kinds/kinds.ts";
import { count, moment } from "../shared/text.ts";
import { once, type Finding } from "./causes/cause.ts";

/**
 * What is said of a workload that people were told of as failing, and that a scan has found well again: that it is, where it still
 * is. What fails by now is left to the next scan. Undefined for any other incident.
 */
export function worksAgain({ evidence, failing, own }: Case): (Finding & { name: string }) | undefined {
  const { incident, workload, pods, hpa } = evidence;
  const { works_again: told } = incident;
  if (told === undefined) return undefined;
  const kind = kindOf(incident.workload);
  const isRead = kind !== undefined && workload !== undefined;
  const isWell = failing.length + own.length === 0 && (hpa === undefined || scalesWellSince(hpa) !== undefined);
  const since = isRead && isWell ? wellSince(kind, workload, pods) : undefined;
  if (!isRead || since === undefined) {
    return {
      ...{ name: "Unknown", confidence: "low", evidence: [] },
      summary: "It was well when it was found, and is not beyond doubt now.",
      tries: once({ action: "none", refusal: "MayPass", message: "The next scan looks at it anew." }),
    };
  }
  return {
    ...{ name: told.cause, confidence: "high", evidence: [] },
    summary: `Nothing of it fails any more: ${count(kind.wanted(workload), "pod")} ready since ${moment(since)}. People were told at ${moment(new Date(told.told_at))} that it fails (${told.cause}).`,
    tries: once({ action: "none", refusal: "NotFailingAnymore", message: "Nothing was done now." }),
  };
}
