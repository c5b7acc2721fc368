import { planOf, remedyFor } from "../remedies/remedies.ts";
import type { Plan } from "../remedies/remedy.ts";
import type { Incident, Remedy } from "../run/contracts.ts";
import { permitOf, stopWords, unreadableWords, wantedBy } from "../run/permit.ts";
import type { Origin } from "../run/request.ts";
import type { Case } from "../facts/case.ts";
import { askForApproval, declinedBefore, planOfCase, refuseByDecision } from "./approval.ts";
import type { GuardRefusal } from "./guards.ts";
import { withArticle } from "../shared/text.ts";

/** The word of the policy and of what is set at run time on this action in this namespace, for whoever wants it, and theirs who were asked. */
export function refuseByMode(facts: Case, remedy: Remedy): GuardRefusal | undefined {
  const plan = planOf(remedy);
  if (plan === undefined) return undefined;
  const { evidence, policy } = facts;
  const { incident } = evidence;
  const { approval } = incident;
  const stopped = stopWords(policy);
  // That something is not to be done can be said all the same.
  if (stopped !== undefined && approval?.decision !== "decline") {
    return { refusal: "Stopped", message: `${would(plan, incident)} ${stopped}${byHand(plan, incident)}` };
  }
  const wanted = wantedBy(incident, plan.action);
  const { mode, settings } = permitOf(wanted, policy);
  const why = `(${settings.join(", ")})`;
  const { origin, namespace } = wanted;
  if (mode === "off") {
    const message = `${withArticle(plan.action, "A")} is switched off in namespace ${namespace} ${why}.${byHand(plan, incident)}`;
    return { refusal: "ActionOff", message };
  }
  const id = planOfCase(facts, remedy);
  if (approval !== undefined && (mode === "automatic" || (mode === "approve" && origin === "person"))) {
    return refuseByDecision(facts, approval, id, would(plan, incident));
  }
  // A decision that has come this far counts for nothing.
  const isUndecided = approval !== undefined || !wanted.requested;
  const declined = isUndecided ? declinedBefore(facts, id, would(plan, incident)) : undefined;
  if (declined !== undefined && mode !== "observe") return declined;
  switch (mode) {
    case "automatic":
      return undefined;
    case "approve":
      return askForApproval(facts, id, would(plan, incident));
    case "observe":
      return {
        refusal: "DiagnoseOnly",
        message: [
          `${would(plan, incident)} ${leftTo(origin, namespace, settings)} ${why}.${byHand(plan, incident)}`,
          unreadableWords(policy),
        ]
          .filter(Boolean)
          .join(" "),
      };
  }
}

/** The settings that hold for everybody. */
const FOR_ALL = /^(settings )?modes\.all:/;

/** Whom it is left to: what holds for people as well is left to whoever does it by hand. */
function leftTo(origin: Origin, namespace: string, settings: readonly string[]): string {
  const isSet = settings.every((setting) => setting.startsWith("settings "));
  if (settings.some((setting) => setting.startsWith("settings unreadable:"))) {
    return `In namespace ${namespace} the workflow does that for nobody now`;
  }
  const here = `In namespace ${namespace} ${isSet ? "what is set at run time" : "the policy"}`;
  if (settings.some((setting) => FOR_ALL.test(setting))) return `${here} lets the workflow do that for nobody`;
  return origin === "person" ? `${here} lets the workflow do that for no person` : `${here} leaves that to a person`;
}

/** What would be done, as exactly as the remedy says it. */
export function would(plan: Plan, { workload }: Incident): string {
  return remedyFor(plan.action).words.would?.(plan, workload) ?? `${withArticle(plan.action, "A")} is what it needs.`;
}

/** How a person does the same; nothing where no command does. */
export function byHand(plan: Plan, { workload }: Incident): string {
  const command = remedyFor(plan.action).words.byHand?.(plan, workload);
  if (command === undefined) return "";
  const { words, quoted } = command;
  return ` By hand: \`${[...words, ...(quoted === undefined ? [] : [`'${quoted}'`])].join(" ")}\`.`;
}
