import type { Evidence } from "../../facts/evidence.ts";
import { ownerOf, TEMPLATE } from "../../facts/owners.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { hasGivenWay, keptAfterAbort } from "../../kinds/argo-rollout/abort.ts";
import { ROLLOUT } from "../../kinds/argo-rollout/kind.ts";
import { ABORT, type Rollout } from "../../kinds/argo-rollout/rollout.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { byWhom } from "../../shared/kubernetes/managed-fields.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

/** Who has aborted it, where that is known. */
function abortLines({ metadata }: Rollout): string[] {
  const who = byWhom(metadata, ABORT);
  return who === "" ? [] : [`it is aborted${who}`];
}

function rolloutIn({ incident, workload }: Evidence): Rollout | undefined {
  return kindOf(incident.workload)?.kind === ROLLOUT.kind ? workload : undefined;
}

/** A rollout that was given up, so that what fails of it is on its way out. */
export const ABORTED_CAUSES: readonly Cause[] = [
  {
    name: "RolloutAborted",
    looksLike:
      "A Rollout was aborted, by an analysis or by somebody, and no pod fails but those of the aborted revision, which are on their way out, or kept on purpose.",
    response: "Report: what served before serves again.",
    rejected: [
      { action: "restart", reason: "what was aborted is to go, and what serves does not fail" },
      {
        action: "rollback",
        reason: "what was promoted last serves already, and the template is whoever's who aborted it",
      },
    ],
    diagnose: (facts) => {
      const { failing, ofCurrent, own, evidence } = facts;
      const rollout = rolloutIn(evidence);
      if (rollout === undefined || !hasGivenWay(rollout) || failing.length > ofCurrent.length) return undefined;
      const isTold = own.some(({ reason }) => reason === "RolloutAborted");
      if (own.some(({ reason }) => reason !== "RolloutAborted") || (!isTold && failing.length === 0)) return undefined;
      const { namespace, name } = evidence.incident.workload;
      const kept = keptAfterAbort(rollout);
      const isLeaving = failing.length > 0 && Number.isFinite(kept);
      const owner = ownerOf(rollout.metadata, TEMPLATE)?.name;
      const retry = `try again with kubectl argo rollouts retry rollout ${name} -n ${namespace}`;
      const template =
        owner === undefined
          ? `Its template is still the one that was aborted. Find out why, then mend it, ${retry}, or go back for good with kubectl argo rollouts undo ${name} -n ${namespace}.`
          : `Its template is still the one that was aborted, and belongs to ${owner}. Find out why, then mend or revert it there, or ${retry}.`;
      const stay = "Its pods of the aborted revision stay, as abortScaleDownDelaySeconds is 0.";
      return {
        confidence: "high",
        summary: `Its rollout was aborted, and ${failing.length === 0 ? "none of its pods fails" : "no pod fails but those of the aborted revision"}.`,
        evidence: [...failureLines(failing, own), ...abortLines(rollout), ...rolloutLines(facts)],
        tries: once(
          isLeaving
            ? {
                action: "none",
                refusal: "MayPass",
                message: "Its controller takes the pods of the aborted revision away.",
              }
            : reportOnly(failing.length === 0 ? template : `${stay} ${template}`),
        ),
      };
    },
  },
];

/** What the controller of Argo Rollouts says of a Rollout of which no pod fails. */
export const ROLLOUT_CAUSES: readonly Cause[] = [
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
