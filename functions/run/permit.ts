import { plainAction } from "../remedies/contracts.ts";
import { MODES, type ActionMode } from "../shared/action-mode.ts";
import { Action } from "../shared/policy.ts";
import type { PolicyInForce } from "../shared/settings-here.ts";
import { stoppedWords } from "../shared/settings.ts";
import { isAskedFor } from "./asked-for.ts";
import type { Incident, WorkloadRun } from "./contracts.ts";
import type { Refusal } from "./refusals.ts";
import type { Origin } from "./request.ts";

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
  /** `modes.found: observe`, for each setting that allows no more; what is set at run time begins with `settings`. */
  settings: string[];
}

/**
 * What an action may do: the most careful of what the policy says and what is set at run time, each of the switch over
 * everything, of what holds for whoever wants it, and of what holds for the action. What an action's mode leaves to people, a
 * person gets who asks for exactly that. Settings that cannot be used let nothing be done.
 */
export function permitOf({ action, namespace, origin, requested }: Wanted, policy: PolicyInForce): Permit {
  const here = policy.overrides.filter(({ namespaces }) => namespaces.includes(namespace));
  const modeOf = (name: Action) =>
    here.find(({ actions }) => actions[name] !== undefined)?.actions[name] ?? policy.actions[name];
  const forOrigin = here.find(({ modes }) => modes[origin] !== undefined)?.modes[origin] ?? policy.modes[origin];
  const set = (policy.settings?.entries ?? []).filter(({ namespaces }) => namespaces?.includes(namespace) ?? true);
  const setFor = (name: Action) => set.find(({ actions }) => actions[name] !== undefined)?.actions[name];
  const wished = (mode: ActionMode | undefined) =>
    origin === "person" && requested && mode !== undefined && mode !== "off" ? "automatic" : mode;
  // What is done in the place of another remedy may be no bolder than that.
  const actions = [...new Set([action, plainAction(action)])];
  const modes = [
    { name: "modes.all", mode: policy.modes.all },
    { name: `modes.${origin}`, mode: forOrigin },
    ...actions.map((name) => ({ name: `actions.${name}`, mode: wished(modeOf(name)) })),
    { name: "settings modes.all", mode: set.find(({ modes }) => modes.all !== undefined)?.modes.all },
    { name: `settings modes.${origin}`, mode: set.find((each) => each.modes[origin] !== undefined)?.modes[origin] },
    ...actions.map((name) => ({ name: `settings actions.${name}`, mode: wished(setFor(name)) })),
    { name: "settings unreadable", mode: policy.settings?.unreadable === undefined ? undefined : "observe" },
  ].flatMap(({ name, mode }) => (mode === undefined ? [] : [{ name, mode: mode as ActionMode }]));
  const mode = MODES[Math.min(...modes.map((each) => MODES.indexOf(each.mode)))] ?? "off";
  const settings = modes.filter((each) => each.mode === mode).map(({ name }) => `${name}: ${mode}`);
  return { mode, settings };
}

/** Who wants an action: whoever has decided about it, or asks for it by name. */
export function wantedBy(incident: Incident, action: Action): Wanted {
  const { approval, requested, workload, origin = requested === undefined ? "found" : "agent" } = incident;
  const { namespace } = workload;
  if (approval !== undefined) return { action, namespace, origin: approval.origin, requested: true };
  return { action, namespace, origin, requested: isAskedFor(incident) };
}

/** Why everything is stopped, and how that ends; undefined where it is not stopped. */
export function stopWords({ settings }: PolicyInForce): string | undefined {
  if (settings?.stopped === undefined) return undefined;
  return `${stoppedWords(settings.stopped)}, so nothing is begun. To end that: \`eks-remediation resume --path ${settings.path}\`.`;
}

/** Why settings cannot be used; undefined where they can, or there are none. */
export function unreadableWords({ settings }: PolicyInForce): string | undefined {
  if (settings?.unreadable === undefined) return undefined;
  return `What is set at run time cannot be used now, so what would be done is only told: ${settings.unreadable}`;
}

/** Why a remedy that was decided upon is not begun. */
export interface NotLet {
  refusal: Extract<Refusal, "Stopped" | "NoLongerAllowed">;
  message: string;
}

/**
 * Why a remedy is not begun that was let when it was decided upon: everything is stopped since, or less is allowed, or what is
 * allowed cannot be known. Undefined where it may begin.
 */
export function notLetAnymore({ incident, diagnosis }: WorkloadRun, policy: PolicyInForce): NotLet | undefined {
  const stopped = stopWords(policy);
  if (stopped !== undefined) return { refusal: "Stopped", message: stopped };
  const action = Action.safeParse(diagnosis?.remedy.action).data;
  if (action === undefined) return undefined;
  const wanted = wantedBy(incident, action);
  const { mode, settings } = permitOf(wanted, policy);
  const isApproved = incident.approval?.decision === "approve" && wanted.origin === "person";
  if (mode === "automatic" || (mode === "approve" && isApproved)) return undefined;
  const why = [`The ${action} was not begun: it was allowed when it was decided upon, and is not any more`];
  const message = [`${why.join("")} (${settings.join(", ")}).`, unreadableWords(policy)].filter(Boolean).join(" ");
  return { refusal: "NoLongerAllowed", message };
}
