import type { Evidence } from "../../facts/evidence.ts";
import { failingFor, type FailingPod } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import { bounded, count, some } from "../../shared/text.ts";
import { once, reportOnly, type Cause } from "./cause.ts";

export const STUCK_TERMINATING = "StuckTerminating";

/** How many names a sentence holds, and how long that of a finalizer may be. */
const MAX_NAMES = 3;
const MAX_NAME = 80;

/** Pods that should be gone. */
export const TERMINATING_CAUSES: readonly Cause[] = [
  {
    name: STUCK_TERMINATING,
    looksLike:
      "A pod is still there long after its grace period: finalizers, or a node that does not answer or is gone.",
    response: "Report the finalizers and the node, with the command that lets the pod go.",
    rejected: [{ action: "delete", reason: "a forced deletion may let two pods run that must never run at once" }],
    diagnose: ({ failing, evidence }) => {
      const stuck = failingFor(failing, new Set(["Terminating"]));
      if (stuck.length === 0) return undefined;
      return {
        confidence: "high",
        summary: `${count(stuck.length, "pod")} should be gone and ${stuck.length === 1 ? "is" : "are"} not.`,
        evidence: failureLines(stuck),
        tries: once(reportOnly(whoHoldsThem(stuck, evidence))),
      };
    },
  },
];

/** Who keeps these pods from going, and what a person can do about it. */
function whoHoldsThem(stuck: readonly FailingPod[], { incident, lostNodes, surroundings }: Evidence): string {
  const { namespace } = incident.workload;
  const pods = stuck.map(({ pod }) => pod);
  const held = pods.filter(({ metadata }) => (metadata?.finalizers ?? []).length > 0);
  const finalizers = new Set(held.flatMap(({ metadata }) => metadata?.finalizers ?? []));
  const running = pods.filter((pod) => !isDoneWith(pod) && pod.spec?.nodeName !== undefined);
  const absent = running.filter(({ spec }) => surroundings.absentNodes?.includes(spec?.nodeName ?? "") === true);
  const lost = running.filter(({ spec }) => lostNodes.has(spec?.nodeName ?? ""));
  const rest = running.filter((pod) => !absent.includes(pod) && !lost.includes(pod));
  // What a finalizer holds, a forced deletion does not remove.
  const free = rest.filter((pod) => !held.includes(pod));
  const force = (which: readonly Pod[]) =>
    `kubectl -n ${namespace} delete pod ${which[0]?.metadata?.name ?? ""} --grace-period=0 --force`;
  const said = [
    ...(held.length === 0
      ? []
      : [
          `Ask whoever set ${names([...finalizers].map((name) => bounded(name, MAX_NAME)))} to let go. Where nobody does that any more, and what it was for is done, take it off: kubectl -n ${namespace} patch pod ${held[0]?.metadata?.name ?? ""} --type=merge -p '{"metadata":{"finalizers":null}}'.`,
        ]),
    ...(lost.length === 0
      ? []
      : [
          `${nodesOf(lost)} ${isOne(lost) ? "does" : "do"} not report any more: once it is certain that the machine is off, delete the node, or taint it with node.kubernetes.io/out-of-service, and its pods are let go: kubectl taint node ${lost[0]?.spec?.nodeName ?? ""} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute.`,
        ]),
    ...(absent.length === 0
      ? []
      : [
          `${nodesOf(absent)} ${isOne(absent) ? "is" : "are"} no node of the cluster any more: once it is certain that the machine is off, delete what is left of its pods: ${force(absent)}.`,
        ]),
    ...(rest.length === 0
      ? []
      : [
          `Look at the kubelet on ${nodesOf(rest)}, and whether the pod's process has ended.${free.length === 0 ? "" : ` Once it is certain that it has: ${force(free)}.`}`,
        ]),
  ];
  if (said.length > 0) return said.join(" ");
  return pods.some(({ spec }) => spec?.nodeName !== undefined)
    ? `Its containers have ended, and no finalizer holds it: look at the kubelet of its node, or delete it by hand: ${force(pods)}.`
    : `No node ever took it: look at whoever deleted it, or delete it by hand: ${force(pods)}.`;
}

/**
 * Whether no kubelet is waited for: every container of the pod has ended, by its status, or the kubelet or somebody who forced its
 * deletion has let it go, so that its finalizers alone hold it.
 */
function isDoneWith({ metadata, status }: Pod): boolean {
  if (metadata?.deletionGracePeriodSeconds === 0) return true;
  if (status?.phase === "Failed" || status?.phase === "Succeeded") return true;
  const all = status?.containerStatuses ?? [];
  // Sidecars are ended after the others.
  const isRunning = status?.initContainerStatuses?.some(({ state }) => state?.running != null) === true;
  return !isRunning && all.length > 0 && all.every(({ state }) => state?.terminated !== undefined);
}

function nodesOf(pods: readonly Pod[]): string {
  return names([...new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []))]);
}

function isOne(pods: readonly Pod[]): boolean {
  return new Set(pods.map(({ spec }) => spec?.nodeName)).size === 1;
}

function names(all: readonly string[]): string {
  return some([...all], MAX_NAMES);
}
