import * as z from "zod";
import { permitOf } from "../run/permit.ts";
import { MODES } from "../shared/action-mode.ts";
import { Action } from "../shared/policy.ts";
import type { PolicyInForce } from "../shared/settings-here.ts";

/** What may be done at most about what is found; `stopped` while everything is. */
export const Allowed = z.enum([...MODES, "stopped"]);
export type Allowed = z.output<typeof Allowed>;

/** What the latest look at a cluster saw, as the table of records keeps it. Later versions may have more fields. */
export const KeptLook = z.object({
  /** As the schedule names it: a name, or in a hub an ARN. */
  cluster_name: z.string(),
  at: z.iso.datetime(),
  /** As a patrol answers. */
  status: z.string(),
  /** Undefined where the look failed. */
  failing_pods: z.int().optional(),
  /** How many failing workloads rest. */
  resting: z.int().optional(),
  /** How many parts of the cluster could not be looked at. */
  unseen: z.int().optional(),
  /** Undefined where the policy could not be read. */
  allowed: Allowed.optional(),
});
export type KeptLook = z.output<typeof KeptLook>;

/** What the policy in force lets be done at most about what is found, where it says nothing else of a namespace. */
export function allowedAtMost(policy: PolicyInForce): Allowed {
  if (policy.settings?.stopped !== undefined) return "stopped";
  const modes = Action.options.map(
    (action) => permitOf({ action, namespace: "", origin: "found", requested: false }, policy).mode,
  );
  return MODES[Math.max(...modes.map((mode) => MODES.indexOf(mode)))] ?? "off";
}
