import { failureLines } from "../../facts/failure-lines.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

/** What the controller of Argo Rollouts says of a Rollout of which no pod fails. */
export const ROLLOUT_CAUSES: readonly Cause[] = [
  {
    name: "RolloutAborted",
    looksLike: "A Rollout was aborted, by an analysis or by somebody, and none of its pods fails.",
    response: "Report: what served before serves again.",
    rejected: [
      { action: "restart", reason: "none of its pods fails" },
      {
        action: "rollback",
        reason: "what was promoted last serves already, and the template is whoever's who aborted it",
      },
    ],
    diagnose: (facts) => {
      const { failing, own, evidence } = facts;
      if (failing.length > 0 || !own.some(({ reason }) => reason === "RolloutAborted")) return undefined;
      const { namespace, name } = evidence.incident.workload;
      return {
        confidence: "high",
        summary: "Its rollout was aborted, and none of its pods fails.",
        evidence: [...failureLines([], own), ...rolloutLines(facts)],
        tries: once(
          reportOnly(
            `Its template is still the one that was aborted. Find out why, then mend it, try again with kubectl argo rollouts retry rollout ${name} -n ${namespace}, or go back for good with kubectl argo rollouts undo ${name} -n ${namespace}.`,
          ),
        ),
      };
    },
  },
  {
    name: "InvalidRollout",
    looksLike: "The controller of Argo Rollouts calls a Rollout's spec invalid, and does nothing for it.",
    response: "Report.",
    rejected: [{ action: "rollback", reason: "what is wrong need not be in the pod template" }],
    diagnose: ({ failing, own, evidence }) => {
      if (failing.length > 0 || !own.some(({ reason }) => reason === "InvalidSpec")) return undefined;
      const { namespace, name } = evidence.incident.workload;
      return {
        confidence: "high",
        summary: "Its controller calls its spec invalid, and does nothing for it until that is mended.",
        evidence: failureLines([], own),
        tries: once(reportOnly(`Mend its spec: kubectl -n ${namespace} edit rollout ${name}.`)),
      };
    },
  },
];
