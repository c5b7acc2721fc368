import { kindOf } from "../../kinds/kinds.ts";
import { count, some } from "../../shared/text.ts";
import { containersOf } from "../../shared/kubernetes/containers.ts";
import type { PodTemplate } from "../../shared/kubernetes/types.ts";
import type { Case, FailingPod } from "../../facts/case.ts";
import { failedPodLines, reasonsAndNodes, refusedFor, type RefusedPart } from "../../facts/failed-pods.ts";
import { nodeLoops, type NodeLoop } from "../../facts/node-loops.ts";
import { quietSeconds, replacementLoop } from "../../facts/replacement-loop.ts";
import { cleanUpPods } from "../../remedies/restart/plan.ts";
import type { Remedy } from "../../run/contracts.ts";
import { goBackOrTell, type Shared } from "../brought.ts";
import { isAlike, nodesOf } from "../parts.ts";
import { once, reportOnly, rolloutLines, type Cause, type Finding } from "./cause.ts";

/** How many nodes, and names of pods on each, are told. */
const MAX_NODES = 3;
const MAX_NAMES = 4;

const PARTS: Record<RefusedPart, (template: PodTemplate) => unknown> = {
  sysctls: ({ spec }) => spec?.securityContext?.sysctls ?? [],
  "AppArmor profiles": (template) => [
    template.spec?.securityContext?.appArmorProfile,
    containersOf(template).map(({ name, securityContext }) => [name, securityContext?.appArmorProfile]),
    Object.entries(template.metadata?.annotations ?? {}).filter(([key]) => key.includes("apparmor")),
  ],
  "policy on groups": ({ spec }) => spec?.securityContext?.supplementalGroupsPolicy,
  "operating system": ({ spec }) => [spec?.os, spec?.nodeSelector],
  sidecars: ({ spec }) => (spec?.initContainers ?? []).map(({ restartPolicy }) => restartPolicy),
  amounts: ({ spec }) => spec?.resources,
};

/** What an earlier template shares for which nodes refused all of these pods: such nodes refuse pods of either revision. */
function refusedLikewise(pods: readonly FailingPod[]): Shared | undefined {
  const [part, ...others] = new Set(pods.map(refusedFor));
  if (part === undefined || others.length > 0) return undefined;
  return {
    says: `asks for the same ${part}`,
    holds: (now, before) => isAlike([PARTS[part](now), nodesOf(now)], [PARTS[part](before), nodesOf(before)]),
  };
}

/** Pods that have failed for good, and were replaced. */
export const FAILED_POD_CAUSES: readonly Cause[] = [
  {
    name: "ReplacementLoop",
    looksLike:
      "Pods are evicted, or refused by their node, or end for good by a restart policy of their containers, and so do those that take their place, up to now: an eviction loop. Of a DaemonSet, whose controller deletes what failed, its Events tell.",
    response:
      "Roll back when the pods exceed a limit of their own (ephemeral storage, an emptyDir), or ask for what their nodes forbid or do not support (a sysctl, an AppArmor profile), or their containers end with an error and are not started again, since the present revision was rolled out; otherwise report. What is left of them stays.",
    rejected: [{ action: "restart", reason: "what is left of the failed pods tells why, and more of it comes" }],
    diagnose: (facts) => {
      if (facts.failing.length > 0) return undefined;
      const loop = replacementLoop(facts);
      if (loop === undefined) return onNodes(nodeLoops(facts));
      const { pods, replacements, last, broughtByRollout } = loop;
      const rollsBack = broughtByRollout && facts.healthy !== undefined;
      return {
        confidence: facts.healthy?.confidence ?? "medium",
        summary: `${count(pods.length, "pod")} failed for good ${reasonsAndNodes(pods)}, at least ${replacements.length} of them in the place of one that had failed before${broughtByRollout ? `, and all since revision ${facts.current?.revision ?? "?"} was rolled out` : ""}. The last failed at ${last.toISOString()}.`,
        evidence: [...failedPodLines(pods), ...(rollsBack ? rolloutLines(facts) : [])],
        tries: once(
          goBackOrTell(
            facts,
            rollsBack,
            "Each new pod may go the same way. The messages say what was exceeded, short or forbidden, or how it ended; what is left of the pods stays, since it tells why.",
            refusedLikewise(pods),
          ),
        ),
      };
    },
  },
  {
    name: "FailedPods",
    looksLike:
      "Pods in phase Failed (evicted, node shut down, refused by the node) that their controller has replaced.",
    response: "Once every replacement is ready, and no further pod has failed for a while, delete the leftovers.",
    rejected: [{ action: "rollback", reason: "nothing says that the template made the pods fail" }],
    diagnose: (facts) => {
      const { failing, leftovers } = facts;
      if (failing.length > 0 || leftovers.length === 0) return undefined;
      const missing = missingReplicas(facts);
      return {
        confidence: "high",
        summary: `${count(leftovers.length, "pod")} failed for good ${reasonsAndNodes(leftovers)}${replacements(missing)}.`,
        evidence: failedPodLines(leftovers),
        tries: once(
          missing === undefined
            ? reportOnly("Whether others have taken their place is not known.")
            : cleanUp(facts, missing),
        ),
      };
    },
  },
];

