import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { Pod } from "../shared/kubernetes/types.ts";

/** How many claims are asked for: those of the pods that come first. */
const MAX_CLAIMS = 50;

/**
 * The PersistentVolumeClaims of these pods that somebody has deleted, by their names: each is there only as long as a pod uses
 * it. Of one that cannot be read, nothing is known, and it is not among them.
 * Source: kubernetes.io/docs/concepts/storage/persistent-volumes, "Storage Object in Use Protection"
 */
export async function readGoingClaims(cluster: Reader, namespace: string, pods: readonly Pod[]): Promise<string[]> {
  const names = [...new Set(pods.flatMap(claimsOf))].slice(0, MAX_CLAIMS);
  const going = await Promise.all(names.map((name) => isGoing(cluster, paths.persistentVolumeClaim(namespace, name))));
  return names.filter((_name, index) => going[index] === true);
}

/** The names of the claims that a pod mounts; those that are made for the pod and go with it are left out. */
export function claimsOf({ spec }: Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

async function isGoing(cluster: Reader, path: string): Promise<boolean> {
  try {
    return (await cluster.metadata(path)).deletionTimestamp !== undefined;
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return false;
  }
}
