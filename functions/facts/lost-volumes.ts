import { lastingContainersOf } from "../shared/kubernetes/containers.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Pod, PodTemplate } from "../shared/kubernetes/types.ts";

/** What is called like this holds nothing that anybody misses, as part of a name or path: `nginx-cache`, `/var/run`. */
const PASSING = /(?:^|[^a-z])(?:te?mp|temporary|cached?|caches|run|sock(?:et)?s?|shm|pids?|scratch)(?![a-z])/i;

/** Where a node keeps what is its own: `/etc`, `/var/run`, `/sys`. */
const OF_NODE =
  /^\/(?:boot|dev|etc|lib|lib64|proc|run|sys|tmp|usr|var\/(?:log|run|tmp|lib\/(?:kubelet|containerd|docker)))(?:\/|$)/;
/** What is no place to keep anything in. Source: kubernetes.io/docs/concepts/storage/volumes, "hostPath volume types" */
const NO_PLACE: ReadonlySet<string> = new Set(["Socket", "CharDevice", "BlockDevice"]);

type Volume = NonNullable<NonNullable<Pod["spec"]>["volumes"]>[number];

/**
 * The volumes of a pod that are gone with the pod and whose content may be missed, by their names: those on disk that its template
 * has and a container writes to, unless their names or places say that it is temporary.
 * Source: kubernetes.io/docs/concepts/storage/volumes, "emptyDir"; kubernetes.io/docs/concepts/storage/ephemeral-volumes
 *
 * @param template what the pod may have been made from; volumes that something else has added to it are not told
 */
export function lostVolumes(pod: Pod, template: PodTemplate | undefined): string[] {
  return writtenTo(pod, template, ({ emptyDir, ephemeral }) =>
    emptyDir === undefined ? ephemeral !== undefined : (emptyDir.medium ?? "") === "",
  );
}

/**
 * The volumes of a pod whose content stays on its node and may be missed by the next one, which may come to another, by their
 * names; none of a kind that has a pod on each node.
 */
export function leftVolumes(pod: Pod, template: PodTemplate | undefined, workload: WorkloadRef): string[] {
  if (kindOf(workload)?.onePerNode === true) return [];
  return writtenTo(
    pod,
    template,
    ({ hostPath }) => hostPath !== undefined && !OF_NODE.test(hostPath.path) && !NO_PLACE.has(hostPath.type ?? ""),
  );
}

/** The volumes of these that the template has, and that a container writes to for longer than a moment, by their names. */
function writtenTo(pod: Pod, template: PodTemplate | undefined, isOne: (volume: Volume) => boolean): string[] {
  const own = new Set(template?.spec?.volumes?.map(({ name }) => name));
  const mounts = lastingContainersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts);
  return (pod.spec?.volumes ?? []).flatMap((volume) => {
    const { name } = volume;
    if (!isOne(volume) || !own.has(name)) return [];
    const places = mounts.filter((mount) => mount.name === name && mount.readOnly !== true);
    const isPassing = [name, ...places.map(({ mountPath }) => mountPath)].some((text) => PASSING.test(text));
    return places.length === 0 || isPassing ? [] : [name];
  });
}
