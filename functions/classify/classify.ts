import type { Diagnosis, Remedy } from "../shared/contracts.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { Deployment } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import { bounded } from "../shared/text.ts";
import { openCase, type Case } from "./case.ts";
import { CAUSES, unknownCause, type Cause, type Finding } from "./causes.ts";
import type { Evidence } from "./evidence.ts";
import { DEFAULT_PROGRESS_DEADLINE_SECONDS, refuseRemedy, refuseWorkload, type GuardRefusal } from "./guards.ts";
import { requestedRemedy } from "./requested.ts";

/** How many evidence lines a diagnosis carries. */
const MAX_EVIDENCE = 8;

/**
 * Draws the diagnosis from the evidence: the cause, what proves it, the remedy or the reason for none. Pure: it reads
 * nothing and changes nothing.
 */
export function classify(evidence: Evidence, policy: Policy): Diagnosis {
  const facts = openCase(evidence, policy);
  const finding = findCause(facts);
  const { remedy, refused } = chooseRemedy(finding, facts);
  const template = evidence.workload?.spec?.template;

  return {
    cause: finding.name,
    confidence: finding.confidence,
    summary: bounded(finding.summary),
    evidence: finding.evidence.slice(0, MAX_EVIDENCE).map((line) => bounded(line)),
    remedy,
    rejected: [...finding.rejected.filter(({ action }) => action !== remedy.action), ...refused],
    ...(template === undefined ? {} : { template: templateHash(template) }),
    progress_deadline_seconds:
      (evidence.workload as Deployment | undefined)?.spec?.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS,
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
  const refusal = refuseRemedy(evidence, wanted);
  if (refusal === undefined) return { remedy: wanted, refused: [] };
  return { remedy: none(refusal), refused: [{ action: wanted.action, reason: bounded(refusal.message) }] };
}

function none({ refusal, message }: GuardRefusal): Remedy {
  return { action: "none", refusal, message };
}
