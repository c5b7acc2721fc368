import { kindOf } from "../kinds/kinds.ts";
import { containerStatuses, isLeftover } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** What of a failing pod tells whether others fail for the same cause. It stays in the scan. */
export interface PodFacts {
  /** It has ended for good and is only a record: its controller has made another one. */
  leftover: boolean;
  /** The mark of the revision that it was made from; undefined where its kind leaves none. */
  revision?: string;
  /** The image of the first container that is not ready. */
  image?: string;
}

/** Reads them off a pod that fails. */
export function podFacts(pod: Pod, { kind }: WorkloadRef): PodFacts {
  const revision = kindOf(kind)?.history?.markOf(pod);
  const failing = containerStatuses(pod).find(({ ready, state }) => !ready && state?.terminated?.exitCode !== 0);
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const image = [...initContainers, ...containers].find(({ name }) => name === failing?.name)?.image;
  return {
    leftover: isLeftover(pod),
    ...(revision === undefined ? {} : { revision }),
    ...(image === undefined ? {} : { image }),
  };
}
