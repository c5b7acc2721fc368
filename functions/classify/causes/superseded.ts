import { kindOf } from "../../kinds/kinds.ts";
import { STILL_STARTING } from "../../kinds/failing/overdue.ts";
import { isReady, isTerminating } from "../../shared/kubernetes/pods.ts";
import { count, some } from "../../shared/text.ts";
import type { Case, FailingPod } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { replacePods } from "../../remedies/restart/plan.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

/** How many names a sentence holds. */
const MAX_NAMES = 3;

/** Pods that fail although the template they were made from is no longer the present one. */
export const SUPERSEDED_CAUSES: readonly Cause[] = [
  {
    name: "SupersededRevision",
    looksLike:
      "A StatefulSet got a new template while a broken pod of an earlier one was there, and has not replaced it since: an ordered one replaces no pod that is not ready (Kubernetes issue 67250), a Parallel one of Kubernetes 1.35 counts it among those that may be unavailable (issue 137409).",
    response: "Evict the broken pods of the earlier template once, so that they are made again from the present one.",
    rejected: [{ action: "rollback", reason: "no pod of the present template fails" }],
    diagnose: (facts) => {
      const { workload, incident } = facts.evidence;
      const kind = kindOf(incident.workload);
      // What replaces pods that are not ready by itself waits for none.
      if (kind?.waiting === undefined || workload === undefined || !kind.rollsOutByItself(workload)) return undefined;
      const stuck = supersededPods(facts);
      if (stuck.length === 0) return undefined;
      return {
        confidence: "high",
        summary: `${count(stuck.length, "pod")} of an earlier revision ${stuck.length === 1 ? "keeps" : "keep"} the present one from being rolled out.`,
        evidence: [...failureLines(stuck), ...rolloutLines(facts)],
        tries: once(replacePods(stuck, facts)),
      };
    },
  },
  {
    name: "SupersededByHand",
    looksLike:
      "Pods fail that were made from an earlier template than the present one, no pod of the present one fails, and the update strategy leaves it to people to replace them (OnDelete).",
    response: "Report which pods to delete.",
    rejected: [
      {
        action: "restart",
        reason: "what comes in their place is made from another template, which is for people to decide",
      },
      { action: "rollback", reason: "no pod of the present template fails" },
    ],
    diagnose: (facts) => {
      const { workload, incident } = facts.evidence;
      const kind = kindOf(incident.workload);
      if (kind === undefined || workload === undefined || kind.rollsOutByItself(workload)) return undefined;
      const stuck = supersededPods(facts);
      if (stuck.length === 0) return undefined;
      const names = stuck.map(({ pod }) => pod.metadata?.name ?? "");
      const one = stuck.length === 1;
      return {
        confidence: "high",
        summary: `${count(stuck.length, "pod")} ${one ? "fails that was" : "fail that were"} made from an earlier pod template than the present one.`,
        evidence: [...failureLines(stuck), ...rolloutLines(facts)],
        tries: once(
          reportOnly(
            `Its update strategy leaves it to people to replace pods. Delete ${some(names, MAX_NAMES)} to have ${one ? "it" : "them"} made from the present template, if that is meant to help.`,
          ),
        ),
      };
    },
  },
];

/**
 * The failing pods of an earlier revision that has none that is ready, each of which would be made from the present template
 * if it went; none while pods of the present revision fail, too.
 */
function supersededPods({ evidence, failing, current }: Case): FailingPod[] {
  const { incident, workload, pods } = evidence;
  const kind = kindOf(incident.workload);
  const history = kind?.history;
  if (history === undefined || history.controlsPods || workload === undefined || current === undefined) return [];
  if (failing.some(({ pod }) => history.isMadeFrom(pod, current.name))) return [];
  // A revision that still has ready pods is one that works: such a pod would be made from it again.
  const working = new Set(pods.filter(isReady).map((pod) => history.markOf(pod)));
  return failing.filter(
    ({ pod, failures }) =>
      failures.some(({ reason }) => reason !== STILL_STARTING) &&
      !isReady(pod) &&
      !isTerminating(pod) &&
      kind?.keepsRevision?.(workload, pod) !== true &&
      !working.has(history.markOf(pod)),
  );
}
