import type { Diagnosis, Remedy } from "../shared/contracts.ts";
import { boundsOf, hpaCondition, limitedAtMaximumSince } from "../shared/kubernetes/hpa.ts";
import { count, duration } from "../shared/text.ts";
import {
  cleanUpPods,
  evictPods,
  failsWith,
  failureLines,
  reportOnly,
  rollBack,
  wasOutOfMemory,
  type Case,
} from "./case.ts";
import { raisedBounds } from "./bounds.ts";
import { imageProblem } from "./image.ts";

/** What a rule concludes when it matches. */
export interface Finding {
  confidence: Diagnosis["confidence"];
  summary: string;
  evidence: string[];
  remedy: Remedy;
}

/** One cause: how it is recognised, and what is done about it. */
export interface Cause {
  name: string;
  /** How it shows, for people. */
  looksLike: string;
  /** What is done about it, for people. */
  response: string;
  /** Remedies that are not chosen for this cause, and why. */
  rejected: Diagnosis["rejected"];
  diagnose: (facts: Case) => Finding | undefined;
}

const IMAGE_REASONS = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
]);

const CRASH_REASONS = new Set([
  "CrashLoopBackOff",
  "Error",
  "OOMKilled",
  "StartError",
  "ContainerCannotRun",
  "PostStartHookError",
  "RunContainerError",
  "CreateContainerError",
]);

/**
 * The causes, in the order in which they are tried: the first that matches is the diagnosis.
 * A rollout that brings both a bad image and crashes is named after the image, which is nearer to the root.
 */
