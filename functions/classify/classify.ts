import type { Diagnosis, Remedy } from "../run/contracts.ts";
import { describeSize } from "../shared/kubernetes/hpa.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { Policy } from "../shared/policy.ts";
import { bounded } from "../shared/text.ts";
import { openCase, type Case } from "../facts/case.ts";
import { CAUSES, unknownCause } from "./causes.ts";
import type { Cause, Finding } from "./causes/cause.ts";
import type { Evidence } from "../facts/evidence.ts";
import { kindOf } from "../kinds/kinds.ts";
import { rolloutSeconds } from "../kinds/patience.ts";
import { refuseByMode, refuseRemedy, refuseWorkload, type GuardRefusal } from "./guards.ts";
import { requestedRemedy } from "./requested.ts";
import { surroundingLines } from "./surrounding-lines.ts";

/** How many evidence lines a diagnosis carries from the rule that matched, and from what stands around the workload. */
const MAX_EVIDENCE = 8;
const MAX_SURROUNDINGS = 4;

/**
 * Draws the diagnosis from the evidence: the cause, what proves it, the remedy or the reason for none. Pure: it reads
 * nothing and changes nothing.
 */
export function classify(evidence: Evidence, policy: Policy): Diagnosis {
  const facts = openCase(evidence, policy);
  const finding = findCause(facts);
  const { remedy, refused } = chooseRemedy(finding, facts);
  const template = evidence.workload === undefined ? undefined : presentTemplate(evidence.workload);

  return {
    cause: finding.name,
    confidence: finding.confidence,
    summary: bounded(finding.summary),
    evidence: [
      ...finding.evidence.slice(0, MAX_EVIDENCE),
      ...surroundingLines(evidence, finding.evidence).slice(0, MAX_SURROUNDINGS),
    ].map((line) => bounded(line)),
    remedy,
    undo: undoOf(remedy),
    rejected: [...finding.rejected.filter(({ action }) => action !== remedy.action), ...refused],
    ...(evidence.workload?.metadata?.uid === undefined ? {} : { workload_uid: evidence.workload.metadata.uid }),
    ...(template === undefined ? {} : { template }),
    progress_deadline_seconds: rolloutSeconds(kindOf(evidence.incident.workload.kind), evidence.workload),
  };
}

type NamedFinding = Finding & Pick<Cause, "name" | "rejected">;

function findCause(facts: Case): NamedFinding {
  for (const cause of CAUSES) {
    const finding = cause.diagnose(facts);
    if (finding !== undefined) return { name: cause.name, rejected: cause.rejected, ...finding };
  }
  const unknown = { ...unknownCause(facts), rejected: [] };
  return facts.evidence.incident.requested === undefined
    ? unknown
    : { ...unknown, name: "Requested", summary: "A runbook asked for this remedy." };
}

/** The remedy, unless a guard refuses it; a refused one is among the rejected. */
function chooseRemedy(finding: Finding, facts: Case): { remedy: Remedy; refused: Diagnosis["rejected"] } {
  const { evidence, policy } = facts;
  const untouchable = refuseWorkload(evidence, policy);
  if (untouchable !== undefined) return { remedy: none(untouchable), refused: [] };

  const { requested } = evidence.incident;
  const wanted = requested === undefined ? finding.remedy : requestedRemedy(requested, facts);
  const refusal =
    refuseTried(evidence, wanted) ?? refuseRemedy(facts, wanted) ?? refuseByMode(evidence, wanted, policy);
  if (refusal === undefined) return { remedy: wanted, refused: [] };
  return { remedy: none(refusal), refused: [{ action: wanted.action, reason: bounded(refusal.message) }] };
}

/** What an execution has tried in vain is not tried again. */
function refuseTried({ tried }: Evidence, { action }: Remedy): GuardRefusal | undefined {
  if (action === "none" || !tried.includes(action)) return undefined;
  return {
    refusal: "NoSafeRemedy",
    message: `A ${action} did not help, and the evidence allows nothing else. A person has to look.`,
  };
}

/** How the remedy would be undone, for whoever has to decide about it. */
function undoOf(remedy: Remedy): string {
  switch (remedy.action) {
    case "rollback":
      return `Put the template of revision ${remedy.from.revision} back.`;
    case "scale":
      return `Back to ${describeSize(remedy.scale.from)}.`;
    case "restart":
      return "A restart cannot be undone; the controller makes a new pod for each one.";
    case "none":
      return "Nothing is done.";
  }
}

function none({ refusal, message }: GuardRefusal): Remedy {
  return { action: "none", refusal, message };
}
