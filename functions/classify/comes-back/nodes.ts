import { claimsOf } from "../../facts/going-claims.ts";
import { kindOf } from "../../kinds/kinds.ts";
import type { Node, Pod } from "../../shared/kubernetes/types.ts";
import { bounded, some } from "../../shared/text.ts";
import { closedTo, isBoundTo, isCordon, type ClosedNode } from "./closed-node.ts";
import { isMadeAlike, MAX_WORDS, NAMED, nameOf, type Leaving, type Rule } from "./leaving.ts";

/** What the cluster itself says of a node, as a taint, goes with what it says. */
const OF_NODES = "node.kubernetes.io/";

/**
 * It asks for a label by its selector that its own node has not kept: other nodes may have lost it as well. What is made from another
 * template may be meant for other nodes.
 */
function selectsLabelThatIsGone(leaving: Leaving): string | undefined {
  const { pod, next } = leaving;
  const node = nodeOf(leaving);
  const gone = Object.entries((next === pod ? pod.spec?.nodeSelector : undefined) ?? {}).filter(
    ([key, value]) => node !== undefined && node.metadata?.labels?.[key] !== value,
  );
  if (node === undefined || gone.length === 0) return undefined;
  const labels = some(
    gone.map(([key, value]) => `${key}=${value}`),
    NAMED,
  );
  return `what comes in the place of pod ${nameOf(pod)} selects nodes by ${labels}, which its node ${nameOf(node)} does not have, and whether any other does is not known. See to it that one does first.`;
}

/** It may run on one node alone, which takes no further pods. */
function boundToItsNode(leaving: Leaving): string | undefined {
  const closed = closedNode(leaving);
  if (closed === undefined || !isBoundTo(placed(leaving), closed.node)) return undefined;
  const { why, first } = wordsFor(closed);
  return `pod ${nameOf(leaving.pod)} may run on node ${nameOf(closed.node)} alone, which ${why}, so that none takes its place. ${first}, or let its pods go elsewhere.`;
}

/** Its volumes may be on its node, which takes no further pods; what is known of a claim does not tell where its volume can be used. */
function boundByVolumes(leaving: Leaving): string | undefined {
  const closed = closedNode(leaving);
  const claims = claimsOf(leaving.pod);
  if (closed === undefined || claims.length === 0) return undefined;
  const { why, first } = wordsFor(closed);
  const [volume, is] = claims.length === 1 ? ["volume", "is"] : ["volumes", "are"];
  return `node ${nameOf(closed.node)} of pod ${nameOf(leaving.pod)} ${why}, and whether its ${volume} (${some(claims, NAMED)}) can be used on another ${is} not known: a local one cannot. ${first}, or delete the pod by hand once it is known that another node can.`;
}

/** Why a node takes no pods, and what is to be done first. */
function wordsFor({ node, taint }: ClosedNode): { why: string; first: string } {
  const { key, effect } = taint;
  if (isCordon(taint))
    return { why: "is cordoned", first: `Uncordon the node first (kubectl uncordon ${nameOf(node)})` };
  const why = `has a taint that it does not tolerate (${key}:${effect})`;
  if (!key.startsWith(OF_NODES)) return { why, first: "Take the taint off, or have it tolerated, first" };
  return { why, first: `See to the node first (kubectl describe node ${nameOf(node)})` };
}

/** Others that are made alike find no node, and what it frees is not what they lack. */
export function findsNoNode(leaving: Leaving): string | undefined {
  const { facts, pod } = leaving;
  // What has no node itself loses none.
  if (pod.spec?.nodeName === undefined) return undefined;
  const waiting = facts.failing.find(
    (other) => isMadeAlike(leaving, other.pod) && other.failures.some(({ reason }) => reason === "Unschedulable"),
  );
  const message = waiting?.failures.find(({ reason }) => reason === "Unschedulable")?.message ?? "";
  if (waiting === undefined) return undefined;
  const frees = message.includes("Insufficient ") && closedNode(leaving) === undefined;
  if (frees) return undefined;
  return `pod ${nameOf(waiting.pod)} of the same template finds no node (${bounded(message, MAX_WORDS)}), and what comes in the place of ${nameOf(pod)} may find none either. See to it that one takes it first.`;
}

/** The pod's node, where that takes none in its place. */
function closedNode(leaving: Leaving): ClosedNode | undefined {
  const node = nodeOf(leaving);
  return node === undefined ? undefined : closedTo(node, placed(leaving));
}

function nodeOf({ facts, pod }: Leaving): Node | undefined {
  return facts.evidence.surroundings.nodes.find(({ metadata }) => metadata?.name === pod.spec?.nodeName);
}

/** The pod that tells where the next one may run: a DaemonSet's controller adds to each what the template does not say. */
function placed({ facts: { evidence }, pod, next }: Leaving): Pod {
  return kindOf(evidence.incident.workload)?.onePerNode === true ? pod : next;
}

/** Why no node may take the next pod. */
export const NODE_RULES: readonly Rule[] = [selectsLabelThatIsGone, boundToItsNode, boundByVolumes];
