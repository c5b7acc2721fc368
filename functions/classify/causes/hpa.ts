import { boundsOf, hpaCondition, isPinned, limitedAtMaximumSince } from "../../shared/kubernetes/hpa.ts";
import type { Failure } from "../../shared/kubernetes/failures.ts";
import type { Hpa, Pod } from "../../shared/kubernetes/types.ts";
import { isLeftover, isReady, isTerminating, startOf, wasReadySince } from "../../shared/kubernetes/pods.ts";
import { count, duration } from "../../shared/text.ts";
import { withClaims } from "../../remedies/scale/claims.ts";
import { raisedBounds } from "../../remedies/scale/plan.ts";
import { podsMadeFrom, type Case } from "../../facts/case.ts";
import { scaledObjectAbove } from "../../facts/scaled-object.ts";
import type { Evidence } from "../../facts/evidence.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import type { Remedy } from "../../run/contracts.ts";
import { measuresOthers } from "../measured-pods.ts";
import { clashOf } from "../rival-hpas.ts";
import { metricsAdvice, unreadWords } from "../unread-metrics.ts";
import { once, reportOnly, type Cause, type Finding } from "./cause.ts";

/** Reasons that say which metric is missing. Source: kubernetes pkg/controller/podautoscaler/horizontal.go */
const METRIC_REASON = /^FailedGet\w*Metric|^InvalidMetricSourceType$|^FailedGetMetrics$/;

/** Scaling problems of workloads whose pods are well. */
export const HPA_CAUSES: readonly Cause[] = [
  {
    name: "HpaPinned",
    looksLike: "As an HPA at its maximum, but its minimum is the same: somebody holds the workload at that size.",
    response: "Report; who has set both bounds alike decides.",
    rejected: [
      {
        action: "scale",
        reason: "somebody has set the minimum and the maximum alike, which is no limit that was outgrown",
      },
    ],
    diagnose: ({ evidence: { hpa, now }, failing }) => {
      const since = hpa === undefined ? undefined : limitedAtMaximumSince(hpa);
      if (hpa === undefined || since === undefined || !isPinned(hpa) || failing.length > 0) return undefined;
      const { namespace = "", name = "" } = hpa.metadata ?? {};
      const { max } = boundsOf(hpa);
      return {
        confidence: "high",
        summary: `HPA ${name} holds it at ${max} replicas, and its metrics have asked for more for ${duration(secondsSince(since, now))}.`,
        evidence: [atItsBounds(hpa), limitLine(hpa, since)],
        tries: once(
          reportOnly(
            `Not scaled: minimum and maximum of HPA ${name} are both ${max}, as somebody has set them. If that is not meant any more, raise the maximum: kubectl -n ${namespace} edit ${setIn(hpa)}.`,
          ),
        ),
      };
    },
  },
  {
    name: "HpaAtMaximum",
    looksLike:
      "The HPA wants more replicas than its maximum allows (ScalingLimited, TooManyReplicas), and the pods are well.",
    response:
      "Raise the HPA's maximum by a step, within the policy's bound; report when the bound is reached. Wait where it began with a rollout that is under way, and while pods that it has asked for have not been ready yet. Report where its behavior disables scaling up, where it measures pods that are not its target's, where another HPA scales the same target, and where an update of its target is held back.",
    rejected: [{ action: "restart", reason: "the pods are well; there are too few of them" }],
    diagnose: (facts) => {
      const { evidence, failing, policy } = facts;
      const { hpa, now } = evidence;
      const since = hpa === undefined ? undefined : limitedAtMaximumSince(hpa);
      if (hpa === undefined || since === undefined || failing.length > 0) return undefined;
      const bounds = boundsOf(hpa);
      const name = hpa.metadata?.name ?? "";
      return {
        confidence: "high",
        summary: `HPA ${name} has wanted more than its maximum of ${bounds.max} replicas for ${duration(secondsSince(since, now))}.`,
        evidence: [atItsBounds(hpa), limitLine(hpa, since), ...soonAfterRollout(facts, since)],
        tries: once(
          noScaleUp(hpa) ??
            ofOthers(evidence) ??
            ofAnotherTemplate(facts, hpa) ??
            waitFor(facts, since) ??
            withClaims(raisedBounds(name, bounds, policy), evidence),
        ),
      };
    },
  },
  {
    name: "HpaWithoutMetrics",
    looksLike: "ScalingActive=False because a metric cannot be read.",
    response: "Report the metric; never restart the workload for it.",
    rejected: [{ action: "restart", reason: "the workload does not serve the metric to the HPA" }],
    diagnose: (facts) =>
      hpaFinding(facts, ({ reason }) => METRIC_REASON.test(reason), {
        summary: unreadWords(facts.evidence.hpa),
        advice: metricsAdvice(facts),
      }),
  },
  {
    name: "HpaCannotScale",
    looksLike:
      "AbleToScale=False: the HPA's target cannot be read or written; or another HPA scales the same pods (AmbiguousSelector), so that neither does; or the target does not say which pods are its own (InvalidSelector).",
    response: "Report the broken target, the missing permission, the other HPA, or the selector.",
    rejected: [{ action: "scale", reason: "the HPA owns the scale" }],
    diagnose: (facts) =>
      hpaFinding(
        facts,
        ({ reason }) => reason === "FailedGetScale" || reason === "FailedUpdateScale",
        withoutTarget(facts.evidence) ?? {
          summary: "it cannot reach its target's scale.",
          advice: "Check that scaleTargetRef names what exists, and that nothing denies the HPA controller its update.",
        },
      ) ??
      hpaFinding(facts, ({ reason }) => reason === "AmbiguousSelector", ambiguous(facts.evidence)) ??
      hpaFinding(facts, ({ reason }) => reason === "InvalidSelector", {
        summary: "its target does not say in a valid way which pods are its own, so that it cannot measure them.",
        advice:
          "Mend the target's selector; of a custom resource, what its scale subresource gives as the selector (labelSelectorPath).",
      }),
  },
  {
    name: "HpaApart",
    looksLike: "Current and desired replicas stay apart, though every condition of the HPA looks well.",
    response: "Report.",
    rejected: [{ action: "scale", reason: "the HPA owns the scale and asks for the right number already" }],
    diagnose: (facts) =>
      hpaFinding(facts, ({ reason }) => reason === "ReplicasApart", {
        summary: "the workload does not follow the replicas that it asks for.",
        advice: "Look at the workload's events: something keeps its controller from adding or removing pods.",
      }),
  },
];

