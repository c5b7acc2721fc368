import type { Node, Pod } from "../types.ts";
import { parseQuantity } from "../quantity.ts";
import { matchesAffinity } from "./affinity.ts";
import { portsTaken } from "./host-ports.ts";
import { untoleratedTaint } from "./taints.ts";

/**
 * Where a pod can go, and what the scheduler says when it can go nowhere.
 * Source of the order and the words: kubernetes pkg/scheduler/framework (plugins, types.go, FitError)
 */

const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
const RESOURCES = ["cpu", "memory", "ephemeral-storage"];

/** Why a pod cannot go to a node. */
export interface Obstacle {
  reasons: string[];
  /** Whether there would be room if other pods were not there. */
  others: boolean;
}

/** What the first filter that refuses has to say; undefined when the pod can go to the node. */
export function obstacle(pod: Pod, node: Node, onNode: readonly Pod[]): Obstacle | undefined {
  const spec = pod.spec ?? { containers: [] };
  const never = (reason: string) => ({ reasons: [reason], others: false });
  if (node.spec?.unschedulable === true && !toleratesCordon(pod)) return never("node(s) were unschedulable");
  const taint = untoleratedTaint(node, spec.tolerations ?? [], ["NoSchedule", "NoExecute"]);
  if (taint !== undefined) return never("node(s) had untolerated taint(s)");
  if (!matchesAffinity(spec, node)) return never("node(s) didn't match Pod's node affinity/selector");
  if (portsTaken(pod, onNode)) {
    return { reasons: ["node(s) didn't have free ports for the requested pod ports"], others: true };
  }
  const reasons = missingResources(pod, node, onNode);
  return reasons.length === 0 ? undefined : { reasons, others: missingResources(pod, node, []).length === 0 };
}

function toleratesCordon({ spec }: Pod): boolean {
  const cordon = { metadata: {}, spec: { taints: [{ key: UNSCHEDULABLE, effect: "NoSchedule" }] } };
  return untoleratedTaint(cordon, spec?.tolerations ?? [], ["NoSchedule"]) === undefined;
}

function missingResources(pod: Pod, { status }: Node, onNode: readonly Pod[]): string[] {
  const allocatable = status?.allocatable ?? {};
  const missing: string[] = [];
  if (onNode.length + 1 > parseQuantity(allocatable["pods"] ?? "0")) missing.push("Too many pods");
  for (const resource of RESOURCES) {
    const wanted = requestOf(pod, resource);
    const used = onNode.reduce((sum, other) => sum + requestOf(other, resource), 0);
    if (wanted > 0 && used + wanted > parseQuantity(allocatable[resource] ?? "0")) {
      missing.push(`Insufficient ${resource}`);
    }
  }
  return missing;
}

/** How much of a resource a pod requests. Init containers run one after the other, before the others. */
export function requestOf({ spec }: Pod, resource: string): number {
  const of = ({ resources }: { resources?: { requests?: Record<string, string> } }) =>
    parseQuantity(resources?.requests?.[resource] ?? "0");
  const together = (spec?.containers ?? []).reduce((sum, container) => sum + of(container), 0);
  return Math.max(together, ...(spec?.initContainers ?? []).map(of));
}

/** What the scheduler says about a pod that can go to no node, given the obstacle on each. */
export function unschedulableMessage(nodes: readonly Obstacle[]): string {
  if (nodes.length === 0) return "no nodes available to schedule pods";
  const available = `0/${nodes.length} nodes are available:`;
  const reasons = counted(nodes.flatMap((node) => node.reasons));
  return `${available} ${reasons}. no new claims to deallocate, preemption: ${available} ${counted(nodes.map(preemption))}.`;
}

/** All pods have the same priority here, so that none has to go for another one. */
function preemption({ others }: Obstacle): string {
  return others ? "No preemption victims found for incoming pod" : "Preemption is not helpful for scheduling";
}

function counted(reasons: readonly string[]): string {
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, all]) => `${all.length} ${reason}`)
    .sort()
    .join(", ");
}
