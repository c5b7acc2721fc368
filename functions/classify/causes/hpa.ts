import { boundsOf, hpaCondition, limitedAtMaximumSince } from "../../shared/kubernetes/hpa.ts";
import type { Failure } from "../../shared/kubernetes/failures.ts";
import { duration } from "../../shared/text.ts";
import { raisedBounds } from "../../remedies/scale/plan.ts";
import type { Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { once, reportOnly, type Cause, type Finding } from "./cause.ts";

/** Reasons that say which metric is missing. Source: kubernetes pkg/controller/podautoscaler/horizontal.go */
const METRIC_REASON = /^FailedGet\w*Metric|^InvalidMetricSourceType$|^InvalidSelector$|^FailedGetMetrics$/;

/** Scaling problems of workloads whose pods are well. */
export const HPA_CAUSES: readonly Cause[] = [
  {
    name: "HpaAtMaximum",
    looksLike:
      "The HPA wants more replicas than its maximum allows (ScalingLimited, TooManyReplicas), and the pods are well.",
    response: "Raise the HPA's maximum by a step, within the policy's bound; report when the bound is reached.",
    rejected: [{ action: "restart", reason: "the pods are well; there are too few of them" }],
    diagnose: ({ evidence: { hpa, now }, failing, policy }) => {
      const since = hpa === undefined ? undefined : limitedAtMaximumSince(hpa);
      if (hpa === undefined || since === undefined || failing.length > 0) return undefined;
      const bounds = boundsOf(hpa);
      const name = hpa.metadata?.name ?? "";
      const seconds = (now.getTime() - Date.parse(since)) / 1_000;
      const active = hpaCondition(hpa, "ScalingActive");
      return {
        confidence: "high",
        summary: `HPA ${name} has wanted more than its maximum of ${bounds.max} replicas for ${duration(seconds)}.`,
        evidence: [
          `HPA ${name}: ${hpa.status?.currentReplicas ?? 0} current, ${hpa.status?.desiredReplicas ?? 0} desired, ${bounds.min} to ${bounds.max} allowed`,
          `ScalingLimited=True (TooManyReplicas) since ${since}, ScalingActive=${active?.status ?? "Unknown"}`,
        ],
        tries: once(raisedBounds(name, bounds, policy)),
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
        summary: "its metrics cannot be read, so it does not scale.",
        advice:
          "Check the metrics server or adapter (kubectl top pods), and that the containers request what the HPA measures.",
      }),
  },
  {
    name: "HpaCannotScale",
    looksLike: "AbleToScale=False: the HPA's target cannot be read or written.",
    response: "Report the broken target or the missing permission.",
    rejected: [{ action: "scale", reason: "the HPA owns the scale" }],
    diagnose: (facts) =>
      hpaFinding(facts, ({ reason }) => reason === "FailedGetScale" || reason === "FailedUpdateScale", {
        summary: "it cannot reach its target's scale.",
        advice: "Check that scaleTargetRef names what exists, and that nothing denies the HPA controller its update.",
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
