import { claimsOf } from "../../facts/going-claims.ts";
import { refersTo } from "../../facts/references.ts";
import { some } from "../../shared/text.ts";
import { asksToStay, heldByFinalizers } from "./held-pod.ts";
import { NAMED, nameOf, type Leaving, type Rule } from "./leaving.ts";

/** What it cannot start without is gone. */
function lacksConfig({ facts: { evidence }, pod, next }: Leaving): string | undefined {
  if (next.spec === undefined) return undefined;
  const template = { spec: next.spec };
  const gone = [...evidence.config, ...(evidence.neededByPods ?? [])].find(
    ({ state, optional, kind, name }) => state === "missing" && !optional && refersTo(template, { kind, object: name }),
  );
  if (gone === undefined) return undefined;
  const what = next === pod ? `pod ${nameOf(pod)} was started with` : "the pod template asks for";
  return `${gone.kind} ${gone.name}, which ${what}, is not there, and no pod starts without it. Create it first.`;
}

/** Somebody has deleted a claim of it, which is there only as long as the pod is. */
function losesClaim({ facts: { evidence }, pod }: Leaving): string | undefined {
  const going = claimsOf(pod).filter((name) => evidence.goingClaims?.includes(name) === true);
  if (going.length === 0) return undefined;
  const [claim, is, it] = going.length === 1 ? ["claim", "is", "it"] : ["claims", "are", "them"];
  return `its ${claim} ${some(going, NAMED)} ${is} being deleted, and only pods such as ${nameOf(pod)} that use ${it} hold that up: what is on the volume may go with the pod. Save that first, or delete the pod by hand if it is meant to go.`;
}

/** What the next pod may not start without, and what the present one holds. */
export const START_RULES: readonly Rule[] = [
  lacksConfig,
  losesClaim,
  ({ facts, pod }) => heldByFinalizers(facts.evidence, pod) ?? asksToStay(facts.evidence, pod),
];
