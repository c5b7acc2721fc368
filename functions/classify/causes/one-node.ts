import { failingFor } from "../../facts/case.ts";
import { failsLiveness, howTheyEnd, isOutOfMemory } from "../../facts/container-ends.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { badNode, sharedNode } from "../../facts/one-node.ts";
import { count } from "../../shared/text.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";
import { CRASH_REASONS } from "./crash.ts";
import { UNREADY } from "./unready.ts";

/** Pods that fail on one node alone, while the node is ready. */
export const ONE_NODE_CAUSES: readonly Cause[] = [
  {
    name: "FailsOnOneNode",
    looksLike:
      "A DaemonSet is updated, and fails on one node alone, while pods of the same revision run well on several others: it is the node's matter.",
    response: "Report the node, and leave the update as it is.",
    rejected: [
      { action: "rollback", reason: "the same revision runs well on other nodes, which would lose it" },
      { action: "restart", reason: "a new pod comes to the same node" },
    ],
    diagnose: (facts) => {
      const bad = badNode(facts);
      if (bad === undefined) return undefined;
      const { node, readyElsewhere } = bad;
      const revision = facts.current?.revision ?? "?";
      const ends = howTheyEnd(facts, CRASH_REASONS);
      return {
        confidence: "medium",
        summary: `Revision ${revision} fails on node ${node} alone, and its pods run well on ${readyElsewhere} others${ends === undefined ? "" : `: ${ends}`}.`,
        evidence: [...failureLines(facts.ofCurrent), ...rolloutLines(facts)],
        tries: once(
          reportOnly(
            `Not rolled back, since the same revision runs well elsewhere. Compare node ${node} with those nodes (kubectl describe node ${node}): its type and image, its disk, its network, and what else runs there.`,
          ),
        ),
      };
    },
  },
  {
    name: "UnreadyOnOneNode",
    looksLike:
      "All pods that a workload has on one node, several, have been unready since the same moment, by their readiness or their liveness probes, while those on other nodes are ready: it is the node's matter.",
    response: "Report the node, and leave the pods alone.",
    rejected: [
      { action: "restart", reason: "a new pod may come to the same node, and a running one is ready again with it" },
      { action: "rollback", reason: "pods of the same workload are ready on other nodes" },
    ],
    diagnose: (facts) => {
      const ended = failingFor(facts.failing, CRASH_REASONS).filter((pod) => !isOutOfMemory(pod));
      const isProbed = ended.some((pod) => failsLiveness(pod, facts, CRASH_REASONS));
      const pods = [...new Set([...failingFor(facts.failing, UNREADY), ...(isProbed ? ended : [])])];
      const shared = facts.sinceRollout ? undefined : sharedNode(facts, pods);
      if (shared === undefined) return undefined;
      const { node, readyElsewhere } = shared;
      return {
        confidence: "medium",
        summary: `${count(pods.length, "pod")} have been unready since about the same moment, all on node ${node}, while ${count(readyElsewhere, "pod")} of it ${readyElsewhere === 1 ? "is" : "are"} ready on other nodes.`,
        evidence: failureLines(pods),
        tries: once(
          reportOnly(
            `Look at the node (kubectl describe node ${node}), its network and its load, and at what else runs there. Cordon it before its pods are evicted, so that new ones come to other nodes.`,
          ),
        ),
      };
    },
  },
];
