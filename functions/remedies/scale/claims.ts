import type { Case } from "../../facts/case.ts";
import { isObjectName } from "../../shared/kubernetes/names.ts";
import type { StatefulSet } from "../../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { MAX_CLAIM_TEMPLATES, type ScalePlan, type Scaling } from "./contract.ts";
import type { NoRemedy } from "../remedy.ts";

/** How many claims are named. */
const MAX_NAMED = 6;

/**
 * The plan with what it takes to name the claims that stay when the pods go which it may bring, or take away, as the workload itself
 * tells it.
 */
export function withClaims(plan: ScalePlan | NoRemedy, { workload }: Case["evidence"]): ScalePlan | NoRemedy {
  if (plan.action === "none" || plan.scale.target !== "hpa") return plan;
  const { claims: _said, ...scale } = plan.scale;
  const spec = (workload as StatefulSet | undefined)?.spec;
  const given = (spec?.volumeClaimTemplates ?? []).flatMap(({ metadata }) => metadata?.name ?? []);
  // The API server takes any text here; of what is no name it can make no claim.
  const made = given.filter(isObjectName);
  const templates = made.slice(0, MAX_CLAIM_TEMPLATES);
  const stay = templates.length > 0 && spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== "Delete";
  return {
    ...plan,
    scale: { ...scale, ...(stay ? { claims: { templates, start: spec?.ordinals?.start ?? 0 } } : {}) },
  };
}

/**
 * That the claims of pods beyond a smaller maximum stay, in sentences; nothing where there can be none. Whether they came with that
 * change, or are older and hold what somebody wants, a person has to see.
 * Source: kubernetes.io/docs/concepts/workloads/controllers/statefulset, "Stable Storage" and "PersistentVolumeClaim retention"
 */
export function claimsThatStay(scale: Scaling, { namespace, name }: WorkloadRef): string {
  if (scale.target !== "hpa" || scale.claims === undefined) return "";
  const { templates, start } = scale.claims;
  const smaller = Math.min(scale.from.max, scale.to.max);
  const larger = Math.max(scale.from.max, scale.to.max);
  const all = (larger - smaller) * templates.length;
  if (all === 0) return "";
  const names = Array.from({ length: Math.min(all, MAX_NAMED) }, (_, index) => {
    const ordinal = start + smaller + Math.floor(index / templates.length);
    return `${templates[index % templates.length] ?? ""}-${name}-${ordinal}`;
  }).join(" ");
  const more = all > MAX_NAMED ? ` and ${all - MAX_NAMED} more` : "";
  return ` PersistentVolumeClaims of pods beyond ${smaller} replicas stay where they were made, with what is on their volumes: ${names}${more}. See how old they are (kubectl -n ${namespace} get pvc ${names}), and delete those that came with this and that nobody needs: kubectl -n ${namespace} delete pvc NAME.`;
}
