import type { Case } from "../facts/case.ts";
import { kindOf } from "../kinds/kinds.ts";
import { planOf } from "../remedies/remedies.ts";
import type { Remedy } from "../run/contracts.ts";
import type { Refusal } from "../run/refusals.ts";
import type { Finding, Try } from "./causes/cause.ts";
import { STUCK_TERMINATING } from "./causes/terminating.ts";
import { refuseOfItsOwn, type GuardRefusal } from "./guards.ts";
import { byHand, would } from "./modes.ts";
import { nextOf, noRemedy, refusalOf } from "./next-try.ts";
import { refuseWaiting } from "./waiting.ts";

/** Refusals of what the workflow would look after, if nobody kept it away. */
const KEPT_AWAY: ReadonlySet<Refusal> = new Set<Refusal>(["NamespaceNotAllowed", "OptedOut", "NotOptedIn"]);

/**
 * What is said of what nothing is written to. Where nothing fails, that is said, whoever may touch it. What passes by itself, or waits
 * for another, needs nobody; and that it is being deleted, or that nothing makes it anew, is no answer to why it is still there.
 * Whoever looks after it by hand has to know what is known.
 */
export function untouched(
  { name, tries }: Pick<Finding, "tries"> & { name: string },
  untouchable: GuardRefusal,
  facts: Case,
): Try {
  const { incident, workload } = facts.evidence;
  const [first] = tries;
  const { remedy } = first;
  const { refusal } = untouchable;
  if (incident.requested !== undefined) return { remedy: noRemedy(untouchable) };
  const isKeptAway = KEPT_AWAY.has(refusal);
  const isNotWritten = refusal === "NothingRecreatesIt" && kindOf(incident.workload) === undefined;
  const why = remedy.action === "none" ? remedy.refusal : undefined;
  const isWell = why === "NotFailingAnymore" && (workload !== undefined || isNotWritten || isKeptAway);
  const passes = why === "MayPass" && (isNotWritten || isKeptAway);
  const hangs = name === STUCK_TERMINATING && (refusal === "BeingDeleted" || isNotWritten);
  if (isWell || passes || hangs) return first;
  const waits = isKeptAway ? refuseWaiting(incident, remedy) : undefined;
  if (waits !== undefined) return { remedy: noRemedy(waits) };
  const message = isKeptAway
    ? [untouchable.message, ...byHandInstead(tries, untouchable, facts)]
    : [...(isNotWritten ? forPeople(remedy) : []), untouchable.message];
  return { remedy: noRemedy({ ...untouchable, message: message.join(" ") }) };
}

/** Refusals whose words are for whoever looks after it by hand. */
const FOR_PEOPLE: ReadonlySet<Refusal> = new Set<Refusal>([
  "NoSafeRemedy",
  "NoHealthyRevision",
  "ManagedByAnotherTool",
  "RolloutPaused",
]);

/** What is said to whoever looks after it by hand, where nothing is to be done here. */
function forPeople(remedy: Remedy | GuardRefusal): string[] {
  return "refusal" in remedy && FOR_PEOPLE.has(remedy.refusal) ? [remedy.message] : [];
}

/** What would be done if nobody kept the workflow away, and how a person does the same; or why only people can do something. */
function byHandInstead(tries: Finding["tries"], { message: keptAway }: GuardRefusal, facts: Case): string[] {
  const { incident } = facts.evidence;
  const [first] = tries;
  const ofItsOwn = refuseOfItsOwn(facts.evidence, facts.policy);
  if (ofItsOwn !== undefined) {
    // What nothing would be done to has no owner through whom anything would; nor would it be touched if nobody kept it away.
    const advice = planOf(first.remedy) === undefined ? forPeople(first.remedy) : [];
    return ofItsOwn.refusal === "NothingRecreatesIt" ? [...advice, ofItsOwn.message] : advice;
  }
  const { remedy } = nextOf(tries, facts);
  const plan = planOf(remedy);
  if (plan === undefined) return forPeople(remedy);
  const refusal = refusalOf(facts, remedy);
  // The last guard says once more that it is kept away.
  if (refusal === undefined || refusal.message === keptAway)
    return [`${would(plan, incident)}${byHand(plan, incident)}`];
  return forPeople(refusal);
}
