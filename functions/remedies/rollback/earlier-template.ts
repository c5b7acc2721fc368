import type { Reader } from "../../shared/cluster/cluster.ts";
import { paths } from "../../shared/cluster/paths.ts";
import type { RevisionRef, WorkloadRef } from "../../shared/refs.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { templateOfRevision } from "../../kinds/controller-revisions.ts";
import { templateForDeployment, templateHash } from "../../shared/kubernetes/template.ts";
import type { ControllerRevision, PodTemplate, ReplicaSet } from "../../shared/kubernetes/types.ts";
import { describeWorkload } from "../../kinds/workloads.ts";

/** Shown by `kubectl rollout history` of a Deployment; it belongs to the template. */
export const CHANGE_CAUSE = "kubernetes.io/change-cause";

/** A pod template of a workload's history. */
export interface EarlierTemplate {
  template: PodTemplate;
  /** The change cause that a Deployment had with it. */
  changeCause?: string | undefined;
}

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
    const found = await read(reader, workload.namespace, revision);
    if (found === undefined || templateHash(found.template) !== revision.template) throw gone();
    return found;
  } catch (error) {
    if (isRemediationError(error, "NotFound")) throw gone(error);
    throw error;
  }
}

async function read(
  reader: Reader,
  namespace: string,
  { kind, name }: RevisionRef,
): Promise<EarlierTemplate | undefined> {
  switch (kind) {
    case "ReplicaSet": {
      const { metadata, spec } = await reader.get<ReplicaSet>(paths.replicaSet(namespace, name));
      return spec?.template === undefined
        ? undefined
        : { template: templateForDeployment(spec.template), changeCause: metadata?.annotations?.[CHANGE_CAUSE] };
    }
    case "ControllerRevision": {
      const held = await reader.get<ControllerRevision>(paths.controllerRevision(namespace, name));
      const template = templateOfRevision(held);
      return template === undefined ? undefined : { template };
    }
  }
}
