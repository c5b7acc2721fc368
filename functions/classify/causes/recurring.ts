import { kindOf } from "../../kinds/kinds.ts";
import { isReady } from "../../shared/kubernetes/pods.ts";
import { recurringEnds } from "../../shared/kubernetes/recurring-ends.ts";
import { count } from "../../shared/text.ts";
import type { Case, FailingPod } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { firstFailed } from "../../facts/first-failed.ts";
import { rollBack } from "../../remedies/rollback/plan.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

/** Containers that serve for a while between their ends. */
export const RECURRING_CAUSES: readonly Cause[] = [
  {
    name: "EndsAgainAndAgain",
    looksLike:
      "Ready containers that have ended with an error at least three times, each time after a run of ten minutes to an hour: the kubelet starts them at once, and CrashLoopBackOff never shows.",
    response: "Roll back when they have done so since the present revision was made; report otherwise.",
    rejected: [{ action: "restart", reason: "the kubelet restarts the container already; it ends again" }],
    diagnose: (facts) => {
      const { failing, current, evidence } = facts;
      if (failing.length === 0 || !failing.every((pod) => endsAgainAndAgain(pod, evidence.now))) return undefined;
      const brought = failing.every((pod) => endsSince(facts, pod));
      const what = `${count(failing.length, "pod")} ${failing.length === 1 ? "ends" : "end"} again and again after a while`;
      return {
        confidence: "medium",
        summary: `${what}${brought ? `, since revision ${current?.revision ?? "?"} was made` : ""}.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(
          brought
            ? rollBack(facts)
            : reportOnly(
                "Nothing says that the present revision brought it. Compare what the container uses with its limits, and look at its liveness probe.",
              ),
        ),
      };
    },
  },
];

function endsAgainAndAgain({ pod }: FailingPod, now: Date): boolean {
  return isReady(pod) && recurringEnds(pod, now).length > 0;
}

/** Whether the pod is of the present revision, and no run of its container since that was made was a long one. */
function endsSince({ evidence, current }: Case, failing: FailingPod): boolean {
  const { pod, failures } = failing;
  const first = firstFailed(failing);
  const { history } = kindOf(evidence.incident.workload.kind) ?? {};
  if (current?.numbers.length !== 1 || first === undefined) return false;
  if (history?.isMadeFrom(pod, current.name) !== true) return false;
  const run = Math.max(
    ...failures.map(({ container }) => {
      const ended = pod.status?.containerStatuses?.find(({ name }) => name === container)?.lastState?.terminated;
      return Date.parse(ended?.finishedAt ?? "") - Date.parse(ended?.startedAt ?? "");
    }),
  );
  return first.getTime() - current.created.getTime() <= 2 * run;
}
