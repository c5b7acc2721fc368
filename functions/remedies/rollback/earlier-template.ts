import type { Reader } from "../../shared/cluster/cluster.ts";
import { collectionOf, objectIn } from "../../shared/cluster/paths.ts";
import type { RevisionRef, WorkloadRef } from "../../shared/refs.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { kindOf } from "../../kinds/kinds.ts";
import type { EarlierTemplate, RevisionHolder } from "../../kinds/revisions/history.ts";
import { templateHash } from "../../shared/kubernetes/template.ts";
import { describeWorkload } from "../../kinds/workloads.ts";

/**
 * Reads a template from the revision that holds it.
 * @throws RemediationError `ObjectChanged` when the revision is gone, or holds another template by now
 */
export async function readEarlierTemplate(
  reader: Reader,
  workload: WorkloadRef,
  revision: RevisionRef,
): Promise<EarlierTemplate> {
  const gone = (cause?: unknown) =>
    new RemediationError(
      "ObjectChanged",
      `${describeWorkload(workload)}: revision ${revision.revision} is gone from its history.`,
      { cause },
    );
  try {
    const found = await read(reader, workload, revision);
    if (found === undefined || templateHash(found.template) !== revision.template) throw gone();
    return found;
  } catch (error) {
    if (isRemediationError(error, "NotFound")) throw gone(error);
    throw error;
  }
}

async function read(
  reader: Reader,
  workload: WorkloadRef,
  revision: RevisionRef,
): Promise<EarlierTemplate | undefined> {
  const history = kindOf(workload)?.history;
  if (history === undefined || history.kind !== revision.kind) return undefined;
  const path = objectIn(collectionOf(history, workload.namespace), revision.name);
  return history.held(await reader.get<RevisionHolder>(path));
}
