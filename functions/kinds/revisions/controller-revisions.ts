import { isLeftover, isReady, isTerminating } from "../../shared/kubernetes/pods.ts";
import { templateHash, versionHash } from "../../shared/kubernetes/template.ts";
import type { ControllerRevision, Pod, PodTemplate, Workload } from "../../shared/kubernetes/types.ts";
import type { History } from "./history.ts";
import { ofController } from "./provenance.ts";
import type { Revision } from "./revision.ts";

/** The label that tells the revision which a pod of a StatefulSet or DaemonSet was made from. */
const REVISION_HASH = "controller-revision-hash";

/**
 * The labels by one of which a ControllerRevision bears the hash that its name ends with.
 * Source: kubernetes pkg/controller/history/controller_history.go, NewControllerRevision; pkg/controller/daemon/update.go
 */
const HASHES = ["controller.kubernetes.io/hash", REVISION_HASH];

/** The revisions of a StatefulSet or DaemonSet. */
export const CONTROLLER_REVISIONS: History<Workload, ControllerRevision> = {
  kind: "ControllerRevision",
  apiVersion: "apps/v1",
  plural: "controllerrevisions",
  controlsPods: false,
  revisions: controllerRevisionsOf,
  held: (holder) => {
    const template = templateOfRevision(holder);
    return template === undefined ? undefined : { template };
  },
  isMadeFrom: isOfRevision,
  markOf,
};

/**
 * The pod template that a ControllerRevision holds; undefined when it holds none.
 *
 * Its data is a strategic merge patch of the workload that replaces the whole template, so without that directive it is
 * the template. Source: kubernetes pkg/controller/statefulset/stateful_set_utils.go and pkg/controller/daemon/update.go,
 * getPatch
 */
export function templateOfRevision({ data }: ControllerRevision): PodTemplate | undefined {
  const patch = data as { spec?: { template?: PodTemplate & { $patch?: string } } } | undefined;
  if (patch?.spec?.template?.$patch !== "replace") return undefined;
  const { $patch: _directive, ...template } = patch.spec.template;
  return template;
}

/**
 * The revisions of a StatefulSet or DaemonSet, newest first.
 *
 * A rollback to a ControllerRevision gives it a new number and keeps nothing of the earlier one. One that is as old as a
 * revision with a lower number, or older, has been rolled back to: which numbers it had before, and so for how long it
 * served, is then not known.
 *
 * @param controllerRevisions those that the workload controls
 * @param pods those that the workload controls
 */
function controllerRevisionsOf(
  workload: Workload,
  controllerRevisions: readonly ControllerRevision[],
  pods: readonly Pod[],
): Revision[] {
  const present = workload.spec?.template === undefined ? "" : templateHash(workload.spec.template);
  const living = pods.filter((pod) => !isTerminating(pod) && !isLeftover(pod));
  let newestBelow = -Infinity;
  const claims = controllerRevisions.map((held) => claimOf(held, present));
  const made = ofController(claims, { workload: workload.metadata, templateAt: ["data"], keepsNumbers: false });
  return made
    .sort((a, b) => a.held.revision - b.held.revision)
    .map(({ held, template, version, current }) => {
      const name = held.metadata?.name ?? "";
      const created = new Date(held.metadata?.creationTimestamp ?? 0);
      const isNew = created.getTime() > newestBelow;
      newestBelow = Math.max(newestBelow, created.getTime());
      const own = living.filter((pod) => isOfRevision(pod, name));
      return {
        revision: held.revision,
        numbers: isNew ? [held.revision] : [],
        kind: "ControllerRevision",
        name,
        template,
        version,
        created,
        replicas: own.length,
        available: own.filter(isReady).length,
        hadPods: true,
        current,
      };
    })
    .reverse();
}

/** What a ControllerRevision says of itself, with the hash of the template that it holds; empty when it holds none. */
function claimOf(held: ControllerRevision, present: string) {
  const { metadata, revision } = held;
  const content = templateOfRevision(held);
  const template = content === undefined ? "" : templateHash(content);
  const hash = HASHES.map((label) => metadata?.labels?.[label]).find((value) => value !== undefined);
  const version = content === undefined ? "" : versionHash(content);
  return {
    held,
    metadata,
    numbers: [revision],
    hash,
    template,
    version,
    current: template !== "" && template === present,
  };
}

/**
 * Whether a pod of the workload was made from its ControllerRevision of that name. A StatefulSet labels its pods with the
 * whole name, a DaemonSet with the last part of it.
 */
export function isOfRevision(pod: Pod, revision: string): boolean {
  const label = markOf(pod);
  return label !== undefined && (label === revision || revision.endsWith(`-${label}`));
}

function markOf({ metadata }: Pod): string | undefined {
  return metadata?.labels?.[REVISION_HASH];
}
