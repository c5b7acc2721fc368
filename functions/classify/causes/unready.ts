import { STILL_STARTING } from "../../kinds/failing/overdue.ts";
import { count } from "../../shared/text.ts";
import { failingFor, failsWith, type FailingPod } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { isStuck } from "../../facts/stuck-rollout.ts";
import { unreadyTogether } from "../../facts/unready-together.ts";
import { wellBeside } from "../../facts/well-beside.ts";
import { restartFailing } from "../../remedies/restart/plan.ts";
import { rollBack } from "../../remedies/rollback/plan.ts";
import { once, provenLines, reportOnly, rolloutLines, type Cause } from "./cause.ts";

/** Containers run, and their readiness probes fail. */
export const UNREADY: ReadonlySet<string> = new Set(["ContainersNotReady"]);
/** Containers are ready, and somebody else says that the pod is not. */
const GATED = new Set(["ReadinessGatesNotReady"]);

/** Pods that run and are not ready for longer than they may. */
export const UNREADY_CAUSES: readonly Cause[] = [
  {
    name: "UnreadyTogether",
    looksLike:
      "Most pods of a workload, several at the same moment, or pods of more than one of its revisions run and are not ready: something that all of them depend on is down.",
    response: "Report, and leave the running pods alone.",
    rejected: [
      {
        action: "restart",
        reason: "a new pod depends on the same, and a running one is ready again as soon as that is back",
      },
      { action: "rollback", reason: "what they depend on is no part of the revision" },
    ],
    diagnose: (facts) => {
      const unready = failingFor(facts.failing, UNREADY);
      const together = unreadyTogether(facts, unready);
      if (together === undefined) return undefined;
      return {
        confidence: "medium",
        summary: `${count(unready.length, "pod")} ${unready.length === 1 ? "runs and is" : "run and are"} not ready: ${together}.`,
        evidence: failureLines(unready),
        tries: once(
          reportOnly(
            "Look at what its readiness probe depends on (a database, DNS, another service): a new pod would depend on the same.",
          ),
        ),
      };
    },
  },
  {
    name: "UnreadyBesideWellPods",
    looksLike:
      "A few pods of the present revision run and have not become ready since it was rolled out, while more of its pods have been ready for long: it is a matter of these pods or their nodes, not of the template alone.",
    response:
      "Restart the unready pods once, possibly on another node; then roll back if the rollout is stuck at them, else leave it to a person.",
    rejected: [],
    diagnose: (facts) => {
      const { ofCurrent, sinceRollout } = facts;
      const unready = failingFor(ofCurrent, UNREADY);
      const well = wellBeside(facts);
      if (!sinceRollout || unready.length === 0 || well === undefined) return undefined;
      return {
        confidence: "medium",
        summary: `${notReady(unready.length)} beside ${well} of the same revision that run well.`,
        evidence: [...failureLines(unready), ...provenLines(facts)],
        tries: [
          { remedy: restartFailing({ ...facts, failing: unready }, UNREADY) },
          {
            remedy: isStuck(facts)
              ? rollBack(facts)
              : reportOnly("A restart did not help. Look at what its readiness probe asks, and at the node."),
          },
        ],
      };
    },
  },
  {
    name: "UnreadyAfterRollout",
    looksLike: "Containers of the present revision run and have not become ready since it was rolled out.",
    response: "Roll back to the newest revision that is known to have been healthy.",
    rejected: [{ action: "restart", reason: "the same template does not become ready again" }],
    diagnose: (facts) => {
      const { failing, ofCurrent, current, healthy, sinceRollout } = facts;
      if (!sinceRollout || !failsWith(ofCurrent, UNREADY)) return undefined;
      return {
        confidence: healthy?.confidence ?? "medium",
        summary: `${notReady(failingFor(ofCurrent, UNREADY).length)} since revision ${current?.revision ?? "?"} was rolled out.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(rollBack(facts)),
      };
    },
  },
  {
    name: "Unready",
    looksLike:
      "Containers run and are not ready for longer than they may, after they were ready for long, while other pods of the same workload are ready.",
    response: "Restart once, one pod after the other; then leave it to a person.",
    rejected: [{ action: "rollback", reason: "nothing says that the rollout of the present revision is the cause" }],
    diagnose: (facts) => {
      const { failing, ranWell, stable } = facts;
      const unready = failingFor(failing, UNREADY);
      if (unready.length === 0) return undefined;
      return {
        confidence: "medium",
        summary: `${notReady(unready.length)} in time.`,
        evidence: [...failureLines(unready), stable.evidence, ...provenLines(facts)].filter((line) => line !== ""),
        tries: once(
          failsWith(ranWell, UNREADY)
            ? restartFailing({ ...facts, failing: ranWell }, UNREADY)
            : reportOnly("Nothing says that it was ready for long. Look at what its readiness probe asks."),
        ),
      };
    },
  },
  {
    name: "ReadinessGateNotMet",
    looksLike: "All containers of a pod are ready, and a readiness gate of it is not met: somebody else decides that.",
    response: "Report, with the condition and its reason.",
    rejected: [
      { action: "restart", reason: "whoever sets the condition decides the same of a new pod" },
      { action: "rollback", reason: "its containers are ready" },
    ],
    diagnose: ({ failing }) => {
      const gated = failingFor(failing, GATED);
      if (gated.length === 0) return undefined;
      return {
        confidence: "high",
        summary: `The containers of ${count(gated.length, "pod")} are ready, and a readiness gate is not met.`,
        evidence: failureLines(gated),
        tries: once(
          reportOnly(
            `${gateOf(gated)} Look at whoever sets that condition, such as the controller of a load balancer and the health of its targets.`,
          ),
        ),
      };
    },
  },
];

/** Tried after all that fails for another reason. */
export const STARTING_SLOWLY: readonly Cause[] = [
  {
    name: "StillStarting",
    looksLike:
      "A pod is not ready for longer than the policy allows, and its own startup or readiness probe allows it more time.",
    response: "Leave it alone until that time is over.",
    rejected: [
      { action: "restart", reason: "a new pod would begin its start anew" },
      { action: "rollback", reason: "the pod is inside the time that its own probe allows" },
    ],
    diagnose: ({ failing }) => {
      const starting = failingFor(failing, new Set([STILL_STARTING]));
      if (starting.length === 0) return undefined;
      return {
        confidence: "high",
        summary: `${count(starting.length, "pod")} ${starting.length === 1 ? "is" : "are"} still starting.`,
        evidence: failureLines(starting),
        tries: once({
          action: "none",
          refusal: "MayPass",
          message: `${startOf(starting)} It is left alone until then.`,
        }),
      };
    },
  },
];

function notReady(pods: number): string {
  return pods === 1 ? "1 pod has not become ready" : `${pods} pods have not become ready`;
}

/** `Pod web-1: readiness gate x is False (…).` */
function gateOf([first]: readonly FailingPod[]): string {
  const message = first?.failures.find(({ reason }) => GATED.has(reason))?.message ?? "a readiness gate is not met";
  return `Pod ${first?.pod.metadata?.name ?? ""}: ${message}.`;
}

/** `Container app of pod web-1: its startup probe allows 1800 s, until ….` */
function startOf([first]: readonly FailingPod[]): string {
  const { container = "", message = "" } = first?.failures.find(({ reason }) => reason === STILL_STARTING) ?? {};
  return `Container ${container} of pod ${first?.pod.metadata?.name ?? ""}: ${message}.`;
}