/** Pods of a DaemonSet that fail on the same node again and again. */
function onNodes(loops: readonly NodeLoop[]): Finding | undefined {
  if (loops.length === 0) return undefined;
  const pods = loops.map(({ pod }) => pod);
  const fewest = Math.min(...loops.map(({ deleted }) => deleted.length));
  const first = new Date(Math.min(...loops.map(({ since }) => since.getTime())));
  return {
    confidence: "medium",
    summary: `${count(pods.length, "pod")} failed for good ${reasonsAndNodes(pods)}, and at least ${fewest} others on the same node before ${pods.length === 1 ? "it" : "each of them"}. The first of those was deleted by its controller at ${first.toISOString()}.`,
    evidence: [
      ...failedPodLines(pods),
      ...loops.slice(0, MAX_NODES).map(({ node, deleted }) => {
        return `deleted on ${node} after it had failed: ${some(deleted, MAX_NAMES)}`;
      }),
    ],
    tries: once(
      reportOnly(
        "Each new pod may go the same way. The messages say what was exceeded or short; their controller deletes what is left of the pods after a while.",
      ),
    ),
  };
}

/** Deletes the leftovers, once they are no evidence any more of something that goes on. */
function cleanUp(facts: Case, missing: number): Remedy {
  const { leftovers, policy } = facts;
  const stay = (message: string): Remedy => ({ action: "none", refusal: "MayPass", message });
  if (missing > 0) {
    return stay(
      `${count(missing, "replacement")} ${missing === 1 ? "is" : "are"} not ready yet; the leftovers stay until they are, for whoever looks into it.`,
    );
  }
  const quiet = quietSeconds(facts);
  const { quiet_seconds } = policy.restart;
  if (quiet >= quiet_seconds) return cleanUpPods(leftovers, policy);
  return stay(
    `The last one failed ${Math.round(quiet)} s ago; the leftovers stay until none has failed for ${quiet_seconds} s, for whoever looks into it.`,
  );
}

/** What is known of the pods that stand in for those that have failed. */
function replacements(missing: number | undefined): string {
  if (missing === undefined) return "";
  return missing === 0 ? "; the replacements are ready" : "; the replacements are not all ready yet";
}

/** How many replicas the workload lacks to be whole; undefined for a kind of which that is not known. */
function missingReplicas({ evidence: { incident, workload } }: Case): number | undefined {
  const kind = kindOf(incident.workload);
  if (kind === undefined || workload === undefined) return undefined;
  return Math.max(0, kind.wanted(workload) - kind.ready(workload));
}
