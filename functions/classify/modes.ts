import { planOf, remedyFor } from "../remedies/remedies.ts";
import type { Action, Plan } from "../remedies/remedy.ts";
import type { Incident, Remedy } from "../run/contracts.ts";
import type { Origin } from "../run/request.ts";
import { isAskedFor } from "../run/asked-for.ts";
import { MODES, type ActionMode } from "../shared/action-mode.ts";
import type { Policy } from "../shared/policy.ts";
import type { GuardRefusal } from "./guards.ts";

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
  const forAction =
    here.find(({ actions }) => actions[action] !== undefined)?.actions[action] ?? policy.actions[action];
  const forOrigin = here.find(({ modes }) => modes[origin] !== undefined)?.modes[origin] ?? policy.modes[origin];
  const isLeftToThem = origin === "person" && requested && forAction !== "off";
  const modes = [
    { name: "modes.all", mode: policy.modes.all },
    { name: `modes.${origin}`, mode: forOrigin },
    { name: `actions.${action}`, mode: isLeftToThem ? ("automatic" as const) : forAction },
  ];
  const mode = MODES[Math.min(...modes.map((each) => MODES.indexOf(each.mode)))] ?? "off";
  const settings = modes.filter((each) => each.mode === mode).map(({ name }) => `${name}: ${mode}`);
  return { mode, settings };
}

/** The policy's word on this action in this namespace, for whoever wants it. */
export function refuseByMode(incident: Incident, remedy: Remedy, policy: Policy): GuardRefusal | undefined {
  const plan = planOf(remedy);
  if (plan === undefined) return undefined;
  const { action } = plan;
  const { namespace } = incident.workload;
  const { requested, origin = requested === undefined ? "found" : "agent" } = incident;
  const { mode, settings } = permitOf({ action, namespace, origin, requested: isAskedFor(incident) }, policy);
  const why = `(${settings.join(", ")})`;
  switch (mode) {
    case "automatic":
      return undefined;
    case "approve":
    case "observe":
      return {
        refusal: "DiagnoseOnly",
        message: `${would(plan, incident)} ${leftTo(origin, namespace, settings)} ${why}.${byHand(plan, incident)}`,
      };
    case "off":
      return { refusal: "ActionOff", message: `A ${action} is switched off in namespace ${namespace} ${why}.` };
  }
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
  return remedyFor(plan.action).words.would?.(plan, workload) ?? `A ${plan.action} is what it needs.`;
}

/** How a person does the same; nothing where no command does. */
function byHand(plan: Plan, { workload }: Incident): string {
  const command = remedyFor(plan.action).words.byHand?.(plan, workload);
  if (command === undefined) return "";
  const { words, quoted } = command;
  return ` By hand: \`${[...words, ...(quoted === undefined ? [] : [`'${quoted}'`])].join(" ")}\`.`;
}
