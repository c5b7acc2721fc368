import { planOf, remedyFor } from "../remedies/remedies.ts";
import type { Action, Plan } from "../remedies/remedy.ts";
import type { Incident, Remedy } from "../run/contracts.ts";
import type { Origin } from "../run/request.ts";
import { isAskedFor } from "../run/asked-for.ts";
import { MODES, type ActionMode } from "../shared/action-mode.ts";
import type { Policy } from "../shared/policy.ts";
import type { Case } from "../facts/case.ts";
import { askForApproval, declinedBefore, planOfCase, refuseByDecision } from "./approval.ts";
import type { GuardRefusal } from "./guards.ts";
import { withArticle } from "../shared/text.ts";

/** Who wants an action, and where. */
export interface Wanted {
  action: Action;
  namespace: string;
  origin: Origin;
  /** Whether exactly this action was asked for. */
  requested: boolean;
}

/** What an action may do, and the settings that say so. */
export interface Permit {
  mode: ActionMode;
  /** `modes.found: observe`, for each setting that allows no more. */
  settings: string[];
}

/**
 * What the policy lets an action do: the most careful of the switch over everything, of what holds for whoever wants it, and
 * of what holds for the action. What an action's mode leaves to people, a person gets who asks for exactly that.
 */
export function permitOf({ action, namespace, origin, requested }: Wanted, policy: Policy): Permit {
  const here = policy.overrides.filter(({ namespaces }) => namespaces.includes(namespace));
  const modeOf = (name: Action) =>
    here.find(({ actions }) => actions[name] !== undefined)?.actions[name] ?? policy.actions[name];
  const forOrigin = here.find(({ modes }) => modes[origin] !== undefined)?.modes[origin] ?? policy.modes[origin];
  const isLeftToThem = (mode: ActionMode) => origin === "person" && requested && mode !== "off";
  // What is done in the place of another remedy may be no bolder than that.
  const actions = [action, remedyFor(action).through?.insteadOf ?? action];
  const modes = [
    { name: "modes.all", mode: policy.modes.all },
    { name: `modes.${origin}`, mode: forOrigin },
    ...[...new Set(actions)].map((name) => ({
      name: `actions.${name}`,
      mode: isLeftToThem(modeOf(name)) ? ("automatic" as const) : modeOf(name),
    })),
  ];
  const mode = MODES[Math.min(...modes.map((each) => MODES.indexOf(each.mode)))] ?? "off";
  const settings = modes.filter((each) => each.mode === mode).map(({ name }) => `${name}: ${mode}`);
  return { mode, settings };
}

/** The policy's word on this action in this namespace, for whoever wants it, and theirs who were asked. */
export function refuseByMode(facts: Case, remedy: Remedy): GuardRefusal | undefined {
  const plan = planOf(remedy);
  if (plan === undefined) return undefined;
  const { evidence, policy } = facts;
  const { incident } = evidence;
  const { approval } = incident;
  const wanted = wantedBy(incident, plan);
  const { mode, settings } = permitOf(wanted, policy);
  const why = `(${settings.join(", ")})`;
  const { origin, namespace } = wanted;
  if (mode === "off") {
    const message = `${withArticle(plan.action, "A")} is switched off in namespace ${namespace} ${why}.`;
    return { refusal: "ActionOff", message };
  }
  const id = planOfCase(facts, remedy);
  if (approval !== undefined && (mode === "automatic" || (mode === "approve" && origin === "person"))) {
    return refuseByDecision(facts, approval, id, would(plan, incident));
  }
  const declined =
    approval === undefined && !wanted.requested ? declinedBefore(facts, id, would(plan, incident)) : undefined;
  if (declined !== undefined && mode !== "observe") return declined;
  switch (mode) {
    case "automatic":
      return undefined;
    case "approve":
      return askForApproval(facts, id, would(plan, incident));
    case "observe":
      return {
        refusal: "DiagnoseOnly",
        message: `${would(plan, incident)} ${leftTo(origin, namespace, settings)} ${why}.${byHand(plan, incident)}`,
      };
  }
}

/** Who wants a plan: whoever has decided about it, or asks for it by name. */
function wantedBy(incident: Incident, { action }: Plan): Wanted {
  const { approval, requested, workload, origin = requested === undefined ? "found" : "agent" } = incident;
  const { namespace } = workload;
  if (approval !== undefined) return { action, namespace, origin: approval.origin, requested: true };
  return { action, namespace, origin, requested: isAskedFor(incident) };
}

/** Whom the policy leaves it to: what holds for people as well is left to whoever does it by hand. */
function leftTo(origin: Origin, namespace: string, settings: readonly string[]): string {
  const here = `In namespace ${namespace} the policy`;
  if (settings.some((setting) => setting.startsWith("modes.all:")))
    return `${here} lets the workflow do that for nobody`;
  return origin === "person" ? `${here} lets the workflow do that for no person` : `${here} leaves that to a person`;
}

/** What would be done, as exactly as the remedy says it. */
function would(plan: Plan, { workload }: Incident): string {
  return remedyFor(plan.action).words.would?.(plan, workload) ?? `${withArticle(plan.action, "A")} is what it needs.`;
}

/** How a person does the same; nothing where no command does. */
function byHand(plan: Plan, { workload }: Incident): string {
  const command = remedyFor(plan.action).words.byHand?.(plan, workload);
  if (command === undefined) return "";
  const { words, quoted } = command;
  return ` By hand: \`${[...words, ...(quoted === undefined ? [] : [`'${quoted}'`])].join(" ")}\`.`;
}
