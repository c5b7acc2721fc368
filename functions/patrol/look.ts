import { permitOf } from "../run/permit.ts";
import { MODES } from "../shared/action-mode.ts";
import type { Allowed } from "../shared/looks.ts";
import { Action } from "../shared/policy.ts";
import type { PolicyInForce } from "../shared/settings-here.ts";

/** What the policy in force lets be done at most about what is found, where it says nothing else of a namespace. */
export function allowedAtMost(policy: PolicyInForce): Allowed {
  if (policy.settings?.stopped !== undefined) return "stopped";
  const modes = Action.options.map(
    (action) => permitOf({ action, namespace: "", origin: "found", requested: false }, policy).mode,
  );
  return MODES[Math.max(...modes.map((mode) => MODES.indexOf(mode)))] ?? "off";
}
