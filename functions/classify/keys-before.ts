import type { Case } from "../facts/case.ts";
import { keysIn } from "../facts/config-changes.ts";
import { referencesOf, refersTo } from "../facts/references.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { bounded, some } from "../shared/text.ts";

/** How many keys a sentence holds, and how long one may be. */
const NAMED = 3;
const MAX_KEY = 100;

/**
 * That pods of a template could not be started, since a ConfigMap or Secret has lost a key that they need and the present ones do
 * not, in sentences; undefined where nothing tells of one. The data itself is not read: its keys are those of the managed fields.
 */
export function lacksKeys(
  { evidence: { config, neededBefore } }: Case,
  to: RevisionRef,
  present: PodTemplate,
  earlier: PodTemplate,
): string | undefined {
  const objects = [...config, ...(neededBefore?.objects ?? [])];
  const lost = referencesOf(earlier).flatMap(({ kind, object, key, optional }) => {
    if (key === undefined || optional || refersTo(present, { kind, object, key })) return [];
    const read = objects.find((one) => one.kind === kind && one.name === object);
    const keys = read?.state === "there" ? keysIn(read.metadata) : undefined;
    return keys === undefined || keys.has(key) ? [] : [`${bounded(key, MAX_KEY)} of ${kind} ${object}`];
  });
  if (lost.length === 0) return undefined;
  const names = [...new Set(lost)];
  const [what, is, it] = names.length === 1 ? ["key", "is", "it"] : ["keys", "are", "them"];
  return `Not rolled back: pods of revision ${to.revision} need ${what} ${some(names, NAMED)}, which by the managed fields ${is} not there any more. Restore ${it} first and ask for the rollback then, or roll forward with a mended template.`;
}
