import { podsMadeFrom, type Case } from "../facts/case.ts";
import { madeAt } from "../facts/failed-pods.ts";
import type { PodTemplate, ResourceQuota } from "../shared/kubernetes/types.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { some } from "../shared/text.ts";
import { unnamedAmounts } from "./quota-room.ts";

/** How many amounts a sentence holds. */
const NAMED = 3;

/**
 * That a quota has every container name amounts by now that the template to go back to does not name, in sentences; undefined
 * where something gives them to each pod that is made, and where its pods were let in while the quota wanted that already.
 */
export function lacksAmounts(facts: Case, to: RevisionRef, { spec }: PodTemplate): string | undefined {
  if (spec === undefined) return undefined;
  const created = facts.revisions.find(({ name }) => name === to.name)?.created.getTime();
  for (const quota of facts.evidence.surroundings.quotas) {
    const given = givenToPods(facts, quota);
    const lacking = unnamedAmounts(quota, { spec }, created).filter((amount) => !given.has(amount));
    if (lacking.length === 0) continue;
    return `Not rolled back: quota ${quota.metadata?.name ?? ""} has every container name ${some(lacking, NAMED)}, and not every one of revision ${to.revision} does: none of its pods is made, unless a LimitRange of the namespace gives what they lack. Ask for the rollback where one does, or roll forward with a template that names it.`;
  }
  return undefined;
}

/** What templates do not name and pods that were made from them have, as something gives it to each pod. */
function givenToPods(facts: Case, quota: ResourceQuota): Set<string> {
  const given = [...facts.templates].flatMap(([name, { spec }]) => {
    const made = podsMadeFrom(facts, name).filter((pod) => pod.spec !== undefined);
    if (spec === undefined || made.length === 0) return [];
    const left = new Set(made.flatMap((pod) => unnamedAmounts(quota, { spec: pod.spec ?? spec }, madeAt(pod))));
    return unnamedAmounts(quota, { spec }).filter((amount) => !left.has(amount));
  });
  return new Set(given);
}
