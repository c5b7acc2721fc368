import type { Case } from "../../facts/case.ts";
import type { PodTarget } from "../../shared/refs.ts";
import { ALIKE_RULES } from "./alike.ts";
import { CREATION_RULES } from "./creation.ts";
import { nextOf, type Rule } from "./leaving.ts";
import { NODE_RULES } from "./nodes.ts";
import { START_RULES } from "./start.ts";

/** The first one that says something tells why. */
const RULES: readonly Rule[] = [...CREATION_RULES, ...START_RULES, ...NODE_RULES, ...ALIKE_RULES];

/**
 * Why nothing could take the place of one of these pods once it is evicted, in sentences; undefined where nothing that was read
 * speaks against it. Even a pod that fails may serve a part of what it is asked for, and one that is gone serves nothing.
 */
export function whyNoneComesBack(facts: Case, targets: readonly PodTarget[]): string | undefined {
  const { pods } = facts.evidence;
  const leaving = targets.flatMap(({ name }) => pods.find(({ metadata }) => metadata?.name === name) ?? []);
  for (const [index, pod] of leaving.entries()) {
    const one = { facts, pod, next: nextOf(facts, pod), before: leaving.slice(0, index) };
    const why = RULES.map((rule) => rule(one)).find((found) => found !== undefined);
    if (why !== undefined) return `Not restarted: ${why}`;
  }
  return undefined;
}
