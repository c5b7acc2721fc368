import { ALL_REMEDIES, isKnown, planOf, remedyFor } from "../remedies/remedies.ts";
import type { Diagnosis, Remedy, RequestedRemedy } from "../run/contracts.ts";
import type { Refusal } from "../run/refusals.ts";
import { MAX_CONTROLLERS } from "../run/known-parts.ts";
import { lookedAt } from "../run/looked-at.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { PolicyInForce } from "../shared/settings-here.ts";
import { bounded, withArticle } from "../shared/text.ts";
import { openCase, type Case } from "../facts/case.ts";
import { proposedIn } from "./approval.ts";
import { requestedUndo } from "./asked-undo.ts";
import { CAUSES, unknownCause } from "./causes.ts";
import { changedPodLines } from "./changed-pods.ts";
import type { Cause, Finding, Try } from "./causes/cause.ts";
import type { Evidence } from "../facts/evidence.ts";
import { helmLines } from "../facts/helm-rollback.ts";
import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { rolloutSeconds } from "../kinds/patience.ts";
import { diagnosedSight } from "./diagnosed-sight.ts";
import { customOwnerLines } from "./custom-owner-lines.ts";
import { configLines } from "./config-lines.ts";
import { takenBack, throughOwner } from "./owner-guard.ts";
import { refuseWorkload } from "./guards.ts";
import { refuseByMode } from "./modes.ts";
import { releaseJobLines } from "./migrated.ts";
import { nextOf, noRemedy, refusalOf } from "./next-try.ts";
import { rivalLines } from "./rival-hpas.ts";
import { untouched } from "./untouched.ts";
import { worksAgain } from "./works-again.ts";
import { surroundingLines } from "./surrounding-lines.ts";

/** How many evidence lines a diagnosis carries from the rule that matched, and from what stands around the workload. */
const MAX_EVIDENCE = 8;
const MAX_SURROUNDINGS = 4;
/** How many lines it carries of what pods have otherwise than their template. */
const MAX_CHANGED = 2;
/** How many lines it carries about what the workload reads. */
const MAX_CONFIG = 5;
/** How many lines it carries about the custom resources that own the workload, and about those of tools that are switched on. */
const MAX_OWNERS = 4;
/** How many lines of logs it carries. */
const MAX_LAST_WORDS = 20;
/** How long the reason for no remedy may be: some sentences, and commands with the longest names. */
const MAX_MESSAGE = 1_500;

/**
 * Draws the diagnosis from the evidence: the cause, what proves it, the remedy or the reason for none. Pure: it reads
 * nothing and changes nothing.
 */
export function classify(evidence: Evidence, policy: PolicyInForce): Diagnosis {
  return diagnosisOf(openCase(evidence, policy));
}

/** The same of a case that is open already. */
export function diagnosisOf(facts: Case): Diagnosis {
  const { evidence } = facts;
  const finding = findCause(facts);
  const { remedy, deadline_seconds, refused, proposal, proposed } = chooseRemedy(finding, facts);
  const kind = kindOf(evidence.incident.workload);
  const template = evidence.workload === undefined ? undefined : presentTemplate(evidence.workload);
  const back = takenBack(facts, remedy);
  const owner = back?.owner ?? through(remedy);

  return {
    cause: finding.name,
    confidence: finding.confidence,
    summary: bounded(finding.summary),
    evidence: [
      ...finding.evidence.slice(0, MAX_EVIDENCE),
      ...(evidence.isGone === true ? [`${describeWorkload(evidence.incident.workload)} does not exist`] : []),
      ...configLines(facts, finding.name).slice(0, MAX_CONFIG),
      ...(back === undefined ? [] : [back.evidence]),
      ...rivalLines(evidence),
      ...releaseJobLines(facts),
      ...toolLines(evidence).slice(0, MAX_OWNERS),
      ...customOwnerLines(evidence.customOwners).slice(0, MAX_OWNERS),
      ...changedPodLines(facts).slice(0, MAX_CHANGED),
      ...surroundingLines(evidence, finding.evidence).slice(0, MAX_SURROUNDINGS),
      ...lastWordLines(evidence).slice(0, MAX_LAST_WORDS),
    ].map((line) => bounded(line)),
    remedy: remedy.action === "none" ? { ...remedy, message: bounded(remedy.message, MAX_MESSAGE) } : remedy,
    undo: undoOf(remedy),
    ...proposal,
    ...(proposed === undefined ? {} : { proposed }),
    // Of a kind that is never written to, no remedy was considered.
    rejected: [
      ...(kind === undefined ? [] : finding.rejected.filter(({ action }) => action !== remedy.action)),
      ...refused,
    ],
    ...(evidence.isGone === true ? { gone: true as const } : {}),
    ...(evidence.workload?.metadata?.uid === undefined ? {} : { workload_uid: evidence.workload.metadata.uid }),
    ...(template === undefined ? {} : { template }),
    ...(evidence.workload === undefined || kind === undefined ? {} : { wanted: kind.wanted(evidence.workload) }),
    progress_deadline_seconds: rolloutSeconds(kind, evidence.workload),
    ...(remedy.action === "none" || kind === undefined ? {} : { known: knownParts(evidence, kind) }),
    ...(owner === undefined ? {} : { owner }),
    ...(deadline_seconds === undefined ? {} : { deadline_seconds }),
    ...(finding.ended === undefined ? {} : { ended: finding.ended }),
    sight: diagnosedSight(facts, Math.min(MAX_LAST_WORDS, lastWordLines(evidence).length)),
  };
}

