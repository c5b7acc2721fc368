import { isStartedAgain } from "../kinds/failing/container-spec.ts";
import { containerStatuses } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import { count, some } from "../shared/text.ts";
import type { FailingPod } from "./case.ts";

/** Pods that were made within so many milliseconds were made together: none of them takes another one's place. */
const MADE_TOGETHER_MS = 5_000;
/** How many lines tell of failed pods, and how many names each holds. */
const MAX_LINES = 5;
const IN_LINE = 6;

/**
 * The kubelet's messages when it evicts a pod for a limit of the pod's own. The node is not short of anything then, and any
 * other node would do the same.
 * Source: kubernetes pkg/kubelet/eviction/eviction_manager.go and helpers.go
 */
const OWN_LIMIT =
  /^(Usage of EmptyDir volume .* exceeds the limit|Container .* exceeded its local ephemeral storage limit|Pod ephemeral local storage usage exceeds the total limit)/;

/** Whether the pod was evicted for a limit of its own. */
function exceededOwnLimit({ failures }: FailingPod): boolean {
  return failures.some(({ reason, message = "" }) => reason === "Evicted" && OWN_LIMIT.test(message));
}

/** What of a template a node may refuse its pods for. */
export type RefusedPart =
  "sysctls" | "AppArmor profiles" | "policy on groups" | "operating system" | "sidecars" | "amounts";

/**
 * The kubelet's reasons for a pod that asks for something that its node does not allow or support.
 * Source: kubernetes pkg/kubelet/sysctl/allowlist.go; pkg/kubelet/lifecycle (handlers.go, predicate.go)
 */
const REFUSED_FOR: ReadonlyMap<string, RefusedPart> = new Map([
  ["SysctlForbidden", "sysctls"],
  ["AppArmor", "AppArmor profiles"],
  ["SupplementalGroupsPolicyNotSupported", "policy on groups"],
  ["PodOSNotSupported", "operating system"],
  ["PodOSSelectorNodeLabelDoesNotMatch", "operating system"],
  ["InitContainerRestartPolicyForbidden", "sidecars"],
  ["PodLevelResourcesNotSupported", "amounts"],
]);

/** What of its template a node has refused the pod for; undefined where that is not why it failed. */
export function refusedFor({ failures }: FailingPod): RefusedPart | undefined {
  return failures.map(({ reason }) => REFUSED_FOR.get(reason)).find((part) => part !== undefined);
}

/**
 * Whether the pod failed because a container of it ended with an error, and its own restart policy does not have it started again:
 * that of the pod does in whatever is made anew. Source: kubernetes pkg/kubelet/kubelet_pods.go, getPhase
 */
function endedByItself({ pod, failures }: FailingPod): boolean {
  return failures.some(
    ({ container, exitCode }) =>
      container !== undefined && exitCode !== undefined && !isStartedAgain(pod, { name: container }, exitCode),
  );
}

/** Whether the pod failed for something that its template asks for, or does not allow it, or by the end of its containers. */
export function failedForItself(failed: FailingPod): boolean {
  return exceededOwnLimit(failed) || refusedFor(failed) !== undefined || endedByItself(failed);
}

/** When the pod was made, in milliseconds. */
export function madeAt({ metadata }: Pod): number {
  return Date.parse(metadata?.creationTimestamp ?? "");
}

/** When a pod that has failed for good did so, in milliseconds: the newest moment that its status tells. */
export function failedAt(pod: Pod): number {
  const ends = containerStatuses(pod).map(({ state, lastState }) => (state ?? lastState)?.terminated?.finishedAt);
  const changes = (pod.status?.conditions ?? []).map(({ lastTransitionTime }) => lastTransitionTime);
  const moments = [pod.status?.startTime, ...ends, ...changes].map((moment) => Date.parse(moment ?? ""));
  return Math.max(madeAt(pod), ...moments.filter(Number.isFinite));
}

/** How long it was there until it failed, in seconds. */
export function lifeOf(pod: Pod): number {
  return Math.max(0, (failedAt(pod) - madeAt(pod)) / 1_000);
}

/**
 * The longest row of pods of which each was made after the one before it had failed; a row of one where all of them were
 * there at the same time. So long a row of pods has taken each other's place, and each has failed.
 */
export function rowOfReplacements(pods: readonly FailingPod[]): FailingPod[] {
  const row: FailingPod[] = [];
  for (const next of pods.toSorted((a, b) => failedAt(a.pod) - failedAt(b.pod))) {
    const last = row.at(-1);
    const isLater =
      last === undefined ||
      (madeAt(next.pod) >= failedAt(last.pod) && madeAt(next.pod) >= madeAt(last.pod) + MADE_TOGETHER_MS);
    if (isLater) row.push(next);
  }
  return row;
}

/** What has failed, where and why, with the names of the pods: one line for each node and message, the fullest first. */
export function failedPodLines(pods: readonly FailingPod[]): string[] {
  const names = new Map<string, string[]>();
  for (const { pod, failures } of pods) {
    const why = failures.map(({ reason, message }) => (message === undefined ? reason : `${reason}: ${message}`));
    const line = `${nodeOf(pod)}: ${why.join("; ")}`;
    names.set(line, [...(names.get(line) ?? []), pod.metadata?.name ?? ""]);
  }
  const lines = [...names]
    .sort((a, b) => b[1].length - a[1].length)
    .map(([line, ofLine]) => `${some(ofLine, IN_LINE)} ${line}`);
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `and ${count(more, "further node or message")}`] : lines;
}

/** `(Evicted, on node-1 and node-2)`, as it stands in a sentence. */
export function reasonsAndNodes(pods: readonly FailingPod[]): string {
  const reasons = new Set(pods.flatMap(({ failures }) => failures.map(({ reason }) => reason)));
  const nodes = new Set(pods.flatMap(({ pod }) => pod.spec?.nodeName ?? []));
  const where = nodes.size === 0 ? "on no node" : `on ${some([...nodes], 3)}`;
  return `(${some([...reasons], 3)}, ${where})`;
}

function nodeOf({ spec }: Pod): string {
  return spec?.nodeName === undefined ? "on no node" : `on node ${spec.nodeName}`;
}
