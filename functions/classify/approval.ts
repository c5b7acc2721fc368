import { declinedAt, planId, proposalOf, validUntil } from "../run/approval.ts";
import type { Approval, Remedy } from "../run/contracts.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { Case } from "../facts/case.ts";
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
 * What a mode asks for that leaves a remedy to whoever approves it. Nobody is asked again about what they have declined.
 * @param would what would be done, in a sentence
 */
export function askForApproval({ evidence: { history } }: Case, plan: string, would: string): GuardRefusal {
  const declined = declinedAt(history, plan);
  if (declined !== undefined) return notDone(plan, would, `was declined at ${declined}`);
  return { refusal: "ApprovalNeeded", message: `${would} It is done once somebody approves it.`, plan };
}

function notDone(plan: string, would: string, declined: string): GuardRefusal {
  const message = `${would} That ${declined}, so it is not done. It is proposed again when it would be another change.`;
  return { refusal: "Declined", message, plan };
}

/**
 * What a decision comes to: undefined where the plan is what was approved, may still be, and was not carried out already.
 * @param would what would be done now, in a sentence
 */
export function refuseByDecision(
  { evidence: { history, now }, policy }: Case,
  decided: Approval,
  plan: string,
  would: string,
): GuardRefusal | undefined {
  const word = decided.decision === "approve" ? "approved" : "declined";
  if (decided.plan !== plan) {
    return {
      refusal: "PlanChanged",
      message: `What was ${word} is not what would be done now, so nothing is done. ${would} That needs an approval of its own.`,
      plan,
    };
  }
  if (decided.decision === "decline") return notDone(plan, would, "is declined");
  const proposal = proposalOf(history, plan);
  if (proposal === undefined) {
    return {
      refusal: "ApprovalExpired",
      message: `${would} No proposal of that waits for an answer any more: another remedy was carried out since, or its record is gone. It is proposed anew.`,
      plan,
    };
  }
  const until = validUntil(new Date(proposal.at), policy);
  if (until.getTime() > now.getTime()) return undefined;
  return {
    refusal: "ApprovalExpired",
    message: `${would} It could be approved until ${until.toISOString()}. It is proposed anew.`,
    plan,
  };
}
