import { isAskedFor } from "../run/asked-for.ts";
import { triedTooOften } from "../run/cool-down.ts";
import { hasHelped } from "../run/history.ts";
import { handBackCommand } from "../run/lease.ts";
import type { HistoryEntry, Remedy } from "../run/contracts.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import { duration } from "../shared/text.ts";
import type { Case } from "../facts/case.ts";
import type { GuardRefusal } from "./guards.ts";
import { refusePutBack } from "./put-back.ts";

/**
 * Refuses a remedy for what earlier executions have done: success is judged over days, not within one execution. Whoever
 * asks for a remedy gets it all the same.
 */
export function refuseRepetition(facts: Case, remedy: Remedy): GuardRefusal | undefined {
  const { incident, workload } = facts.evidence;
  if (remedy.action === "none" || isAskedFor(incident) || workload === undefined) return undefined;
  return refusePutBack(facts, remedy) ?? refuseTriedTooOften(facts) ?? refuseRecurring(facts, remedy);
}

/** So many remedies did not help in a row that no other is tried before the template changes: people are told once a day. */
function refuseTriedTooOften({ evidence, policy }: Case): GuardRefusal | undefined {
  const said = triedTooOften(evidence.history, presentOf(evidence), policy);
  if (said === undefined) return undefined;
  const back = handBackCommand(evidence.incident.workload);
  return { refusal: "TriedTooOften", message: `${said} To have it looked after again: ${back}` };
}

/** The remedy has helped so often that it cannot be what ends the failure. */
function refuseRecurring({ evidence, policy }: Case, remedy: Remedy): GuardRefusal | undefined {
  const { max_repeats, repeat_window_seconds } = policy.cool_down;
  const begin = evidence.now.getTime() - repeat_window_seconds * 1_000;
  const mode = "mode" in remedy ? remedy.mode : undefined;
  const helped = evidence.history.filter(
    (entry) =>
      hasHelped(entry) &&
      entry.action === remedy.action &&
      (entry.mode === undefined || entry.mode === mode) &&
      // Somebody asked for it while nothing failed.
      entry.cause !== "Requested" &&
      entry.template === presentOf(evidence) &&
      Date.parse(entry.at) > begin,
  );
  const last = helped[max_repeats - 1];
  if (last === undefined) return undefined;
  const until = new Date(Date.parse(last.at) + repeat_window_seconds * 1_000);
  return {
    refusal: "KeepsRecurring",
    message:
      `The same remedy (${remedy.action}${mode === undefined ? "" : `, ${mode}`}) has helped ${times(helped)} within ${duration(repeat_window_seconds)}, last at ${helped[0]?.at ?? ""}, and it failed again each time with the same pod template. ` +
      `Once more would not end that: find the cause. It is not done of its own accord before ${until.toISOString()}, unless the pod template changes.`,
  };
}

function presentOf({ workload }: Case["evidence"]): HistoryEntry["template"] {
  return workload === undefined ? undefined : presentTemplate(workload);
}

function times({ length }: readonly HistoryEntry[]): string {
  return length === 1 ? "once" : `${length} times`;
}
