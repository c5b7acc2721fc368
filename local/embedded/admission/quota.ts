import type { Pod, ResourceQuota } from "../types.ts";
import { forbidden } from "../api-error.ts";
import { PODS, QUOTAS } from "../kinds.ts";
import { formatQuantity, isBinary, parseQuantity } from "../quantity.ts";
import { resourceOfName, RESOURCES, type Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";

type Container = NonNullable<Pod["spec"]>["containers"][number];

/** Amounts of containers that a quota can limit, by the name that it gives them. */
const OF_CONTAINERS: Readonly<Record<string, ["requests" | "limits", string]>> = {
  cpu: ["requests", "cpu"],
  memory: ["requests", "memory"],
  "requests.cpu": ["requests", "cpu"],
  "requests.memory": ["requests", "memory"],
  "limits.cpu": ["limits", "cpu"],
  "limits.memory": ["limits", "memory"],
};

/**
 * Refuses what would exceed a quota of its namespace.
 * Source: k8s.io/apiserver/pkg/admission/plugin/resourcequota; kubernetes pkg/quota/v1/evaluator/core
 * @throws ApiError Forbidden
 */
export function checkQuotas(store: Store, resource: Resource, object: ApiObject): void {
  const { name = "", namespace } = object.metadata ?? {};
  for (const quota of store.list<ResourceQuota>(QUOTAS, namespace)) {
    const hard = Object.entries(quota.spec?.hard ?? {});
    const of = quota.metadata?.name ?? "";
    const unsaid = unsaidAmounts(resource, object as Pod, hard);
    if (unsaid !== "") throw forbidden(resource, name, `failed quota: ${of}: must specify ${unsaid}`);
    const exceeded = hard
      .map(([amount, limit]) => ({
        amount,
        limit,
        requested: amountIn(amount, resource, object),
        used: usedOf(store, namespace, amount),
      }))
      .filter(({ limit, requested, used }) => requested > 0 && used + requested > parseQuantity(limit))
      .sort((a, b) => (a.amount < b.amount ? -1 : 1));
    if (exceeded.length === 0) continue;
    const told = (value: (of: (typeof exceeded)[number]) => number | string) =>
      exceeded.map((one) => `${one.amount}=${written(value(one), one.limit)}`).join(",");
    const requested = told((one) => one.requested);
    const used = told((one) => one.used);
    const limited = told((one) => one.limit);
    throw forbidden(
      resource,
      name,
      `exceeded quota: ${of}, requested: ${requested}, used: ${used}, limited: ${limited}`,
    );
  }
}

/** How much of what a quota limits is in use in a namespace. */
export function usedOf(store: Store, namespace: string | undefined, amount: string): number {
  const resource = amount in OF_CONTAINERS ? PODS : countedResource(amount);
  if (resource === undefined) return 0;
  return store
    .list(resource, namespace)
    .filter((object) => resource !== PODS || isCharged(object as Pod, store.clock.now()))
    .reduce((sum, object) => sum + amountIn(amount, resource, object), 0);
}

/** How much of what a quota limits one object takes. */
function amountIn(amount: string, resource: Resource, object: ApiObject): number {
  const [kind, name] = OF_CONTAINERS[amount] ?? [];
  if (kind === undefined || name === undefined) return countedResource(amount) === resource ? 1 : 0;
  if (resource !== PODS) return 0;
  const sum = (containers: readonly Container[]) =>
    containers.reduce((total, { resources }) => total + parseQuantity(resources?.[kind]?.[name] ?? 0), 0);
  const { containers = [], initContainers = [] } = (object as Pod).spec ?? {};
  // Init containers run one after the other, before the others.
  return Math.max(sum(containers), ...initContainers.map((container) => sum([container])));
}

/** The resource whose objects a quota counts: `pods`, or `count/deployments.apps`. */
function countedResource(amount: string): Resource | undefined {
  return resourceOfName(amount.replace(/^count\//, ""), RESOURCES);
}

/** Which amounts every container has to name, because a quota limits them, and which containers do not. */
function unsaidAmounts(resource: Resource, { spec }: Pod, hard: [string, string][]): string {
  if (resource !== PODS) return "";
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return hard
    .flatMap(([amount]) => {
      const [kind, name] = OF_CONTAINERS[amount] ?? [];
      if (kind === undefined || name === undefined) return [];
      const silent = containers.filter(({ resources }) => resources?.[kind]?.[name] === undefined);
      return silent.length === 0
        ? []
        : [
            `${amount} for: ${silent
              .map((container) => container.name)
              .sort()
              .join(",")}`,
          ];
    })
    .sort()
    .join("; ");
}

/** Whether a pod counts: not when it has ended, or should be gone. */
function isCharged({ metadata, status }: Pod, now: Date): boolean {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return false;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata ?? {};
  if (deletionTimestamp === undefined) return true;
  return now.getTime() <= new Date(deletionTimestamp).getTime() + deletionGracePeriodSeconds * 1_000;
}

function written(value: number | string, limit: string): string {
  return typeof value === "string" ? value : formatQuantity(value, isBinary(limit));
}
