import { HELD_OPEN } from "../../kinds/failing/held-open.ts";
import { hasFailed, NO_PODS } from "../../kinds/job/kind.ts";
import { reportOnly, once, type Cause } from "./cause.ts";
import { refusalOf } from "../creation.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { some } from "../../shared/text.ts";
import type { Maker } from "../../facts/unwritten.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { podFailures } from "../../kinds/failing/pod-failures.ts";
import { isLeftover } from "../../shared/kubernetes/pods.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import { describeWorkload } from "../../kinds/workloads.ts";

/** How many of a Job's failed pods are told. */
const MAX_PODS = 2;

const GIVEN_UP =
  "It has given up, and makes no more pods for this run. Whether to run it again is for whoever knows what it does.";

/** How a container is ended with another one, after what it is to be ended with. */
const HOW_IT_ENDS =
  ": as an init container with restartPolicy: Always it is a sidecar, which the kubelet ends; a proxy can be told to quit. Until then the Job does not complete, and a CronJob with concurrencyPolicy: Forbid makes no further one.";

/** What fails about a Job beside the pods that it has now. */
export const JOB_CAUSES: readonly Cause[] = [
  {
    name: "JobFailed",
    looksLike:
      "A Job has given up, and says why: BackoffLimitExceeded, DeadlineExceeded, PodFailurePolicy, FailedIndexes or MaxFailedIndexesExceeded.",
    response:
      "Report, with its failed pods and how to read their logs: whether to run it again is for whoever knows what it does.",
    rejected: [{ action: "restart", reason: "what it does may not be safe to do twice" }],
    diagnose: ({ evidence, policy, failing, own }) => {
      const moment = { now: evidence.now, deadlines: policy.detect };
      const failed = (evidence.unwritten?.makers ?? []).find(
        ({ kind, object }) => hasFailed(object) && kind.failures(object, moment).length > 0,
      );
      if (failing.length > 0 || failed === undefined) return undefined;
      return {
        confidence: "high",
        summary: `${nameOf(failed, evidence.incident.workload)} has failed.`,
        evidence: [...failureLines([], own), ...evidence.pods.filter(isLeftover).slice(0, MAX_PODS).flatMap(podLines)],
        tries: once(reportOnly(`${GIVEN_UP} ${logOf(evidence.pods.find(isLeftover))}`)),
      };
    },
  },
  {
    name: "JobHeldOpen",
    looksLike:
      "A container of a Job's pod is done, and one that stands beside it (a proxy, an agent) runs on, so that the Job does not complete.",
    response: "Report: which result the Job has is for whoever knows what it does.",
    rejected: [{ action: "restart", reason: "what it does may not be safe to do twice" }],
    diagnose: ({ failing }) => {
      const held = failing.flatMap(({ failures }) => failures.filter(({ reason }) => reason === HELD_OPEN));
      if (held.length === 0 || held.length < failing.flatMap(({ failures }) => failures).length) return undefined;
      const beside = some([...new Set(held.flatMap(({ container }) => container ?? []))], MAX_PODS);
      return {
        confidence: "medium",
        summary: `What its ${held.length === 1 ? "pod has" : "pods have"} to do is done, as it seems, and container ${beside} runs on beside it, so that the Job does not complete.`,
        evidence: failureLines(failing),
        tries: once(reportOnly(`Have container ${beside} end with what it serves${HOW_IT_ENDS}`)),
      };
    },
  },
  {
    name: "JobWithoutPods",
    looksLike: "A Job is active and has no pod, and none of its events says that its pods are refused.",
    response: "Report.",
    rejected: [{ action: "restart", reason: "there is no pod that could be restarted" }],
    diagnose: (facts) => {
      const { failing, own } = facts;
      if (failing.length > 0 || refusalOf(facts) !== undefined || !own.some(({ reason }) => reason === NO_PODS))
        return undefined;
      return {
        confidence: "low",
        summary: "It is active and has no pod.",
        evidence: failureLines([], own),
        tries: once(reportOnly("Its events may say why: kubectl describe job.")),
      };
    },
  },
];

/** `Job shop/report-1 of CronJob shop/report`. */
function nameOf({ object }: Maker, workload: WorkloadRef): string {
  const name = object.metadata?.name ?? "";
  const job = describeWorkload({ kind: "Job", namespace: workload.namespace, name });
  const owner = describeWorkload(workload);
  return job === owner ? job : `${job} of ${owner}`;
}

/** How to read what a failed pod wrote. */
function logOf(pod: Pod | undefined): string {
  if (pod === undefined) return "None of its failed pods is left to read a log from.";
  const { name = "", namespace = "" } = pod.metadata ?? {};
  return `Read the log first: kubectl -n ${namespace} logs ${name} --all-containers`;
}

/** How a pod has failed, and how to read what it wrote. */
function podLines(pod: Pod): string[] {
  const { name = "", namespace = "" } = pod.metadata ?? {};
  return podFailures(pod).map((failure) => {
    const container = failure.container === undefined ? "" : ` -c ${failure.container}`;
    return `pod ${name}: ${failureLines([], [failure]).join("")}; its log: kubectl -n ${namespace} logs ${name}${container}`;
  });
}
