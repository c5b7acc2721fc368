import { isDeepStrictEqual } from "node:util";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";

/** A condition of any kind of object. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

/** The condition of that type. */
export function conditionOf<C extends { type: string }>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The conditions without that type. */
export function withoutCondition<C extends { type: string }>(conditions: readonly C[], type: string): C[] {
  return conditions.filter((condition) => condition.type !== type);
}

/**
 * The conditions with one of them set. One whose status and reason are the same stays as it was, and a transition is
 * only a change of the status; as Deployments, ReplicaSets and Jobs have it.
 */
export function withCondition<C extends Condition>(conditions: readonly C[], next: C): C[] {
  const present = conditionOf(conditions, next.type);
  if (present?.status === next.status && present.reason === next.reason) return [...conditions];
  const since = present?.status === next.status ? present.lastTransitionTime : undefined;
  return [
    ...withoutCondition(conditions, next.type),
    since === undefined ? next : { ...next, lastTransitionTime: since },
  ];
}

/** The fields whose value is set: a status leaves its zeros out. */
export function withoutZeros<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== 0 && value !== undefined),
  ) as Partial<T>;
}

/** Writes the status of an object, if it is another one. */
export function writeStatus(store: Store, resource: Resource, object: ApiObject, status: object): void {
  if (isDeepStrictEqual(object.status, status)) return;
  store.change(
    resource,
    object.metadata ?? {},
    (newest) => {
      newest.status = status;
    },
    { status: true },
  );
}
