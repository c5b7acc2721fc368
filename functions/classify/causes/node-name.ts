import type { Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { isReady } from "../../shared/kubernetes/pods.ts";
import { goBackOrTell } from "../brought.ts";
import { once, rolloutLines, type Cause } from "./cause.ts";

/**
 * A pod template that names its node passes the scheduler by: nobody says that there is no such node.
 * Source: kubernetes pkg/controller/podgc/gc_controller.go, gcOrphaned
 */
export const NODE_NAME_CAUSES: readonly Cause[] = [
  {
    name: "NodeDoesNotExist",
    looksLike:
      "The pod template names a node (nodeName) that is not there: its pods stay Pending, no Event says why, and each is deleted again after about a minute.",
    response: "Roll back when the present revision brought the name; otherwise report.",
    rejected: [{ action: "restart", reason: "a new pod would be given the same node" }],
    diagnose: (facts) => {
      const { failing, own, sinceRollout, rolloutFailed } = facts;
      const node = nodeThatIsNot(facts);
      if (node === undefined || failing.length + own.length === 0) return undefined;
      return {
        confidence: "high",
        summary: `Its pod template names node ${node} (nodeName), which does not exist, so that no pod of it starts.`,
        evidence: [...failureLines(failing, own), ...rolloutLines(facts)],
        tries: once(
          goBackOrTell(
            facts,
            sinceRollout || rolloutFailed,
            "Take nodeName out of the pod template, and select nodes by their labels (nodeSelector) where that matters: with nodeName no scheduler looks at a pod.",
            { says: "names the same node", holds: (now, before) => now.spec?.nodeName === before.spec?.nodeName },
          ),
        ),
      };
    },
  },
];

/** The node of that name, where pods of the template wait for it and it was looked for in vain. */
function nodeThatIsNot({ evidence: { workload, surroundings, pods } }: Case): string | undefined {
  const node = workload?.spec?.template?.spec?.nodeName;
  if (node === undefined || node === "" || surroundings.absentNodes?.includes(node) !== true) return undefined;
  return pods.some((pod) => pod.spec?.nodeName === node && !isReady(pod)) ? node : undefined;
}