export const CAUSES: readonly Cause[] = [
  {
    name: "ImageNotFound",
    looksLike:
      "ErrImagePull or ImagePullBackOff; the registry says that the image or tag does not exist, or its name is invalid.",
    response:
      "Roll back to the newest healthy revision when the image came with the present revision; report otherwise.",
    rejected: [{ action: "restart", reason: "a new pod would ask for the same missing image" }],
    diagnose: (facts) => {
      if (!failsWith(facts.failing, IMAGE_REASONS) || imageProblem(facts.failing) !== "not_found") return undefined;
      return {
        confidence: facts.healthy?.confidence ?? "high",
        summary: `${count(facts.failing.length, "pod")} cannot start: the image does not exist in its registry.`,
        evidence: [...failureLines(facts.failing), ...rolloutLines(facts)],
        remedy: facts.longStable
          ? reportOnly("The image was there before and is gone from its registry. Push it again, or deploy another.")
          : rollBack(facts),
      };
    },
  },
  {
    name: "ImageNotPulled",
    looksLike: "ErrImagePull or ImagePullBackOff for another reason: no permission, rate limit, registry out of reach.",
    response: "Report: the template is not the problem, so neither a restart nor a rollback helps.",
    rejected: [
      { action: "restart", reason: "a new pod would meet the same registry" },
      { action: "rollback", reason: "nothing says that the image itself is wrong" },
    ],
    diagnose: (facts) => {
      if (!failsWith(facts.failing, IMAGE_REASONS)) return undefined;
      const advice = {
        unauthorized:
          "The registry refuses the credentials. Check imagePullSecrets and the node role's registry permissions.",
        throttled: "The registry limits the rate of pulls. It passes by itself; use a pull-through cache.",
        unreachable:
          "The registry is out of reach from the node. Check DNS, the network path and the registry's status.",
        unknown: "The kubelet does not say why. Look at the pod's events with kubectl describe pod.",
        not_found: "The image does not exist.",
      }[imageProblem(facts.failing)];
      return {
        confidence: "medium",
        summary: `${count(facts.failing.length, "pod")} cannot pull the image.`,
        evidence: failureLines(facts.failing),
        remedy: reportOnly(advice),
      };
    },
  },
  {
    name: "CrashLoopAfterRollout",
    looksLike: "Containers crash again and again, and have done so since the present revision was rolled out.",
    response: "Roll back to the newest revision that is known to have been healthy.",
    rejected: [
      { action: "restart", reason: "the same template crashes again" },
      { action: "scale", reason: "more replicas of a crashing template help nobody" },
    ],
    diagnose: (facts) => {
      const { failing, longStable, current, healthy, evidence } = facts;
      if (evidence.incident.workload.kind !== "Deployment" || longStable) return undefined;
      if (!failsWith(failing, CRASH_REASONS)) return undefined;
      return {
        confidence: healthy?.confidence ?? "medium",
        summary: `${count(failing.length, "pod")} crash since revision ${current?.revision ?? "?"} was rolled out.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        remedy: rollBack(facts),
      };
    },
  },
  {
    name: "OutOfMemory",
    looksLike: "Containers of a long-stable workload are killed for exceeding their memory limit.",
    response: "Report: a restart buys time at best, and raising limits without bound takes the node down.",
    rejected: [
      { action: "restart", reason: "the kubelet restarts the container already; it runs out of memory again" },
      { action: "rollback", reason: "the revision ran well for long before" },
    ],
    diagnose: (facts) => {
      if (!wasOutOfMemory(facts.failing)) return undefined;
      return {
        confidence: "high",
        summary: `${count(facts.failing.length, "pod")} exceed their memory limit.`,
        evidence: [...failureLines(facts.failing), facts.stable.evidence].filter((line) => line !== ""),
        remedy: reportOnly(
          "Compare the memory limit with what the container uses, and look for a leak or a larger load.",
        ),
      };
    },
  },
  {
    name: "CrashLoopOfStableWorkload",
    looksLike: "Containers crash again and again, after the same template ran well for a long time.",
    response:
      "Restart the failing pods once, on fresh containers and possibly another node; then leave it to a person.",
    rejected: [{ action: "rollback", reason: "the present revision ran well for long; the rollout is not the cause" }],
    diagnose: ({ failing, longStable, stable, policy }) => {
      if (!longStable || !failsWith(failing, CRASH_REASONS)) return undefined;
      return {
        confidence: "medium",
        summary: `${count(failing.length, "pod")} crash after running well for ${duration(stable.seconds)}.`,
        evidence: [...failureLines(failing), stable.evidence],
        remedy: evictPods(failing, policy),
      };
    },
  },
  {
    name: "CrashLoop",
    looksLike: "Containers crash again and again, and nothing proves that they ever ran well.",
    response: "Report: without a revision to return to and without a stable past there is no safe remedy.",
    rejected: [{ action: "restart", reason: "nothing says that this template ever ran well" }],
    diagnose: ({ failing }) => {
      if (!failsWith(failing, CRASH_REASONS)) return undefined;
      return {
        confidence: "medium",
        summary: `${count(failing.length, "pod")} crash, and there is no sign that they ever ran well.`,
        evidence: failureLines(failing),
        remedy: reportOnly(
          "Read the container's log with kubectl logs --previous, and fix the template or what it depends on.",
        ),
      };
    },
  },
  {
    name: "FailedPods",
    looksLike:
      "Pods in phase Failed (evicted, node shut down, refused by the node) that their controller has replaced.",
    response: "Once every replacement is ready, delete the leftovers.",
    rejected: [{ action: "rollback", reason: "the node ended the pods, not the template" }],
    diagnose: (facts) => {
      const { failing, leftovers, policy, evidence } = facts;
      if (failing.length > 0 || leftovers.length === 0) return undefined;
      const missing = missingReplicas(evidence);
      return {
        confidence: "high",
        summary: `${count(leftovers.length, "pod")} failed for good; the replacements are ${missing === 0 ? "ready" : "not all ready yet"}.`,
        evidence: failureLines(leftovers),
        remedy:
          missing === 0
            ? cleanUpPods(leftovers, policy)
            : {
                action: "none",
                refusal: "NoSafeRemedy",
                message: `${count(missing, "replacement")} not ready yet; the leftovers stay until they are, for whoever looks into it.`,
              },
      };
    },
  },
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
        remedy: raisedBounds(name, bounds, policy),
      };
    },
  },
];

/** What is said when no rule matches. */
export function unknownCause({ failing, own, evidence }: Case): Finding & { name: string } {
  const { kind, namespace, name } = evidence.incident.workload;
  if (failing.length === 0 && own.length === 0) {
    return {
      name: "Unknown",
      confidence: "low",
      summary: "Nothing fails any more.",
      evidence: [],
      remedy: {
        action: "none",
        refusal: "NotFailingAnymore",
        message: "It recovered by itself before anything was done.",
      },
    };
  }
  const what = failing.length > 0 ? count(failing.length, "pod") : `The ${kind} itself`;
  return {
    name: "Unknown",
    confidence: "low",
    summary: `${what} ${failing.length > 1 ? "fail" : "fails"} in a way that no rule covers.`,
    evidence: failureLines(failing, own),
    remedy: reportOnly(
      failing.length > 0
        ? `Look at it with kubectl -n ${namespace} describe pod.`
        : `Look at it with kubectl -n ${namespace} describe ${kind.toLowerCase()} ${name}.`,
    ),
  };
}

function rolloutLines({ current, healthy, stable }: Case): string[] {
  return [
    current === undefined
      ? "the present template has no ReplicaSet yet"
      : `the present revision is ${current.revision} (${current.name}), ${current.available} of ${current.replicas} replicas available`,
    ...(healthy === undefined ? [] : [healthy.evidence]),
    ...(stable.evidence === "" ? [] : [stable.evidence]),
  ];
}

/** How many replicas the workload lacks to be whole. */
function missingReplicas({ workload }: Case["evidence"]): number {
  if (workload === undefined) return 0;
  const status = workload.status as { readyReplicas?: number; numberReady?: number; desiredNumberScheduled?: number };
  const wanted = "replicas" in (workload.spec ?? {}) ? (workload.spec as { replicas?: number }).replicas : undefined;
  const desired = wanted ?? status.desiredNumberScheduled ?? 0;
  return Math.max(0, desired - (status.readyReplicas ?? status.numberReady ?? 0));
}
