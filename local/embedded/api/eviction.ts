import { selects } from "../label-selector.ts";
import { isReady, isTerminating } from "../pod-facts.ts";
import type { DisruptionBudget, Pod } from "../types.ts";
import { ApiError, badRequest } from "../api-error.ts";
import { apiTime } from "../clock.ts";
import { disruptionAllowed } from "../controllers/disruption-budget.ts";
import { DISRUPTION_BUDGETS, PODS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { fieldAt, fieldsOf } from "./fields.ts";
import { deleteOptionsIn, isDryRun, objectIn, type Answer, type ApiRequest } from "./request.ts";
import type { Route } from "./route.ts";
import { success } from "./status.ts";

const EVICTION = { group: "policy", version: "v1", kind: "Eviction" };

/**
 * Evicts a pod: deletes it, if its disruption budget allows that.
 * Source: kubernetes pkg/registry/core/pod/storage/eviction.go
 * @throws ApiError TooManyRequests with the cause DisruptionBudget, an error 500 for more than one budget, NotFound,
 * Conflict when a precondition does not hold, BadRequest
 */
export function evict(store: Store, { namespace, name = "" }: Route, request: ApiRequest): Answer {
  const eviction = objectIn(request, EVICTION);
  if (fieldAt(eviction, ["metadata", "name"]) !== name) {
    throw badRequest("name in URL does not match name in Eviction object");
  }
  const given = fieldsOf(eviction["deleteOptions"]);
  const dryRun = isDryRun(request, given);
  const options = { ...deleteOptionsIn(given, request), dryRun };
  const pod = store.get<Pod>(PODS, namespace, name);
  const budget = isDisrupted(pod) ? undefined : budgetOf(store, pod);
  const counts = budget !== undefined && !mayGoUnready(pod, budget);
  if (counts) checkBudget(budget);
  // The preconditions come after the budget, and hold before anything is written.
  store.delete(PODS, namespace, name, { ...options, dryRun: true });
  if (!dryRun) {
    if (counts) takeFrom(store, budget, name);
    markDisrupted(store, pod);
    const { uid } = pod.metadata ?? {};
    store.delete(PODS, namespace, name, { ...options, preconditions: uid === undefined ? {} : { uid } });
  }
  return { status: 201, body: success(undefined, 201) };
}

/** Whether evicting the pod disrupts nothing, because it does not run, or not for long. */
function isDisrupted(pod: Pod): boolean {
  return ["Pending", "Succeeded", "Failed"].includes(pod.status?.phase ?? "Pending") || isTerminating(pod);
}

function budgetOf(store: Store, { metadata }: Pod): DisruptionBudget | undefined {
  const budgets = store
    .list<DisruptionBudget>(DISRUPTION_BUDGETS, metadata?.namespace)
    .filter(({ spec }) => selects(spec?.selector, metadata?.labels));
  if (budgets.length > 1) {
    throw new ApiError(
      500,
      "",
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  return budgets[0];
}

/** Whether an unready pod may go without being counted. */
function mayGoUnready(pod: Pod, { spec, status }: DisruptionBudget): boolean {
  if (isReady(pod)) return false;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return spec?.unhealthyPodEvictionPolicy === "AlwaysAllow" || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

function checkBudget({ metadata, status }: DisruptionBudget): void {
  const name = metadata?.name ?? "";
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) {
    throw exhausted(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  if ((status?.disruptionsAllowed ?? 0) > 0) return;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  throw exhausted(
    currentHealthy <= desiredHealthy
      ? `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
      : `The disruption budget ${name} does not allow evicting pods currently`,
  );
}

function exhausted(message: string, retryAfterSeconds?: number): ApiError {
  return new ApiError(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: "DisruptionBudget", message }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Counts the eviction at once: the budget's controller may count the pods later. */
function takeFrom(store: Store, { metadata = {} }: DisruptionBudget, pod: string): void {
  store.change<DisruptionBudget>(
    DISRUPTION_BUDGETS,
    metadata,
    (budget) => {
      const { status } = budget;
      if (status === undefined) return;
      const now = store.clock.now();
      status.disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
      status.disruptedPods = { ...status.disruptedPods, [pod]: apiTime(now) };
      status.conditions = [disruptionAllowed(budget, status.disruptionsAllowed > 0, now)];
    },
    { status: true },
  );
}

function markDisrupted(store: Store, { metadata = {} }: Pod): void {
  const now = apiTime(store.clock.now());
  store.change<Pod>(
    PODS,
    metadata,
    (pod) => {
      const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "DisruptionTarget");
      const condition = {
        type: "DisruptionTarget",
        status: "True",
        reason: "EvictionByEvictionAPI",
        message: "Eviction API: evicting",
        lastTransitionTime: now,
      };
      pod.status = { ...pod.status, conditions: [...others, condition] };
    },
    { status: true },
  );
}
