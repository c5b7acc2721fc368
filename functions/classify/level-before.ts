import { podsMadeFrom, type Case } from "../facts/case.ts";
import { enforcedLevel, isExempt, podSecurityViolations, type PodSecurityLevel } from "../facts/pod-security.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { some } from "../shared/text.ts";

/** How many violations a sentence holds. */
const NAMED = 3;

/**
 * That the namespace enforces a Pod Security level by now which the template to go back to violates, in sentences; undefined
 * where pods like its own are let in all the same, and where it violates nothing but what admission mends in each pod.
 */
export function violatesLevel(facts: Case, to: RevisionRef, earlier: PodTemplate): string | undefined {
  const { evidence, templates } = facts;
  const level = enforcedLevel(evidence.namespace);
  if (level === undefined || earlier.spec === undefined) return undefined;
  if (isExempt(evidence.namespace, level, evidence.pods)) return undefined;
  const mended = new Set([...templates].flatMap(([name, template]) => mendedInPods(facts, name, template, level)));
  const violations = podSecurityViolations(earlier.spec, level).filter((violation) => !mended.has(violation));
  if (violations.length === 0) return undefined;
  return `Not rolled back: its namespace enforces the Pod Security level ${level}, which the template of revision ${to.revision} violates (${some(violations, NAMED)}): its pods are refused, unless they are exempt. Have the level changed first and ask for the rollback then, or roll forward with a mended template.`;
}

/** What a template violates and pods that were made from it do not, as something changes them when they are made. */
function mendedInPods(facts: Case, revision: string, { spec }: PodTemplate, level: PodSecurityLevel): string[] {
  const specs = podsMadeFrom(facts, revision).flatMap((pod) => pod.spec ?? []);
  if (spec === undefined || specs.length === 0) return [];
  const left = new Set(specs.flatMap((made) => podSecurityViolations(made, level)));
  return podSecurityViolations(spec, level).filter((violation) => !left.has(violation));
}
