import { approvableUntil, declinedAt, isDeclined, planId, proposalOf, validUntil } from "../run/approval.ts";
import type { Approval, Diagnosis, Remedy } from "../run/contracts.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { Case } from "../facts/case.ts";
import type { Evidence } from "../facts/evidence.ts";
import type { GuardRefusal } from "./guards.ts";

/** How a remedy of this workload, as it is, is named for whoever approves it. */
export function planOfCase({ evidence }: Case, remedy: Remedy): string {
  const { incident, workload } = evidence;
  return planId({
    workload: incident.workload,
    uid: workload?.metadata?.uid,
    template: workload === undefined ? undefined : presentTemplate(workload),
    remedy,
  });
}

/**
 * What a mode asks for that leaves a remedy to whoever approves it.
 * @param would what would be done, in a sentence
 */
export function askForApproval({ evidence }: Case, plan: string, would: string): GuardRefusal {
  const { approval } = evidence.incident;
  // Whoever may not have it done without being asked decides nothing about it.
  const uncounted =
    approval === undefined ? "" : ` Here ${UNCOUNTED[approval.decision]} by an agent counts for nothing.`;
  // What is only diagnosed is told to nobody who could approve it, and a dry run keeps nothing that could be approved.
  const isNotProposed = evidence.incident.only_diagnosed === true || evidence.dryRun === true;
  const then = isNotProposed ? "It would be proposed, and is" : "It is";
  const who = approval === undefined ? "somebody" : "a person";
  return { refusal: "ApprovalNeeded", message: `${would} ${then} done once ${who} approves it.${uncounted}`, plan };
}

const UNCOUNTED = { approve: "an approval", decline: "a refusal" } as const;

/** The plan of a refusal, and until when it may be approved, where somebody is asked. It counts from the look that it came from. */
export function proposedIn(
  { refusal, plan }: GuardRefusal,
  { evidence, policy }: Case,
): Pick<Diagnosis, "plan" | "valid_until"> {
  if (plan === undefined) return {};
  if (isDeclined({ reason: refusal })) return { plan };
  return { plan, valid_until: validUntil(evidence.now, policy).toISOString() };
}

/** What somebody has declined is not done, and nobody is asked again about it, while it is the same change: by no mode. */
export function declinedBefore({ evidence: { history } }: Case, plan: string, would: string): GuardRefusal | undefined {
  const declined = declinedAt(history, plan);
  return declined === undefined ? undefined : notDone(plan, would, `was declined at ${declined}`);
}

function notDone(plan: string, would: string, declined: string): GuardRefusal {
  const message = `${would} That ${declined}, so it is not done. It is proposed again when it would be another change.`;
  return { refusal: "Declined", message, plan };
}

function wouldBeDeclined(plan: string, would: string): GuardRefusal {
  const then = "it would not be done, and not proposed again while it is the same change";
  const message = `${would} Declined, ${then}. This is a dry run, so nothing of that is kept: it is not declined.`;
  return { refusal: "Declined", message, plan };
}

const NO_PROPOSAL =
  "No proposal of that waits for an answer: it was carried out already, or another remedy was, its record is gone, or there was none.";

/** What is to be known where nothing fails, and somebody has decided about a plan that does not wait for that; else nothing. */
export function noProposal({ incident: { approval }, history }: Evidence): string[] {
  return approval === undefined || proposalOf(history, approval.plan) !== undefined ? [] : [NO_PROPOSAL];
}

/**
 * What a decision comes to: undefined where the plan is what was approved, may still be, and was not carried out already.
 * @param would what would be done now, in a sentence
 */
export function refuseByDecision(
  facts: Case,
  decided: Approval,
  plan: string,
  would: string,
): GuardRefusal | undefined {
  const { evidence, policy } = facts;
  const { history, now, triesMade } = evidence;
  const word = decided.decision === "approve" ? "approved" : "declined";
  if (decided.plan !== plan) {
    const said =
      triesMade > 0
        ? "What comes next is not what was approved, so it is not done."
        : `What was ${word} is not what would be done now, so nothing is done.`;
    const message = `${said} ${would} That needs an approval of its own.`;
    return declinedBefore(facts, plan, would) ?? { refusal: "PlanChanged", message, plan };
  }
  if (decided.decision === "decline") {
    return evidence.dryRun === true ? wouldBeDeclined(plan, would) : notDone(plan, would, "is declined");
  }
  const anew = evidence.dryRun === true ? "It would be proposed anew." : "It is proposed anew.";
  const proposal = proposalOf(history, plan);
  if (proposal === undefined) {
    return {
      refusal: "ApprovalExpired",
      message: `${would} ${NO_PROPOSAL} ${anew}`,
      plan,
    };
  }
  const until = approvableUntil(proposal, policy);
  if (until.getTime() > now.getTime()) return undefined;
  return {
    refusal: "ApprovalExpired",
    message: `${would} It could be approved until ${until.toISOString()}. ${anew}`,
    plan,
  };
}
