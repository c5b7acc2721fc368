import type { PodTemplate } from "../../shared/kubernetes/types.ts";
import { count } from "../../shared/text.ts";
import { failsWith, type Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { restartFailing } from "../../remedies/restart/plan.ts";
import { rollBack } from "../../remedies/rollback/plan.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

const UNREADY_REASONS = new Set(["ContainersNotReady", "ReadinessGatesNotReady"]);

/** Pods that take too long over something. */
export const STARTING_CAUSES: readonly Cause[] = [
  {
    name: "Unschedulable",
    looksLike: "The pod stays Pending, and the scheduler says why no node takes it.",
    response: "Roll back when the present revision brought the constraint; otherwise report the scheduler's message.",
    rejected: [
      { action: "restart", reason: "a new pod would meet the same nodes" },
      { action: "scale", reason: "more replicas need more of what is missing" },
    ],
    diagnose: (facts) => {
      const { failing } = facts;
      if (!failsWith(failing, new Set(["Unschedulable"]))) return undefined;
      const isNew = facts.sinceRollout && changesScheduling(facts);
      return {
        confidence: "high",
        summary: `No node takes ${count(failing.length, "pod")}.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(
          isNew
            ? rollBack(facts)
            : reportOnly(
                "The template asks for nothing new: add capacity, or free some. The scheduler's message says of what.",
              ),
        ),
      };
    },
  },
  {
    name: "UnreadyAfterRollout",
    looksLike: "Containers of the present revision run and have not become ready since it was rolled out.",
    response: "Roll back to the newest revision that is known to have been healthy.",
    rejected: [{ action: "restart", reason: "the same template does not become ready again" }],
    diagnose: (facts) => {
      const { failing, current, healthy, sinceRollout } = facts;
      if (!sinceRollout || !failsWith(failing, UNREADY_REASONS)) return undefined;
      return {
        confidence: healthy?.confidence ?? "medium",
        summary: `${notReady(failing.length)} since revision ${current?.revision ?? "?"} was rolled out.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(rollBack(facts)),
      };
    },
  },
  {
    name: "Unready",
    looksLike: "Containers run and are not ready for longer than they may, after they were ready for long.",
    response: "Restart once; then leave it to a person.",
    rejected: [{ action: "rollback", reason: "the present revision ran well for long; the rollout is not the cause" }],
    diagnose: (facts) => {
      const { failing, longStable, stable } = facts;
      if (!failsWith(failing, UNREADY_REASONS)) return undefined;
      return {
        confidence: "medium",
        summary: `${notReady(failing.length)} in time.`,
        evidence: [...failureLines(failing), stable.evidence].filter((line) => line !== ""),
        tries: once(
          longStable
            ? restartFailing(facts, UNREADY_REASONS)
            : reportOnly("Nothing says that it ever was ready. Look at what its readiness probe asks."),
        ),
      };
    },
  },
  {
    name: "StuckStarting",
    looksLike:
      "ContainerCreating or PodInitializing for longer than it may take: a volume, the sandbox or the network.",
    response: "Report, with the pod's events.",
    rejected: [{ action: "restart", reason: "what holds the pod up is outside of it" }],
    diagnose: ({ failing, evidence }) => {
      if (!failsWith(failing, new Set(["ContainerCreating", "PodInitializing", "Pending"]))) return undefined;
      return {
        confidence: "medium",
        summary: `${count(failing.length, "pod")} cannot get started.`,
        evidence: failureLines(failing),
        tries: once(
          reportOnly(
            `The events say what holds it up (a volume, the sandbox, the network): kubectl -n ${evidence.incident.workload.namespace} describe pod.`,
          ),
        ),
      };
    },
  },
  {
    name: "StuckTerminating",
    looksLike: "A pod is still there long after its grace period: finalizers, or a node that does not answer.",
    response: "Report the finalizers and the node.",
    rejected: [{ action: "delete", reason: "a forced deletion may let two pods run that must never run at once" }],
    diagnose: ({ failing }) => {
      if (!failsWith(failing, new Set(["Terminating"]))) return undefined;
      return {
        confidence: "high",
        summary: `${count(failing.length, "pod")} should be gone and ${failing.length === 1 ? "is" : "are"} not.`,
        evidence: failureLines(failing),
        tries: once(
          reportOnly(
            "Ask the owner of the finalizer, or look at the node; make sure that the pod's process has ended.",
          ),
        ),
      };
    },
  },
];

function notReady(pods: number): string {
  return pods === 1 ? "1 pod has not become ready" : `${pods} pods have not become ready`;
}

/** Whether the present template asks for other nodes, or for more of one, than the revision to return to. */
function changesScheduling({ current, healthy, templates }: Case): boolean {
  const now = current === undefined ? undefined : templates.get(current.name);
  const before = healthy === undefined ? undefined : templates.get(healthy.revision.name);
  return now !== undefined && before !== undefined && schedulingOf(now) !== schedulingOf(before);
}

function schedulingOf({ spec }: PodTemplate): string {
  return JSON.stringify([
    spec?.nodeSelector,
    spec?.affinity,
    spec?.tolerations,
    spec?.topologySpreadConstraints,
    spec?.nodeName,
    spec?.priorityClassName,
    spec?.containers.map(({ resources, ports }) => [resources?.requests, resources?.limits, ports]),
    spec?.volumes?.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName),
  ]);
}
