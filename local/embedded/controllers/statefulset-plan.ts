import { isReady, isTerminating } from "../pod-facts.ts";
import type { Pod, StatefulSet } from "../types.ts";
import { hasEnded, isAvailable } from "./pods.ts";
import { REVISION_HASH } from "./revision-history.ts";

/**
 * What a StatefulSet does next.
 * Source of the rules: kubernetes pkg/controller/statefulset/stateful_set_control.go
 */

export interface Step {
  create: number[];
  delete: Pod[];
}

/** A StatefulSet as it is. */
export interface Situation {
  statefulSet: StatefulSet;
  pods: readonly Pod[];
  /** The name of the revision of the present template. */
  updateRevision: string;
  now: Date;
}

export function ordinalOf({ metadata }: Pod): number {
  return Number(metadata?.name?.split("-").at(-1));
}

export function firstOrdinal({ spec }: StatefulSet): number {
  return spec?.ordinals?.start ?? 0;
}

export function wantedReplicas({ spec }: StatefulSet): number {
  return spec?.replicas ?? 1;
}

export function revisionOfPod({ metadata }: Pod): string | undefined {
  return metadata?.labels?.[REVISION_HASH];
}

/** Whether the pod runs, is ready, and has been so for long enough. */
function isWell(pod: Pod, { statefulSet, now }: Situation): boolean {
  return pod.status?.phase === "Running" && isAvailable(pod, statefulSet.spec?.minReadySeconds, now);
}

/** The pods to create and to delete now. */
export function nextStep(situation: Situation): Step {
  const { statefulSet, pods } = situation;
  const first = firstOrdinal(statefulSet);
  const ordinals = Array.from({ length: wantedReplicas(statefulSet) }, (_, index) => first + index);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  const condemned = pods
    .filter((pod) => !ordinals.includes(ordinalOf(pod)))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  return statefulSet.spec?.podManagementPolicy === "Parallel"
    ? parallelStep(situation, ordinals, byOrdinal, condemned)
    : orderedStep(situation, ordinals, byOrdinal, condemned);
}

/** One pod after the other: whatever is not well is waited for, also when it never can be. */
function orderedStep(
  situation: Situation,
  ordinals: readonly number[],
  byOrdinal: ReadonlyMap<number, Pod>,
  condemned: readonly Pod[],
): Step {
  for (const ordinal of ordinals) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) return { create: [ordinal], delete: [] };
    if (hasEnded(pod)) return { create: [], delete: [pod] };
    if (isTerminating(pod) || !isWell(pod, situation)) return { create: [], delete: [] };
  }
  const [last] = condemned;
  if (last === undefined) return { create: [], delete: update(situation, ordinals, byOrdinal) };
  const unwell = condemned.filter((pod) => isTerminating(pod) || !isWell(pod, situation)).at(-1);
  const waits = isTerminating(last) || (unwell !== undefined && !isWell(last, situation) && unwell !== last);
  return { create: [], delete: waits ? [] : [last] };
}

function parallelStep(
  situation: Situation,
  ordinals: readonly number[],
  byOrdinal: ReadonlyMap<number, Pod>,
  condemned: readonly Pod[],
): Step {
  const create = ordinals.filter((ordinal) => !byOrdinal.has(ordinal));
  const ended = [...byOrdinal.values()].filter((pod) => ordinals.includes(ordinalOf(pod)) && hasEnded(pod));
  const leaving = [...ended, ...condemned].filter((pod) => !isTerminating(pod));
  if (create.length > 0 || leaving.length > 0) return { create, delete: leaving };
  return { create: [], delete: update(situation, ordinals, byOrdinal) };
}

/** The pod to replace next by one of the newest revision: the highest ordinal that is left, when those above are well. */
function update(situation: Situation, ordinals: readonly number[], byOrdinal: ReadonlyMap<number, Pod>): Pod[] {
  const { statefulSet, updateRevision } = situation;
  if (statefulSet.spec?.updateStrategy?.type === "OnDelete") return [];
  const partition = statefulSet.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (const ordinal of ordinals.slice(partition).reverse()) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) return [];
    if (revisionOfPod(pod) !== updateRevision && !isTerminating(pod)) return [pod];
    if (isTerminating(pod) || !isWell(pod, situation)) return [];
  }
  return [];
}

/**
 * Whether a pod that is made now is still one of the current revision: below the partition, or (without one) among
 * those that the update has not reached.
 */
export function getsCurrentRevision(statefulSet: StatefulSet, ordinal: number): boolean {
  const { type = "RollingUpdate", rollingUpdate } = statefulSet.spec?.updateStrategy ?? {};
  const first = firstOrdinal(statefulSet);
  if (rollingUpdate !== undefined) return ordinal < first + (rollingUpdate.partition ?? 0);
  return type === "RollingUpdate" && ordinal < first + (statefulSet.status?.currentReplicas ?? 0);
}

/** The counts of a StatefulSet's status. */
export function countsOf({ statefulSet, pods, updateRevision, now }: Situation, currentRevision: string) {
  const living = pods.filter((pod) => !isTerminating(pod));
  const ready = pods.filter((pod) => pod.status?.phase === "Running" && isReady(pod));
  return {
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isAvailable(pod, statefulSet.spec?.minReadySeconds, now)).length,
    currentReplicas: living.filter((pod) => revisionOfPod(pod) === currentRevision).length,
    updatedReplicas: living.filter((pod) => revisionOfPod(pod) === updateRevision).length,
  };
}
