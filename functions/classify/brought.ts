import type { Case } from "../facts/case.ts";
import { wellBeside } from "../facts/well-beside.ts";
import { rollBack } from "../remedies/rollback/plan.ts";
import type { Remedy } from "../run/contracts.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";
import { some } from "../shared/text.ts";
import { reportOnly } from "./causes/cause.ts";

/** How many nodes are named. */
const MAX_NODES = 3;

/** What an earlier template would have to share with the present one for its pods to fail in the same way. */
export interface Shared {
  /** What it does, too, as it follows the name of the revision: `has the same image`. */
  says: string;
  /** That nothing was said of what fails: they are alike, and that alone speaks against going back. */
  isLikenessAlone?: boolean;
  /** That the two templates alone tell which of them has brought it, however many pods of the present one run well. */
  isOfTemplates?: boolean;
  /** Whether the two templates share it. */
  holds: (now: PodTemplate, before: PodTemplate) => boolean;
}

/**
 * Goes back where the present revision has brought the failure, and tells what to do otherwise.
 *
 * What fails since a rollout was brought by it, whatever the reason, unless the revision to return to shares what the words
 * are about, or more pods of the present one run well than fail: that two templates differ does not make the difference the
 * cause.
 *
 * @param since whether it has failed since the rollout
 * @param advice what a person can do, in sentences that are true in either case
 * @param shared what the words are about; absent where they are about no part of a template
 */
export function goBackOrTell(facts: Case, since: boolean, advice: string, shared?: Shared): Remedy {
  if (!since) return reportOnly(advice);
  const likewise = shared === undefined ? undefined : sharedWith(facts, shared);
  if (likewise !== undefined) return reportOnly(`${advice} ${likewise}`);
  const well = shared?.isOfTemplates === true ? undefined : wellBeside(facts);
  if (well !== undefined) return reportOnly(`${advice} ${besideWords(facts, well)}`);
  const remedy = rollBack(facts);
  return remedy.action === "none" ? { ...remedy, message: `${advice} ${remedy.message}` } : remedy;
}

/** That most pods of the present revision are well, and what tells those from the others. */
function besideWords({ ofCurrent, current }: Case, well: number): string {
  const nodes = [...new Set(ofCurrent.flatMap(({ pod }) => pod.spec?.nodeName ?? []))];
  const where = nodes.length === 0 ? "" : `, and ${nodes.length === 1 ? "node" : "nodes"} ${some(nodes, MAX_NODES)}`;
  const [fails, them] = ofCurrent.length === 1 ? ["fails", "it"] : ["fail", "them"];
  return `Not rolled back: ${well} pods of revision ${current?.revision ?? "?"} run well, and ${ofCurrent.length} of it ${fails}. Compare ${them} with those${where} with theirs.`;
}

/** That the revision to return to shares it; undefined when it does not, or when the two were not read. */
function sharedWith(facts: Case, { says, isLikenessAlone = false, holds }: Shared): string | undefined {
  const templates = comparedTemplates(facts);
  if (templates === undefined || facts.healthy === undefined || !holds(templates.now, templates.before))
    return undefined;
  const therefore = isLikenessAlone
    ? "and nothing says that going back to it would help"
    : "so that going back to it would not help";
  return `Revision ${facts.healthy.revision.revision} ${says}, ${therefore}.`;
}

/** The present template, and that of the revision to return to; undefined unless both were read. */
export function comparedTemplates({
  current,
  healthy,
  templates,
}: Case): { now: PodTemplate; before: PodTemplate } | undefined {
  const now = current === undefined ? undefined : templates.get(current.name);
  const before = healthy === undefined ? undefined : templates.get(healthy.revision.name);
  return now === undefined || before === undefined ? undefined : { now, before };
}