/** That what the HPA is to scale does not exist, and what to do about it; undefined where it does, or that is not known. */
function withoutTarget({ hpa, isGone, incident }: Evidence): { summary: string; advice: string } | undefined {
  if (isGone !== true || hpa === undefined) return undefined;
  const { namespace = "" } = hpa.metadata ?? {};
  const which = setIn(hpa);
  return {
    summary: `it is to scale ${describeWorkload(incident.workload)}, which does not exist.`,
    advice: `Have it name what it is to scale (kubectl -n ${namespace} edit ${which}), or delete it where that was meant to go: kubectl -n ${namespace} delete ${which}.`,
  };
}

/** Which HPAs go by the same pods, as far as they scale the same workload, and what to do about it. */
function ambiguous(evidence: Evidence): { summary: string; advice: string } {
  const clash = clashOf(evidence);
  if (clash !== undefined) return { summary: `${clash.means}, so that none of them does.`, advice: clash.advice };
  return {
    summary: "another HPA selects the same pods, so that neither scales.",
    advice: "Delete one of the HPAs that the message names, or have each select pods of its own.",
  };
}

/** That the HPA adds no pods whatever its maximum is. Source: kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale, "selectPolicy" */
function noScaleUp(hpa: Hpa): Remedy | undefined {
  if (hpa.spec.behavior?.scaleUp?.selectPolicy !== "Disabled") return undefined;
  const { namespace = "", name = "" } = hpa.metadata ?? {};
  return reportOnly(
    `Not scaled: the behavior of HPA ${name} disables scaling up (scaleUp.selectPolicy), so that it adds no pods whatever its maximum is. If that is not meant any more, change it: kubectl -n ${namespace} edit ${setIn(hpa)}.`,
  );
}

/** That what it measures is not its target's alone. */
function ofOthers(evidence: Evidence): Remedy | undefined {
  const message = measuresOthers(evidence);
  return message === undefined ? undefined : reportOnly(message);
}

/**
 * That pods of it stay that were not made from its present template, as somebody holds its update back: further ones may be more of
 * what was to be tried on a few. Source: kubernetes pkg/controller/statefulset/stateful_set_utils.go, newVersionedStatefulSetPod
 */
function ofAnotherTemplate(facts: Case, hpa: Hpa): Remedy | undefined {
  const { evidence, current } = facts;
  const { incident, workload, pods } = evidence;
  const kind = kindOf(incident.workload);
  if (kind === undefined || workload === undefined || current === undefined || isUnderWay(evidence)) return undefined;
  // Others make further pods from the revision that serves, unless somebody has paused them.
  if (kind.history?.controlsPods === true && !kind.isPaused(workload)) return undefined;
  const staying = pods.filter((pod) => !isTerminating(pod) && !isLeftover(pod));
  const made = new Set(podsMadeFrom(facts, current.name));
  const others = staying.filter((pod) => !made.has(pod));
  if (others.length === 0) return undefined;
  const { namespace = "" } = hpa.metadata ?? {};
  return reportOnly(
    `Not scaled: ${others.length} of its ${count(staying.length, "pod")} ${others.length === 1 ? "was" : "were"} not made from the present pod template, and its update does not go on by itself (a partition, the strategy OnDelete, a pause). Further pods may be made from that template. Let the update go on, or raise the maximum if that is meant: kubectl -n ${namespace} edit ${setIn(hpa)}.`,
  );
}

