import { NODE_SLACK_MS } from "../kinds/failing/overdue.ts";
import { FAILING_WAITING_REASONS } from "../kinds/failing/pod-failures.ts";
import type { Incident } from "../run/contracts.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { readyOf } from "../shared/kubernetes/nodes.ts";
import type { Node } from "../shared/kubernetes/types.ts";
import type { Counted } from "./extent.ts";
import { groupIncidents, type FailingPod } from "./incidents.ts";
import { keyOf, type Bonds } from "./together.ts";
import { hasOptedOut, notReady, type OnNodes } from "./unready-nodes.ts";

/** What one workload shows may be its own matter. */
const MIN_WORKLOADS = 2;
const NO_ROOM: ReadonlySet<string> = new Set(["Unschedulable", "Pending"]);

/** The nodes that several workloads wait for, and which these are. */
export interface NodeLack {
  incidents: Incident[];
  bonds: Bonds;
  /** The names of these nodes. */
  toldOf: readonly string[];
}

/**
 * The nodes that are not ready where several workloads fail by that alone: each is told with them, and not each of these. Such
 * a workload has pods that fail on the node since it is not ready, in no way that is a container's own, and others only that
 * have found no room since. Nobody makes workloads wait by it: what fails on a node is its own pods. Pure.
 *
 * @param nodes those that are not ready
 * @param found what fails, with its pods
 */
export function nodeLack(
  nodes: readonly Node[],
  found: readonly Counted[],
  { podsOn, optIn }: Pick<OnNodes, "podsOn" | "optIn">,
): NodeLack {
  const hit = nodes
    .filter((node) => !hasOptedOut(node, optIn))
    .map((node) => ({ node, waiting: found.filter((counted) => isByNode(counted, node)) }))
    .filter(({ waiting }) => waiting.length >= MIN_WORKLOADS);
  const groups = hit.map(({ node, waiting }) => {
    const name = node.metadata?.name ?? "";
    return { name, waiting, incident: groupIncidents([], [notReady(node, podsOn.get(name) ?? 0)])[0] };
  });
  return {
    incidents: groups.flatMap(({ incident }) => incident ?? []),
    bonds: new Map(
      groups.flatMap(({ incident, waiting }) => {
        if (incident === undefined) return [];
        const bond = { root: { incident, pods: [] }, why: "its failing pods are on that node, or find no other" };
        return waiting.map((counted) => [keyOf(counted), bond] as const);
      }),
    ),
    toldOf: groups.map(({ name }) => name),
  };
}

/** Whether all that fails of a workload is that it has pods on this node. */
function isByNode({ pods }: Counted, node: Node): boolean {
  const ready = readyOf(node);
  if (ready === undefined || ready.status === "True") return false;
  const since = Date.parse(ready.lastTransitionTime ?? "") - NODE_SLACK_MS;
  const isSince = (failures: readonly Failure[]) =>
    failures.every((failure) => Date.parse(failure.since ?? "") >= since);
  const isHere = (pod: FailingPod) => pod.node === node.metadata?.name;
  return (
    pods.some(isHere) &&
    pods.every((pod) => isSince(pod.failures) && pod.failures.every(isHere(pod) ? isOfNode : isWithoutRoom))
  );
}

/** Whether a failure may be that of a pod's node: it is no container's own. */
function isOfNode({ reason, exitCode }: Failure): boolean {
  return exitCode === undefined && !FAILING_WAITING_REASONS.has(reason);
}

function isWithoutRoom({ reason }: Failure): boolean {
  return NO_ROOM.has(reason);
}
