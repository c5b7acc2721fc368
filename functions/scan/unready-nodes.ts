import { enabledBy } from "../facts/opt-out.ts";
import { isOlderThan } from "../shared/kubernetes/failures.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import { readyOf } from "../shared/kubernetes/nodes.ts";
import type { Node } from "../shared/kubernetes/types.ts";
import { bounded } from "../shared/text.ts";
import type { FailingWorkload } from "./incidents.ts";
import { problem } from "./services/decide.ts";

/** Taints of those who take a node away on purpose, or have taken it in hand. */
const ON_ITS_WAY_OUT =
  /^(karpenter\.sh\/(disrupted|disruption)$|ToBeDeletedByClusterAutoscaler$|aws-node-termination-handler\/|node\.cloudprovider\.kubernetes\.io\/shutdown$|node\.kubernetes\.io\/out-of-service$)/;
/** How much of the kubelet's own words is told. */
const MAX_WORDS = 90;

/** What else is known of the nodes. */
export interface OnNodes {
  /** How many of the pods that were looked at are on each node, by its name. */
  podsOn: ReadonlyMap<string, number>;
  /** The nodes of which people are told by what fails on them. */
  toldOf: ReadonlySet<string>;
  /** Whether the policy asks for opt-in. */
  optIn: boolean;
}

/**
 * The nodes that have not been ready for some time, of those that are no longer well. Nothing is said of one that somebody
 * takes away or has cordoned, that is still starting, or whose pods fail: these tell of it.
 */
export function unreadyNodes(
  nodes: readonly Node[],
  { podsOn, toldOf, optIn }: OnNodes,
  moment: Moment,
): FailingWorkload[] {
  const { now, deadlines } = moment;
  return nodes.flatMap((node) => {
    const { metadata } = node;
    const name = metadata?.name ?? "";
    const ready = readyOf(node);
    if (ready === undefined || ready.status === "True" || isLeftAlone(node, optIn) || toldOf.has(name)) return [];
    const isStarting = !isOlderThan(metadata?.creationTimestamp, deadlines.starting_seconds, now);
    if (isStarting || !isOlderThan(ready.lastTransitionTime, deadlines.node_unready_seconds, now)) return [];
    return [notReady(node, podsOn.get(name) ?? 0)];
  });
}

/**
 * That a node is not ready, with the kubelet's words.
 * @param pods how many of those that were looked at are on it
 */
export function notReady(node: Node, pods: number): FailingWorkload {
  const { status = "Unknown", reason, message, lastTransitionTime: since } = readyOf(node) ?? {};
  const words = bounded([reason, message].filter(Boolean).join(": "), MAX_WORDS);
  const said = `It has not been ready since ${since ?? ""} (Ready=${status}, ${words}). Of the pods that were looked at, ${pods === 0 ? "none" : pods} ${pods < 2 ? "is" : "are"} on it.`;
  return {
    workload: { kind: "Node", namespace: "", name: node.metadata?.name ?? "" },
    failures: [problem("NodeNotReady", said, since)],
  };
}

function isLeftAlone(node: Node, optIn: boolean): boolean {
  const { metadata, spec } = node;
  return (
    metadata?.deletionTimestamp !== undefined ||
    spec?.unschedulable === true ||
    (spec?.taints ?? []).some(({ key }) => ON_ITS_WAY_OUT.test(key)) ||
    hasOptedOut(node, optIn)
  );
}

/** Whether nothing is to be told of a node, by its annotation and the policy. */
export function hasOptedOut({ metadata }: Node, optIn: boolean): boolean {
  const enabled = enabledBy({ metadata: metadata ?? {} }, undefined);
  return enabled === "false" || (optIn && enabled !== "true");
}
