import { kindOf } from "../../kinds/kinds.ts";
import { revisionRef } from "../../kinds/revisions/revision.ts";
import { STILL_STARTING } from "../../shared/kubernetes/overdue.ts";
import { isReady } from "../../shared/kubernetes/pods.ts";
import { count } from "../../shared/text.ts";
import type { Case, FailingPod } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { evictPods } from "../../remedies/restart/plan.ts";
import { once, rolloutLines, type Cause } from "./cause.ts";

/** Pods that fail although the template they were made from is no longer the present one. */
export const SUPERSEDED_CAUSES: readonly Cause[] = [
  {
    name: "SupersededRevision",
    looksLike:
      "An ordered StatefulSet got a new template while it waited for a broken pod of an earlier one: its controller replaces no pod that is not ready, so the new template never gets its turn (Kubernetes issue 67250).",
    response: "Evict the broken pods of the earlier template once, so that they are made again from the present one.",
    rejected: [{ action: "rollback", reason: "the present template has not been tried yet" }],
    diagnose: (facts) => {
      const stuck = supersededPods(facts);
      if (stuck.length === 0) return undefined;
      return {
        confidence: "high",
        summary: `${count(stuck.length, "pod")} of an earlier revision ${stuck.length === 1 ? "keeps" : "keep"} the present one from being rolled out.`,
        evidence: [...failureLines(stuck), ...rolloutLines(facts)],
        tries: once(evictPods(stuck, facts.policy)),
      };
    },
  },
];

/** The pods that an update waits for in vain; none while pods of the present revision fail, too. */
function supersededPods({ evidence, failing, current }: Case): FailingPod[] {
  const { incident, workload, pods } = evidence;
  const kind = kindOf(incident.workload);
  const { history, waiting } = kind ?? {};
  if (history === undefined || waiting === undefined || workload === undefined || current === undefined) return [];
  if (kind?.rollsOutByItself(workload) !== true) return [];
  if (failing.some(({ pod }) => history.isMadeFrom(pod, current.name))) return [];
  const waitedFor = new Set(waiting.podsInTheWay(workload, pods, revisionRef(current)).map(({ uid }) => uid));
  // A revision that still has ready pods is one that works: such a pod would be made from it again.
  const working = new Set(pods.filter(isReady).map((pod) => history.markOf(pod)));
  const late = failing.filter(({ failures }) => failures.some(({ reason }) => reason !== STILL_STARTING));
  return late.filter(({ pod }) => waitedFor.has(pod.metadata?.uid ?? "") && !working.has(history.markOf(pod)));
}