/** The owner that a remedy acts through. */
function through(remedy: Remedy): string | undefined {
  const plan = planOf(remedy);
  return plan === undefined ? undefined : remedyFor(plan.action).through?.owner;
}

/** What tools that are switched on keep of the workload, and what shows of trouble in it. */
function toolLines(evidence: Evidence): string[] {
  return [
    ...helmLines(evidence.helm),
    ...ALL_REMEDIES.filter(isKnown).flatMap(({ reads }) => reads?.lines?.(evidence) ?? []),
  ];
}

/** What verification need not look for: controllers that have pods, or had them last. */
function knownParts({ hpa, holders }: Evidence, { history }: Kind): Diagnosis["known"] {
  const newestFirst = holders.toSorted((a, b) => createdAt(b) - createdAt(a));
  const controllers = history?.controlsPods === true ? newestFirst.flatMap(({ metadata }) => metadata?.uid ?? []) : [];
  return { hpa: hpa?.metadata?.name ?? null, controllers: controllers.slice(0, MAX_CONTROLLERS) };
}

function lastWordLines({ lastWords }: Evidence): string[] {
  return lastWords.flatMap(({ pod, container, lines }) =>
    lines.map((line) => `log of container ${container} in pod ${pod}: ${line}`),
  );
}

function createdAt({ metadata }: Evidence["holders"][number]): number {
  return Date.parse(metadata?.creationTimestamp ?? "");
}

type NamedFinding = Finding & Required<Pick<Finding, "rejected">> & Pick<Cause, "name"> & Pick<Diagnosis, "ended">;

function findCause(facts: Case): NamedFinding {
  const { requested } = facts.evidence.incident;
  const again = worksAgain(facts);
  if (again !== undefined) return { ...again, rejected: [] };
  if (requested?.action === "undo") {
    const summary = `It was asked to take back the ${requested.change.kind} of ${requested.execution}.`;
    return { ...unknownCause(facts), rejected: [], name: "Requested", summary: bounded(summary) };
  }
  for (const cause of CAUSES) {
    const finding = cause.diagnose(facts);
    if (finding === undefined) continue;
    return { ...finding, name: cause.name, rejected: [...cause.rejected, ...(finding.rejected ?? [])] };
  }
  const unknown = { ...unknownCause(facts), rejected: [] };
  return requested === undefined ? unknown : { ...unknown, name: "Requested", summary: "This remedy was asked for." };
}

/** What was chosen, and what was not. */
interface Choice extends Try {
  refused: Diagnosis["rejected"];
  /** The plan that people are asked about, with until when, or that they have declined. */
  proposal?: Pick<Diagnosis, "plan" | "valid_until">;
  /** What only its mode has kept from being done. */
  proposed?: Remedy;
}

/** The remedy, unless a guard refuses it; a refused one is among the rejected. */
function chooseRemedy(finding: NamedFinding, facts: Case): Choice {
  const { tries } = finding;
  const { evidence, policy } = facts;
  // Whether anybody is to be told of what is no workload was for the scan to decide, which has read it. That something works
  // again is told whoever may not touch it.
  const isOnlyTold = lookedAt(evidence.incident) !== undefined || evidence.incident.works_again !== undefined;
  const untouchable = isOnlyTold ? undefined : refuseWorkload(evidence, policy);
  if (untouchable !== undefined) return { ...untouched(finding, untouchable, facts), refused: [] };

  const { requested } = evidence.incident;
  const wanted =
    requested === undefined ? nextOf(tries, facts) : { remedy: throughOwner(requestedRemedy(requested, facts), facts) };
  const { remedy } = wanted;
  const refusal = refusalOf(facts, remedy);
  const held = refusal ?? refuseByMode(facts, remedy);
  if (held === undefined) return { ...wanted, refused: [] };
  return {
    remedy: noRemedy(held),
    refused: remedy.action === "none" ? [] : [{ action: remedy.action, reason: bounded(held.message) }],
    proposal: proposedIn(held, facts),
    ...(refusal === undefined && ONLY_OBSERVED.has(held.refusal) ? { proposed: remedy } : {}),
  };
}

/** Refusals by which a plan stays one until somebody says otherwise. */
const ONLY_OBSERVED: ReadonlySet<Refusal> = new Set<Refusal>(["DiagnoseOnly", "ApprovalNeeded", "Stopped"]);

/** The remedy that a runbook asks for. */
function requestedRemedy(requested: RequestedRemedy, facts: Case): Remedy {
  if (requested.action === "undo") return requestedUndo(requested, facts);
  const plan = remedyFor(requested.action).asked?.(requested, facts);
  return (
    plan ?? noRemedy({ refusal: "NoSafeRemedy", message: `${withArticle(requested.action, "A")} cannot be asked for.` })
  );
}

/** How the remedy would be undone, for whoever has to decide about it. */
function undoOf(remedy: Remedy): string {
  const plan = planOf(remedy);
  return plan === undefined ? "Nothing is done." : remedyFor(plan.action).words.wayBack(plan);
}
