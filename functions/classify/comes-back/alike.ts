import type { FailingPod } from "../../facts/case.ts";
import { madeAt } from "../../facts/failed-pods.ts";
import { IMAGE_REASONS } from "../../facts/image.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { bounded } from "../../shared/text.ts";
import { isMadeAlike, MAX_WORDS, nameOf, type Leaving, type Rule } from "./leaving.ts";
import { findsNoNode } from "./nodes.ts";

/** Its controller makes it again once the pods before it are ready alone. */
function waitsForOthers({ facts: { evidence }, pod, before }: Leaving): string | undefined {
  const { incident, workload, pods } = evidence;
  if (workload === undefined) return undefined;
  const first = kindOf(incident.workload)?.madeAfter?.(workload, pod, pods);
  if (first === undefined || before.some((other) => nameOf(other) === first)) return undefined;
  return `its controller makes pod ${nameOf(pod)} again only once ${first} is ready, which it is not. Mend that one first.`;
}

/** Others that were made alike since wait for their image, which it has. */
function getsNoImage(leaving: Leaving): string | undefined {
  const { facts, pod } = leaving;
  const pull = (one: FailingPod) => one.failures.find(({ reason }) => IMAGE_REASONS.has(reason));
  if (facts.failing.some((one) => one.pod === pod && pull(one) !== undefined)) return undefined;
  const waiting = facts.failing.find(
    (other) => pull(other) !== undefined && madeAt(other.pod) > madeAt(pod) && isMadeAlike(leaving, other.pod),
  );
  if (waiting === undefined) return undefined;
  const { reason = "", message = "" } = pull(waiting) ?? {};
  return `pod ${nameOf(waiting.pod)} of the same template, which was made later, waits for an image (${bounded(`${reason}: ${message}`, MAX_WORDS)}), and what comes in the place of ${nameOf(pod)} may wait for it as well. See to it that it can be pulled first.`;
}

/** What other pods of the workload show of the next one. */
export const ALIKE_RULES: readonly Rule[] = [waitsForOthers, findsNoNode, getsNoImage];
