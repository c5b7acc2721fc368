import { lastingContainersOf } from "../shared/kubernetes/containers.ts";
import type { Pod, PodTemplate } from "../shared/kubernetes/types.ts";

/** What is called like this holds nothing that anybody misses, as part of a name or path: `nginx-cache`, `/var/run`. */
const PASSING = /(?:^|[^a-z])(?:te?mp|temporary|cached?|caches|run|sock(?:et)?s?|shm|pids?|scratch)(?![a-z])/i;

/**
 * The emptyDir volumes of a pod whose content is lost with the pod and may be missed, by their names: those on disk that its
 * template has and a container writes to, unless their names or places say that it is temporary.
 * Source: kubernetes.io/docs/concepts/storage/volumes, "emptyDir"
 *
 * @param template what the pod was made from; volumes that something else has added to it are not told
 */
export function lostVolumes(pod: Pod, template: PodTemplate | undefined): string[] {
  const own = new Set(template?.spec?.volumes?.map(({ name }) => name));
  const mounts = lastingContainersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts);
  return (pod.spec?.volumes ?? []).flatMap(({ name, emptyDir }) => {
    if (emptyDir === undefined || (emptyDir.medium ?? "") !== "" || !own.has(name)) return [];
    const places = mounts.filter((mount) => mount.name === name && mount.readOnly !== true);
    const isPassing = [name, ...places.map(({ mountPath }) => mountPath)].some((text) => PASSING.test(text));
    return places.length === 0 || isPassing ? [] : [name];
  });
}
