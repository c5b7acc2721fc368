import { failingFor } from "../../facts/case.ts";
import { failsLiveness, isOutOfMemory } from "../../facts/container-ends.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { sharedNode } from "../../facts/one-node.ts";
import { count } from "../../shared/text.ts";
import { once, reportOnly, type Cause } from "./cause.ts";
import { CRASH_REASONS } from "./crash.ts";
import { UNREADY } from "./unready.ts";

/** Pods of one node that stop to serve at once, while the node is ready. */
export const ONE_NODE_CAUSES: readonly Cause[] = [
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
