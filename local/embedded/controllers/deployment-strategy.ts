import type { Deployment, ReplicaSet } from "../types.ts";
import { amountOf } from "./amounts.ts";
import { byAge } from "./pods.ts";

/**
 * How a Deployment moves from its old ReplicaSets to the new one, as sizes.
 * Source of the rules: kubernetes pkg/controller/deployment (rolling.go, sync.go, util/deployment_util.go)
 */

const DEFAULT_SHARE = "25%";

/** A ReplicaSet and the size that it is to have. */
export interface Resize {
  replicaSet: ReplicaSet;
  replicas: number;
}

export function wantedReplicas({ spec }: Deployment): number {
  return spec?.replicas ?? 1;
}

export function sizeOf({ spec }: ReplicaSet): number {
  return spec?.replicas ?? 1;
}

export function totalSize(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0);
}

export function totalOf(
  replicaSets: readonly ReplicaSet[],
  field: "replicas" | "readyReplicas" | "availableReplicas" | "terminatingReplicas",
): number {
  return replicaSets.reduce((sum, { status }) => sum + (status?.[field] ?? 0), 0);
}

export function recreates({ spec }: Deployment): boolean {
  return spec?.strategy?.type === "Recreate";
}

/** How many pods a rollout may have beyond the wanted ones. */
export function maxSurge(deployment: Deployment): number {
  if (recreates(deployment)) return 0;
  const surge = deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? DEFAULT_SHARE;
  return amountOf(surge, wantedReplicas(deployment), "up");
}

/** How many of the wanted pods may be unavailable during a rollout. */
export function maxUnavailable(deployment: Deployment): number {
  const wanted = wantedReplicas(deployment);
  if (recreates(deployment) || wanted === 0) return 0;
  const share = deployment.spec?.strategy?.rollingUpdate?.maxUnavailable ?? DEFAULT_SHARE;
  const unavailable = amountOf(share, wanted, "down");
  // Without either, a rollout could not take a single step.
  return unavailable === 0 && maxSurge(deployment) === 0 ? 1 : Math.min(unavailable, wanted);
}

/** How large the new ReplicaSet may be now. */
export function sizeOfNew(deployment: Deployment, all: readonly ReplicaSet[], present: number): number {
  const wanted = wantedReplicas(deployment);
  if (recreates(deployment) || present > wanted) return wanted;
  const room = wanted + maxSurge(deployment) - totalSize(all);
  return room <= 0 ? present : present + Math.min(room, wanted - present);
}

/** The old ReplicaSets that may become smaller now: first by what does not work anyway, then by what may be missing. */
export function shrinkOld(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): Resize[] {
  const minAvailable = wantedReplicas(deployment) - maxUnavailable(deployment);
  const freshUnavailable = sizeOf(fresh) - (fresh.status?.availableReplicas ?? 0);
  const removable = totalSize([...old, fresh]) - minAvailable - freshUnavailable;
  if (totalSize(old) === 0 || removable <= 0) return [];

  const sizes = new Map(old.map((replicaSet) => [replicaSet, sizeOf(replicaSet)]));
  const shrink = (budget: number, most: (replicaSet: ReplicaSet, size: number) => number) => {
    let left = budget;
    for (const [replicaSet, size] of sizes) {
      const removed = Math.max(0, Math.min(left, most(replicaSet, size)));
      sizes.set(replicaSet, size - removed);
      left -= removed;
    }
  };
  shrink(removable, ({ status }, size) => size - (status?.availableReplicas ?? 0));
  shrink(totalOf([...old, fresh], "availableReplicas") - minAvailable, (_replicaSet, size) => size);
  return [...sizes]
    .filter(([replicaSet, size]) => size !== sizeOf(replicaSet))
    .map(([replicaSet, replicas]) => ({ replicaSet, replicas }));
}

/** What a ReplicaSet remembers of the Deployment's size when it was last resized. */
export const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
export const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

/**
 * The sizes after somebody has scaled a Deployment, or while it is paused: the only ReplicaSet with pods takes
 * everything; in the middle of a rollout each one gets its share.
 */
export function sizesAfterScaling(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Resize[] {
  const wanted = wantedReplicas(deployment);
  const all = fresh === undefined ? [...old] : [...old, fresh];
  const active = all.filter((replicaSet) => sizeOf(replicaSet) > 0);
  const only = active.length === 0 ? (fresh ?? old.at(-1)) : active.length === 1 ? active[0] : undefined;
  if (only !== undefined) return [{ replicaSet: only, replicas: wanted }];
  if (fresh !== undefined && sizeOf(fresh) === wanted && (fresh.status?.availableReplicas ?? 0) === wanted) {
    return active.filter((replicaSet) => replicaSet !== fresh).map((replicaSet) => ({ replicaSet, replicas: 0 }));
  }
  return recreates(deployment) ? [] : proportionalSizes(deployment, active);
}

function proportionalSizes(deployment: Deployment, active: readonly ReplicaSet[]): Resize[] {
  const wanted = wantedReplicas(deployment);
  const allowed = wanted === 0 ? 0 : wanted + maxSurge(deployment);
  const toAdd = allowed - totalSize(active);
  // Of those of one size, the newest grows first, and the oldest shrinks first.
  const largestFirst = [...active].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  let added = 0;
  const resized = largestFirst.map((replicaSet) => {
    const before = Number(replicaSet.metadata?.annotations?.[MAX_REPLICAS] ?? deployment.status?.replicas ?? 1);
    const share = wanted === 0 ? 0 : Math.round((sizeOf(replicaSet) * allowed) / before);
    const left = toAdd - added;
    const change = share - sizeOf(replicaSet);
    const add = toAdd > 0 ? Math.min(change, left) : Math.max(change, left);
    added += toAdd === 0 ? 0 : add;
    return { replicaSet, replicas: sizeOf(replicaSet) + (toAdd === 0 ? 0 : add) };
  });
  const [first] = resized;
  if (first !== undefined) first.replicas = Math.max(0, first.replicas + toAdd - added);
  return resized;
}
