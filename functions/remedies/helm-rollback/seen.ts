import type { ReleaseSecret } from "../../facts/helm-secret.ts";
import type { WorkloadState } from "../../facts/state.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import { objectAt } from "../../shared/object-ref.ts";
import { bounded } from "../../shared/text.ts";
import type { HelmRollbackChange, HelmRollbackPlan } from "./contract.ts";
import { isRollbackTo, ownRevision, releaseSecretRef, statusOf } from "./release-secret.ts";

/** The revision of the release that came of it, where there is one: how far Helm got is told by its status. */
export function seen(plan: HelmRollbackPlan, state: WorkloadState): HelmRollbackChange | undefined {
  const { action: kind, ...parts } = plan;
  const own = revisionIn(plan, state);
  return own !== undefined && isRollbackTo(own, plan, plan.to) ? { kind, ...parts } : undefined;
}

/** That somebody has released the release since, or changed the pod template past it. */
export function overtaken(change: HelmRollbackChange, state: WorkloadState): string | undefined {
  const { release, before, after } = change;
  const name = `Helm release ${release.namespace}/${release.name}`;
  const own = revisionIn(change, state);
  if (own === undefined) return `revision ${ownRevision(change)} of ${name} is not to be seen`;
  if (!isRollbackTo(own, change, change.to)) return `revision ${ownRevision(change)} of ${name} is not the remedy's`;
  if (statusOf(own) === "superseded") return `${name} was released since`;
  const template = presentTemplate(state.workload);
  // Helm may not have come as far as the workload.
  const isAsLeft = template === after.template || (statusOf(own) !== "deployed" && template === before.template);
  return isAsLeft ? undefined : `its pod template is not that of revision ${after.revision} any more`;
}

/** What is missing until the release is at its earlier revision, and the workload with it. */
export function gaps(change: HelmRollbackChange, state: WorkloadState): string[] {
  const { release, after } = change;
  const own = revisionIn(change, state);
  const status = own === undefined ? "" : statusOf(own);
  return [
    ...(status === "deployed"
      ? []
      : [`revision ${ownRevision(change)} of Helm release ${release.name} is ${bounded(status, 30) || "not there"}`]),
    ...(presentTemplate(state.workload) === after.template
      ? []
      : [`its pod template is not that of revision ${after.revision}`]),
  ];
}

/** What is missing until the release is back at the revision that it was at, and the controller knows. */
export function remains(change: HelmRollbackChange, state: WorkloadState): string[] {
  const { release, before } = change;
  const own = revisionIn(change, state);
  const isThere = own !== undefined && statusOf(own) === "deployed";
  return [
    ...(isThere ? [`Helm release ${release.name} is still at revision ${ownRevision(change)}`] : []),
    ...(presentTemplate(state.workload) === before.template
      ? []
      : [`its pod template is not that of revision ${before.revision}`]),
    ...(state.kind.hasSeenSpec(state.workload) ? [] : ["its controller has not seen the newest spec yet"]),
  ];
}

function revisionIn(
  parts: Pick<HelmRollbackPlan, "release" | "from">,
  { others }: WorkloadState,
): ReleaseSecret | undefined {
  return objectAt<ReleaseSecret>(releaseSecretRef(parts.release, ownRevision(parts)), others);
}
