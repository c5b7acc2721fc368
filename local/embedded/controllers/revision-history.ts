import type { ControllerRevision, DaemonSet, PodTemplate, StatefulSet } from "../types.ts";
import { fieldAt, fieldsOf } from "../api/fields.ts";
import { CONTROLLER_REVISIONS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { controlledBy } from "./controller.ts";
import { controllerReference, stable, templateHash } from "./owner.ts";

/** The label of a pod that tells its revision. */
export const REVISION_HASH = "controller-revision-hash";

/**
 * The ControllerRevisions of a StatefulSet or DaemonSet, lowest number first, and the one of its present template. A
 * template that is new gets one; one that was there before gets the next number.
 * Source of the rules: kubernetes pkg/controller/statefulset/stateful_set_control.go, pkg/controller/daemon/update.go
 *
 * @param hashLabel the label in which the set's kind keeps the hash
 */
export function syncRevisions(
  store: Store,
  set: StatefulSet | DaemonSet,
  hashLabel: string,
): { all: ControllerRevision[]; present: ControllerRevision } {
  const held = revisionsOf(store, set);
  const template = set.spec?.template ?? {};
  const newest = held.at(-1);
  const next = (newest?.revision ?? 0) + 1;
  const same = held.findLast((revision) => isOf(revision, template));
  let present = same;
  if (same === undefined) {
    present = store.create(CONTROLLER_REVISIONS, newRevision(set, template, next, hashLabel));
  } else if (same !== newest) {
    present = store.change<ControllerRevision>(CONTROLLER_REVISIONS, same.metadata ?? {}, (revision) => {
      revision.revision = next;
    });
  }
  const all = revisionsOf(store, set);
  return { all, present: present ?? (all.at(-1) as ControllerRevision) };
}

/** Deletes the oldest revisions that nothing uses, beyond the history that the set keeps. */
export function truncateRevisions(
  store: Store,
  set: StatefulSet | DaemonSet,
  all: readonly ControllerRevision[],
  inUse: (name: string) => boolean,
): void {
  const unused = all.filter(({ metadata }) => !inUse(metadata?.name ?? ""));
  const surplus = unused.length - (set.spec?.revisionHistoryLimit ?? 10);
  for (const { metadata } of unused.slice(0, Math.max(0, surplus))) {
    store.delete(CONTROLLER_REVISIONS, metadata?.namespace, metadata?.name ?? "");
  }
}

function revisionsOf(store: Store, set: StatefulSet | DaemonSet): ControllerRevision[] {
  return controlledBy<ControllerRevision>(store, CONTROLLER_REVISIONS, set).sort((a, b) => a.revision - b.revision);
}

function isOf(revision: ControllerRevision, template: PodTemplate): boolean {
  const held = templateOfRevision(revision);
  return held !== undefined && stable(held) === stable(template);
}

/** The template that `newRevision` has put into a revision; undefined for a revision that somebody else wrote otherwise. */
export function templateOfRevision({ data }: ControllerRevision): PodTemplate | undefined {
  const template = fieldsOf(fieldAt(data, ["spec", "template"]));
  const { $patch: directive, ...rest } = template;
  return directive === "replace" ? rest : undefined;
}

function newRevision(
  set: StatefulSet | DaemonSet,
  template: PodTemplate,
  revision: number,
  hashLabel: string,
): ControllerRevision {
  const hash = templateHash(template);
  return {
    metadata: {
      name: `${set.metadata?.name ?? ""}-${hash}`,
      namespace: set.metadata?.namespace ?? "",
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      annotations: { ...set.metadata?.annotations },
      ownerReferences: [controllerReference(set)],
    },
    data: { spec: { template: { ...structuredClone(template), $patch: "replace" } } },
    revision,
  };
}
