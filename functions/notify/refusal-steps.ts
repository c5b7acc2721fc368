import { kindOf } from "../kinds/kinds.ts";
import type { Refusal } from "../run/refusals.ts";
import type { KindRef } from "../shared/kubernetes/groups.ts";

const REMEMBERED =
  "Find out why it fails, and mend that. The last command to hand it back has it looked after again before a new template does.";

/** What a person can do where the words of a refusal say only why nothing was done; undefined where they say that, too. */
export function refusalStep(refusal: Refusal, workload: KindRef): string | undefined {
  // Whoever lets what is of such a kind be looked after changes nothing: nothing is ever written to it.
  if (kindOf(workload) === undefined && KEPT_AWAY.has(refusal)) return "Look after it by hand.";
  return REFUSAL_STEPS[refusal];
}

/** Refusals that go once somebody lets the workload be looked after. */
const KEPT_AWAY: ReadonlySet<Refusal> = new Set<Refusal>(["NamespaceNotAllowed", "NotOptedIn", "OptedOut"]);

const REFUSAL_STEPS: Readonly<Partial<Record<Refusal, string>>> = {
  ActionOff: "Do it by hand if it is right, or have the policy allow it.",
  AlreadyClaimed: "Wait for what that execution tells of it; then ask again if it is still needed.",
  BeingDeleted: "Ask again once it is there again, if that is meant.",
  CoolingDown: "Ask again after that time, if it is still needed.",
  KeepsRecurring: REMEMBERED,
  LimitReached:
    "Decide whether it is to become larger. If so, raise `scale.max_replicas` in the policy, or scale it by hand.",
  NamespaceNotAllowed: "Look after it by hand; `namespaces` in the policy says what the workflow looks after.",
  NoLongerAllowed: "Ask again if it is still needed: what is allowed by then decides.",
  NotOptedIn: "Look after it by hand, or opt it in.",
  OptedOut: "Look after it by hand, or take the annotation away that keeps the workflow off.",
  PutBack: "If it was not meant that this was put back, do by hand what the execution had done, or ask for it.",
  RolloutInProgress: "Ask again once the rollout has ended, if it is still needed.",
  Stopped: "Do it by hand if it cannot wait, or have everything resumed, and ask again.",
  TriedTooOften: REMEMBERED,
};
