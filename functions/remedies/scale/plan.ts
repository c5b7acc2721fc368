import type { HpaBounds, Remedy } from "../../run/contracts.ts";
import type { Policy } from "../../shared/policy.ts";

/** Raises an HPA's maximum by the policy's step, never past the policy's bound. */
export function raisedBounds(hpa: string, from: HpaBounds, policy: Policy): Remedy {
  const step = Math.max(1, Math.ceil(from.max * policy.scale.raise_hpa_by));
  const max = Math.min(policy.scale.max_replicas, from.max + step);
  if (max <= from.max) return limitReached(policy, `HPA ${hpa} is at its maximum of ${from.max} replicas`);
  return { action: "scale", scale: { target: "hpa", name: hpa, from, to: { min: from.min, max } } };
}

/**
 * Moves an HPA's bounds so that it settles at `replicas`: up by raising the minimum, down by lowering the maximum.
 * The HPA stays in charge between the bounds.
 */
export function boundsFor(hpa: string, from: HpaBounds, present: number, replicas: number, policy: Policy): Remedy {
  if (replicas > policy.scale.max_replicas) return limitReached(policy, `${replicas} replicas are asked for`);
  const to =
    replicas >= present
      ? { min: replicas, max: Math.max(from.max, replicas) }
      : { min: Math.min(from.min, replicas), max: replicas };
  if (to.min === from.min && to.max === from.max) return alreadyAsRequested(`HPA ${hpa} is already bound to that`);
  return { action: "scale", scale: { target: "hpa", name: hpa, from, to } };
}

/** Sets a Deployment's replicas, where no HPA owns them. */
export function replicasFor(from: number, to: number, policy: Policy): Remedy {
  if (to > policy.scale.max_replicas) return limitReached(policy, `${to} replicas are asked for`);
  if (from === to) return alreadyAsRequested(`it already has ${to} replicas`);
  return { action: "scale", scale: { target: "replicas", from, to } };
}

function limitReached(policy: Policy, what: string): Remedy {
  return {
    action: "none",
    refusal: "LimitReached",
    message: `Not scaled: ${what}, and the policy allows at most ${policy.scale.max_replicas} (scale.max_replicas).`,
  };
}

function alreadyAsRequested(what: string): Remedy {
  return { action: "none", refusal: "AlreadyAsRequested", message: `Nothing to do: ${what}.` };
}
