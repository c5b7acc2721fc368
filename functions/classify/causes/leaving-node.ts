import { failureLines } from "../../facts/failure-lines.ts";
import { leavingNodeOf } from "../../facts/leaving-node.ts";
import { count, some } from "../../shared/text.ts";
import type { Cause } from "./cause.ts";

/** How many nodes are named. */
const MAX_NODES = 3;

/** What is asked to end, on a node that is being emptied, tells of neither its revision nor itself. */
export const ENDED_ON_LEAVING_NODE: Cause = {
  name: "EndedOnLeavingNode",
  looksLike:
    "Containers end as on SIGTERM (exit code 143) on a node that is cordoned, or that an autoscaler takes away, and no probe is known to have failed.",
  response:
    "Wait: what empties the node ends its containers, and their pods are made anew elsewhere. Report where it lasts.",
  rejected: [
    { action: "rollback", reason: "what asks them to end may be what empties the node" },
    { action: "restart", reason: "what empties the node replaces its pods itself, within their disruption budgets" },
  ],
  diagnose: ({ failing, evidence, longStable }) => {
    const nodes = failing.map((pod) => leavingNodeOf(pod, evidence));
    const names = [...new Set(nodes.filter((name) => name !== undefined))];
    if (longStable || nodes.length === 0 || nodes.includes(undefined)) return undefined;
    const [one, is] = names.length === 1 ? ["node", "is"] : ["nodes", "are"];
    const where = `${one} ${some(names, MAX_NODES)}, which ${is} cordoned or being taken away`;
    return {
      confidence: "medium",
      summary: `${count(failing.length, "pod")} ${failing.length === 1 ? "ends" : "end"} as on SIGTERM (exit code 143) on ${where}.`,
      evidence: failureLines(failing),
      tries: [
        {
          remedy: {
            action: "none",
            refusal: "MayPass",
            message: `What empties a node asks what runs there to end, which says nothing of the pod or its revision. If this lasts, look who empties ${names.length === 1 ? "it" : "them"} (kubectl describe node ${names[0] ?? ""}), and have that go on, or take it back.`,
          },
        },
      ],
    };
  },
};