/** What has to be over before more pods help. */
function waitFor(facts: Case, since: string): Remedy | undefined {
  if (beganWithRollout(facts, since)) return AFTER_ROLLOUT;
  const starting = facts.evidence.pods.filter(isYetToServe).length;
  if (starting === 0) return undefined;
  return {
    action: "none",
    refusal: "MayPass",
    message: `${count(starting, "pod")} that it has already ${starting === 1 ? "has" : "have"} not been ready yet: with ${starting === 1 ? "it" : "them"} it may have enough, and more would wait for the same. Its maximum is not raised before that is over.`,
  };
}

/** Whether a pod is there that has not been ready since it was made. One that was, and is not under its load, may need others. */
function isYetToServe(pod: Pod): boolean {
  if (isReady(pod) || isTerminating(pod) || isLeftover(pod) || pod.status?.phase === "Succeeded") return false;
  return !wasReadySince(pod, startOf(pod) ?? "");
}

/** New pods that start, and those of before beside them, ask for more than the workload does otherwise. */
const AFTER_ROLLOUT: Remedy = {
  action: "none",
  refusal: "MayPass",
  message:
    "It began with a rollout that is under way, whose starting pods may be what asks for more. Its maximum is not raised before that is over.",
};

/** Whether the HPA is at its maximum only since a rollout began that is still under way. */
function beganWithRollout({ evidence, current }: Case, since: string): boolean {
  if (current === undefined || !isUnderWay(evidence)) return false;
  return current.numbers.length === 1 && Date.parse(since) >= current.created.getTime();
}

/** Whether its controller is replacing pods, and nobody holds that back. */
function isUnderWay({ incident, workload }: Evidence): boolean {
  const kind = kindOf(incident.workload);
  if (kind === undefined || workload === undefined) return false;
  const isUpdating = kind.isUpdating(workload) && kind.rollsOutByItself(workload);
  return isUpdating || kind.deadline?.isRollingOut(workload) === true;
}

/** How long after a rollout its revision may be what asks for more, in seconds. */
const SOON_AFTER = 3_600;

/** That the HPA is at its maximum only since shortly after a rollout, whose pods may need more for the same. */
function soonAfterRollout({ current, revisions }: Case, since: string): string[] {
  if (current === undefined || current.numbers.length !== 1 || revisions.length < 2) return [];
  const seconds = (Date.parse(since) - current.created.getTime()) / 1_000;
  if (!(seconds >= 0 && seconds <= SOON_AFTER)) return [];
  return [
    `that began ${duration(seconds)} after revision ${current.revision} came: if its pods take more for the same work than those before did, mend that; more of them only cover it`,
  ];
}

/** What says which bounds the HPA has, and what it scales: itself, or the ScaledObject from which KEDA makes it. */
function setIn({ metadata }: Hpa): string {
  const above = scaledObjectAbove(metadata);
  return above === undefined ? `hpa ${metadata?.name ?? ""}` : `scaledobject ${above.name}`;
}

function secondsSince(since: string, now: Date): number {
  return (now.getTime() - Date.parse(since)) / 1_000;
}

function atItsBounds(hpa: Hpa): string {
  const { min, max } = boundsOf(hpa);
  const { currentReplicas = 0, desiredReplicas = 0 } = hpa.status ?? {};
  return `HPA ${hpa.metadata?.name ?? ""}: ${currentReplicas} current, ${desiredReplicas} desired, ${min} to ${max} allowed`;
}

function limitLine(hpa: Hpa, since: string): string {
  const active = hpaCondition(hpa, "ScalingActive");
  return `ScalingLimited=True (TooManyReplicas) since ${since}, ScalingActive=${active?.status ?? "Unknown"}`;
}

/** A finding about the HPA alone: the pods are well, or it would be about them. */
function hpaFinding(
  { own, failing, evidence }: Case,
  matches: (failure: Failure) => boolean,
  { summary, advice }: { summary: string; advice: string },
): Finding | undefined {
  if (failing.length > 0 || !own.some(matches)) return undefined;
  return {
    confidence: "high",
    summary: `HPA ${evidence.hpa?.metadata?.name ?? ""}: ${summary}`,
    evidence: failureLines([], own),
    tries: once(reportOnly(advice)),
  };
}
