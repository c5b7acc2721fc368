import type { Case } from "../../facts/case.ts";
import { scaledObjectAbove } from "../../facts/scaled-object.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { boundsOf } from "../../shared/kubernetes/hpa.ts";
import type { Hpa } from "../../shared/kubernetes/types.ts";
import type { Policy } from "../../shared/policy.ts";
import type { HpaBounds, WorkloadRef } from "../../shared/refs.ts";
import type { NoRemedy } from "../remedy.ts";
import { withClaims } from "./claims.ts";
import { reversed } from "./carry-out.ts";
import type { RequestedScale, ScaleChange, ScalePlan } from "./contract.ts";

/** The size that a runbook asks for: the HPA's bounds where one owns the scale, else the replicas. */
export function requestedScale({ replicas }: RequestedScale, { evidence, policy }: Case): ScalePlan | NoRemedy {
  const { hpa, workload, incident } = evidence;
  const kind = kindOf(incident.workload);
  if (kind === undefined || workload === undefined || (hpa === undefined && kind.hasScale !== true)) {
    return neverChanged(incident.workload);
  }
  const present = kind.wanted(workload);
  if (hpa === undefined) return replicasFor(present, replicas, policy);
  if (present === 0) {
    return { action: "none", refusal: "ScaledToZero", message: atZero(hpa) };
  }
  return withClaims(boundsFor(hpa.metadata?.name ?? "", boundsOf(hpa), present, replicas, policy), evidence);
}

/** A kind is written to in the ways alone that it says. */
function neverChanged({ kind }: WorkloadRef): NoRemedy {
  const message = `The size of a ${kind} is never changed here: a person has to do it.`;
  return { action: "none", refusal: "NoSafeRemedy", message };
}

/** What has to be done about an HPA whose target is at zero before it scales. */
function atZero({ metadata }: Hpa): string {
  const { namespace = "", name = "" } = metadata ?? {};
  const above = scaledObjectAbove(metadata);
  if (above === undefined) {
    return `It was scaled to zero, which switches HPA ${name} off. Scale it to one or more yourself, and the HPA takes over.`;
  }
  const command = `kubectl -n ${namespace} edit scaledobject ${above.name}`;
  return `It is at zero replicas, from where KEDA scales it when a trigger of ScaledObject ${above.name} becomes active. For it to have some without that, set minReplicaCount there: ${command}.`;
}

/** Raises an HPA's maximum by the policy's step, never past the policy's bound. */
export function raisedBounds(hpa: string, from: HpaBounds, policy: Policy): ScalePlan | NoRemedy {
  const step = Math.max(1, Math.ceil(from.max * policy.scale.raise_hpa_by));
  const max = Math.min(policy.scale.max_replicas, from.max + step);
  if (max <= from.max) return limitReached(policy, `HPA ${hpa} is at its maximum of ${from.max} replicas`);
  return { action: "scale", scale: { target: "hpa", name: hpa, from, to: { min: from.min, max } } };
}

/**
 * Moves an HPA's bounds so that it settles at `replicas`: up by raising the minimum, down by lowering the maximum.
 * The HPA stays in charge between the bounds.
 */
export function boundsFor(
  hpa: string,
  from: HpaBounds,
  present: number,
  replicas: number,
  policy: Policy,
): ScalePlan | NoRemedy {
  if (replicas > policy.scale.max_replicas) return limitReached(policy, `${replicas} replicas are asked for`);
  const to =
    replicas >= present
      ? { min: replicas, max: Math.max(from.max, replicas) }
      : { min: Math.min(from.min, replicas), max: replicas };
  if (to.min === from.min && to.max === from.max) return alreadyAsRequested(`HPA ${hpa} is already bound to that`);
  return { action: "scale", scale: { target: "hpa", name: hpa, from, to } };
}

/** Sets a Deployment's replicas, where no HPA owns them. */
export function replicasFor(from: number, to: number, policy: Policy): ScalePlan | NoRemedy {
  if (to > policy.scale.max_replicas) return limitReached(policy, `${to} replicas are asked for`);
  if (from === to) return alreadyAsRequested(`it already has ${to} replicas`);
  return { action: "scale", scale: { target: "replicas", from, to } };
}

/** The scaling taken back, within the same bounds as any that is asked for. */
export function scaledBack({ scale }: ScaleChange, { policy, evidence }: Case): ScalePlan | NoRemedy {
  const back = reversed(scale);
  const { workload } = evidence.incident;
  if (back.target === "replicas" && kindOf(workload)?.hasScale !== true) return neverChanged(workload);
  if (back.target === "replicas" && evidence.hpa !== undefined) {
    const message = `Not undone: HPA ${evidence.hpa.metadata?.name ?? ""} scales it by now.`;
    return { action: "none", refusal: "ObjectChanged", message };
  }
  if (back.target === "hpa" && (back.to.min < 1 || back.to.min > back.to.max)) {
    const message = `Not undone: an HPA cannot have the bounds ${back.to.min} to ${back.to.max}.`;
    return { action: "none", refusal: "NoSafeRemedy", message };
  }
  const most = back.target === "hpa" ? back.to.max : back.to;
  if (most > policy.scale.max_replicas) return limitReached(policy, `it had ${most} replicas before`);
  if (most > 0) return withClaims({ action: "scale", scale: back }, evidence);
  const message = "It had 0 replicas before, and the workflow never scales to zero: do that by hand.";
  return { action: "none", refusal: "NoSafeRemedy", message };
}

/** That the policy allows no more. */
export function limitReached(policy: Policy, what: string): NoRemedy {
  return {
    action: "none",
    refusal: "LimitReached",
    message: `Not scaled: ${what}, and the policy allows at most ${policy.scale.max_replicas} (scale.max_replicas).`,
  };
}

function alreadyAsRequested(what: string): NoRemedy {
  return { action: "none", refusal: "AlreadyAsRequested", message: `Nothing to do: ${what}.` };
}
