import { MAX_TRIES } from "../run/pauses.ts";
import { withArticle } from "../shared/text.ts";
import type { Case } from "../facts/case.ts";
import type { Evidence } from "../facts/evidence.ts";
import type { Remedy } from "../run/contracts.ts";
import type { Finding, Try } from "./causes/cause.ts";
import { refuseRemedy, type GuardRefusal } from "./guards.ts";
import { refuseInStorm } from "./in-storm.ts";
import { throughOwner } from "./owner-guard.ts";
import { refuseRepetition } from "./repetition.ts";
import { refuseWaiting } from "./waiting.ts";

/** The first try that was not made in vain yet; the last one when all of them were. */
export function nextOf(plain: Finding["tries"], facts: Case): Try {
  const { tried } = facts.evidence;
  const [first, ...others] = plain.map((each) => ({ ...each, remedy: throughOwner(each.remedy, facts) }));
  const tries = [first ?? plain[0], ...others];
  return (
    tries.find(({ remedy: { action } }) => action === "none" || !tried.includes(action)) ?? tries.at(-1) ?? plain[0]
  );
}

/** What an execution has tried in vain is not tried again, and it does not try for ever. */
function refuseTried({ tried, triesMade }: Evidence, { action }: Remedy): GuardRefusal | undefined {
  if (action === "none" || (!tried.includes(action) && triesMade < MAX_TRIES)) return undefined;
  return {
    refusal: "NoSafeRemedy",
    message: `${withArticle(action, "A")} did not help, and the evidence allows nothing else. A person has to look.`,
  };
}

/** Why a remedy of what may be touched is not carried out, whatever its mode. */
export function refusalOf(facts: Case, remedy: Remedy): GuardRefusal | undefined {
  const { evidence } = facts;
  return (
    refuseWaiting(evidence.incident, remedy) ??
    refuseInStorm(facts, remedy) ??
    refuseRepetition(facts, remedy) ??
    refuseTried(evidence, remedy) ??
    refuseRemedy(facts, remedy)
  );
}

/** A refusal as what is chosen. */
export function noRemedy({ refusal, message }: GuardRefusal): Remedy {
  return { action: "none", refusal, message };
}
