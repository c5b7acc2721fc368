import type { HelmObject, HelmRevision } from "../../facts/helm-release.ts";
import { keyOf } from "../../facts/helm-rollback.ts";
import { refersTo } from "../../facts/references.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { bounded, some } from "../../shared/text.ts";

/** How many objects are named. */
const MAX_NAMED = 3;

/** What lies between two revisions of a release, and why that is more than may be rolled back. */
export interface Between {
  configMaps: string[];
  why?: string;
}

/**
 * What a rollback changes beside the pod template of one workload. It is verified by that workload, so that nothing else may
 * change by it than the ConfigMaps that this workload alone reads: not other workloads, nor anything of the workload but its
 * template; nothing may be made or deleted. The labels by which a chart tells its version do not count.
 */
export function differences(present: HelmRevision, target: HelmRevision, workload: WorkloadRef): Between {
  const own = keyOf(workload);
  const made = [...target.objects].filter(([key]) => !present.objects.has(key));
  const deleted = [...present.objects].filter(([key, { kept }]) => !target.objects.has(key) && !kept);
  if (made.length + deleted.length > 0) {
    return { configMaps: [], why: `Going back makes or deletes objects: ${namesOf([...made, ...deleted])}.` };
  }
  const changed = [...target.objects].filter(
    ([key, { bare }]) => key !== own && present.objects.get(key)?.bare !== bare,
  );
  const others = changed.filter(([, object]) => !isReadByAlone(object, own, [present, target]));
  if (others.length > 0) {
    return { configMaps: [], why: `Going back changes more than this workload: ${namesOf(others)}.` };
  }
  const configMaps = changed.map(([, { name }]) => bounded(name, 253));
  if (present.objects.get(own)?.frame !== target.objects.get(own)?.frame) {
    return { configMaps, why: "Going back changes more of the workload than its pod template." };
  }
  return { configMaps };
}

/** Whether it is a ConfigMap that no other workload of the release reads. */
function isReadByAlone({ kind, name }: HelmObject, own: string, revisions: readonly HelmRevision[]): boolean {
  if (kind !== "ConfigMap") return false;
  const mayRead = (object: HelmObject) => {
    if (object.kind === "CronJob") return true;
    try {
      return object.template !== undefined && refersTo(object.template, { kind: "ConfigMap", object: name });
    } catch {
      return true; // A manifest may hold anything that somebody has written.
    }
  };
  return revisions.every(({ objects }) => [...objects].every(([key, object]) => key === own || !mayRead(object)));
}

function namesOf(objects: readonly [string, HelmObject][]): string {
  return some(
    objects.map(([, { kind, name }]) => bounded(`${kind} ${name}`, 120)),
    MAX_NAMED,
  );
}
