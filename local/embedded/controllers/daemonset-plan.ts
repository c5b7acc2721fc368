import { isTerminating } from "../pod-facts.ts";
import type { DaemonSet, Node, Pod, PodTemplate } from "../types.ts";
import { matchesAffinity } from "../scheduler/affinity.ts";
import { untoleratedTaint, type Toleration } from "../scheduler/taints.ts";
import { amountOf } from "./amounts.ts";
import { byAge, isAvailable } from "./pods.ts";
import { REVISION_HASH } from "./revision-history.ts";

/**
 * Which pods a DaemonSet has on which node.
 * Source of the rules: kubernetes pkg/controller/daemon (daemon_controller.go, update.go)
 */

/** What the pods of every DaemonSet tolerate. Source: pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations */
const TOLERATED: readonly Toleration[] = [
  ...["not-ready", "unreachable"].map((name) => toleration(name, "NoExecute")),
  ...["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map((name) =>
    toleration(name, "NoSchedule"),
  ),
];

function toleration(name: string, effect: string): Toleration {
  return { key: `node.kubernetes.io/${name}`, operator: "Exists", effect };
}

/** The spec of the pod for one node: it can go to no other one. */
export function specFor(template: PodTemplate, node: string): NonNullable<Pod["spec"]> {
  const spec = structuredClone(template.spec ?? { containers: [] });
  const term = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodeSelectorTerms =
    required === undefined ? [term] : required.nodeSelectorTerms.map((given) => ({ ...given, ...term }));
  return {
    ...spec,
    affinity: {
      ...spec.affinity,
      nodeAffinity: {
        ...spec.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
      },
    },
    tolerations: [...(spec.tolerations ?? []), ...TOLERATED],
  };
}

/** Whether a node is to have a pod, and whether a pod that is there may stay. */
export function placeOn({ spec }: DaemonSet, node: Node): { wanted: boolean; mayStay: boolean } {
  const template = spec?.template.spec ?? { containers: [] };
  if (!matchesAffinity(template, node)) return { wanted: false, mayStay: false };
  const tolerations = [...(template.tolerations ?? []), ...TOLERATED];
  const wanted = untoleratedTaint(node, tolerations, ["NoSchedule", "NoExecute"]) === undefined;
  return { wanted, mayStay: wanted || untoleratedTaint(node, tolerations, ["NoExecute"]) === undefined };
}

/** The node that a pod is on, or is to go to. */
export function nodeOf({ spec }: Pod): string | undefined {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return spec?.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0];
}

/** The pods to delete for an update: as many of those with another revision as may be unavailable at once. */
export function outdated(
  daemonSet: DaemonSet,
  byNode: ReadonlyMap<string | undefined, readonly Pod[]>,
  wanted: readonly string[],
  hash: string,
  now: Date,
): Pod[] {
  const share = daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1;
  const mayBeUnavailable = Math.max(1, amountOf(share, wanted.length, "up"));
  const available = (pod: Pod) => isAvailable(pod, daemonSet.spec?.minReadySeconds, now);
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const node of wanted) {
    const [pod, ...more] = (byNode.get(node) ?? []).filter((candidate) => !isTerminating(candidate)).sort(byAge);
    if (pod === undefined || more.length > 0 || !available(pod)) unavailable++;
    if (pod === undefined || more.length > 0 || revisionHashOf(pod) === hash) continue;
    (available(pod) ? candidates : broken).push(pod);
  }
  return [...broken, ...candidates.slice(0, Math.max(0, mayBeUnavailable - unavailable))];
}

export function revisionHashOf({ metadata }: Pod): string | undefined {
  return metadata?.labels?.[REVISION_HASH];
}
