import { resourceOf } from "../kinds/workloads.ts";
import { count } from "../shared/text.ts";
import type { Case } from "../facts/case.ts";
import type { Evidence } from "../facts/evidence.ts";
import { hpaFailures } from "../facts/hpa-failures.ts";
import { rolloutGaps } from "../kinds/gaps.ts";
import { kindOf } from "../kinds/kinds.ts";
import { failureLines } from "../facts/failure-lines.ts";
import { noProposal } from "./approval.ts";
import { once, reportOnly, type Cause, type Finding } from "./causes/cause.ts";
import { CONFIG_CAUSES } from "./causes/config.ts";
import { CRASH_CAUSES } from "./causes/crash.ts";
import { HPA_CAUSES } from "./causes/hpa.ts";
import { LOOKED_AT_CAUSES } from "./causes/looked-at.ts";
import { IMAGE_CAUSES } from "./causes/image.ts";
import { LIVENESS_CAUSES } from "./causes/liveness.ts";
import { NODE_NAME_CAUSES } from "./causes/node-name.ts";
import { JOB_CAUSES } from "./causes/job.ts";
import { ONE_NODE_CAUSES } from "./causes/one-node.ts";
import { ABORTED_CAUSES } from "./causes/rollout.ts";
import { RESTARTED_CAUSES } from "./causes/restarted.ts";
import { STARTING_CAUSES } from "./causes/starting.ts";
import { SUPERSEDED_CAUSES } from "./causes/superseded.ts";
import { NODE_CAUSES, WORKLOAD_CAUSES } from "./causes/workload.ts";

/**
 * The causes, in the order in which they are tried: the first that matches is the diagnosis. What is nearer to the root
 * comes first: a rollout that brings both a bad image and crashes is named after the image.
 */
export const CAUSES: readonly Cause[] = [
  ...LOOKED_AT_CAUSES,
  ...NODE_CAUSES,
  ...ABORTED_CAUSES,
  ...SUPERSEDED_CAUSES,
  ...NODE_NAME_CAUSES,
  ...IMAGE_CAUSES,
  ...CONFIG_CAUSES,
  ...RESTARTED_CAUSES,
  ...ONE_NODE_CAUSES,
  ...LIVENESS_CAUSES,
  ...CRASH_CAUSES,
  ...STARTING_CAUSES,
  ...JOB_CAUSES,
  ...WORKLOAD_CAUSES,
  ...HPA_CAUSES,
];

/** What is said when no rule matches. */
export function unknownCause(facts: Case): Finding & { name: string } {
  const { failing, own, evidence } = facts;
  const { kind, namespace, name } = evidence.incident.workload;
  if (failing.length === 0 && own.length === 0) return nothingFails(evidence);
  const hpa = isOfHpa(facts) ? evidence.hpa?.metadata?.name : undefined;
  const itself = hpa === undefined ? `The ${kind} itself` : `HPA ${hpa}`;
  const described = hpa === undefined ? `${resourceOf(evidence.incident.workload)} ${name}` : `hpa ${hpa}`;
  const what = failing.length > 0 ? count(failing.length, "pod") : itself;
  return {
    name: "Unknown",
    confidence: "low",
    summary: `${what} ${failing.length > 1 ? "fail" : "fails"} in a way that no rule covers.`,
    evidence: failureLines(failing, own),
    tries: once(
      reportOnly(
        failing.length > 0
          ? `Look at it with kubectl -n ${namespace} describe pod.`
          : `Look at it with kubectl -n ${namespace} describe ${described}.`,
      ),
    ),
  };
}

/** What is said where nothing that was read fails. */
function nothingFails(evidence: Evidence): Finding & { name: string } {
  if (evidence.unwritten?.everyPod === false) return unread(evidence);
  const lacks = lacksAfterTries(evidence);
  if (lacks.length > 0) return notWhole(lacks);
  return {
    name: "Unknown",
    confidence: "low",
    summary: evidence.incident.failures.length === 0 ? "Nothing of it fails." : "Nothing fails any more.",
    evidence: [],
    tries: once({
      action: "none",
      refusal: "NotFailingAnymore",
      message: ["Nothing was done.", ...noProposal(evidence)].join(" "),
    }),
  };
}

/** What a workload lacks by its own status once something was done to it in vain: that no pod fails yet does not make it whole. */
function lacksAfterTries({ incident, workload, triesMade }: Evidence): string[] {
  const kind = kindOf(incident.workload);
  return triesMade === 0 || kind === undefined || workload === undefined ? [] : rolloutGaps(kind, workload);
}

function notWhole(lacks: readonly string[]): Finding & { name: string } {
  const summary = `No pod of it shows a failure now, and it is not whole: ${lacks.join("; ")}.`;
  return {
    ...{ name: "Unknown", confidence: "low", summary, evidence: [] },
    tries: once({
      action: "none",
      refusal: "MayPass",
      message: `${summary} What it lacks may still come; if it does not, the next scan finds it.`,
    }),
  };
}

/** Whether nothing but the HPA fails. */
function isOfHpa({ failing, own, evidence: { hpa, now }, policy }: Case): boolean {
  if (failing.length > 0 || hpa === undefined) return false;
  return own.length === hpaFailures(hpa, { now, deadlines: policy.detect }).length;
}

/** Nothing is said of pods that were not read. */
function unread({ pods }: Evidence): Finding & { name: string } {
  return {
    name: "Unknown",
    confidence: "low",
    summary: `Not all of its pods were read; of those that were (${pods.length}), none fails now.`,
    evidence: [],
    tries: once({ action: "none", refusal: "MayPass", message: "If others still fail, the next scan finds them." }),
  };
}
