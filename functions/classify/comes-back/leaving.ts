import type { Case } from "../../facts/case.ts";
import { comesBackUpdated } from "../../facts/comes-back-updated.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { controllerOf } from "../../shared/kubernetes/owners.ts";
import type { Node, Pod, PodTemplate } from "../../shared/kubernetes/types.ts";

/** How many names a sentence holds. */
export const NAMED = 3;

/** How long the words of the API server may be in a sentence. */
export const MAX_WORDS = 300;

/** What is known of one pod that is to be evicted. */
export interface Leaving {
  facts: Case;
  pod: Pod;
  /** What would be made in its place: the same, or a pod of the present template. */
  next: Pod;
  /** Those that go before it. */
  before: readonly Pod[];
}

/** Why nothing may take its place, in a sentence; undefined where nothing that was read speaks against it. */
export type Rule = (leaving: Leaving) => string | undefined;

/** What is known of the pod that its controller would make in the place of this one. */
export function nextOf(facts: Case, pod: Pod): Pod {
  const spec = comesBackUpdated(facts, pod) ? facts.evidence.workload?.spec?.template?.spec : undefined;
  return spec === undefined ? pod : { metadata: pod.metadata ?? {}, spec };
}

/** What the next pod is made from: the present template, or that of the revision that its controller would make it from again. */
export function templateOf(
  { evidence: { incident, workload }, templates }: Case,
  pod: Pod,
  next: Pod,
): PodTemplate | undefined {
  const history = kindOf(incident.workload)?.history;
  if (next !== pod || history === undefined) return workload?.spec?.template;
  return [...templates].find(([revision]) => history.isMadeFrom(pod, revision))?.[1];
}

/** Whether a pod was made from what the next one will be made from. */
export function isMadeAlike({ facts: { evidence, current }, pod, next }: Leaving, other: Pod): boolean {
  const history = kindOf(evidence.incident.workload)?.history;
  if (controllerOf(other.metadata)?.uid !== controllerOf(pod.metadata)?.uid) return false;
  if (next !== pod) return history?.isMadeFrom(other, current?.name ?? "") === true;
  return history === undefined || history.markOf(other) === history.markOf(pod);
}

export function nameOf({ metadata }: Pod | Node): string {
  return metadata?.name ?? "";
}
