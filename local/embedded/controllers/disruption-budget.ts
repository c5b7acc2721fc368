import { selects } from "../label-selector.ts";
import { isReady, isTerminating } from "../pod-facts.ts";
import type { DisruptionBudget, Pod } from "../types.ts";
import { controllerOf } from "./owner.ts";
import { apiTime } from "../clock.ts";
import { DEPLOYMENTS, DISRUPTION_BUDGETS, PODS, REPLICA_SETS, STATEFUL_SETS } from "../kinds.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { amountOf } from "./amounts.ts";
import { fromKey, keyOf, type Controller } from "./controller.ts";
import { conditionOf, writeStatus } from "./status.ts";

/** After so long, a pod that was evicted and is still there counts again. */
const EVICTED_SECONDS = 120;

const SCALED = [DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS];

/**
 * Counts what PodDisruptionBudgets allow.
 * Source of the rules: kubernetes pkg/controller/disruption/disruption.go
 */
export function disruptionBudgetController(store: Store): Controller {
  return {
    concernedBy: ({ resource, object }) => {
      if (resource === DISRUPTION_BUDGETS) return [keyOf(object.metadata)];
      if (resource !== PODS && !SCALED.includes(resource)) return [];
      return store.list(DISRUPTION_BUDGETS, object.metadata?.namespace).map(({ metadata }) => keyOf(metadata));
    },
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const budget = store.find<DisruptionBudget>(DISRUPTION_BUDGETS, namespace, name);
      if (budget === undefined) return undefined;
      const { selector } = budget.spec ?? {};
      const pods = store.list<Pod>(PODS, namespace, ({ metadata }) => selects(selector, metadata?.labels));
      const status = statusOf(budget, pods, expectedScale(store, pods), store.clock.now());
      writeStatus(store, DISRUPTION_BUDGETS, budget, status);
      return Object.keys(status.disruptedPods ?? {}).length > 0 ? EVICTED_SECONDS : undefined;
    },
  };
}

/** How many pods the controllers of these pods want in all; a Deployment's pods count through it. */
function expectedScale(store: Store, pods: readonly Pod[]): number {
  const replicas = new Map<string | undefined, number>();
  for (const { metadata } of pods) {
    const namespace = metadata?.namespace;
    let scaled: ApiObject | undefined;
    let owner = controllerOf(metadata);
    while (owner !== undefined) {
      const { kind, name } = owner;
      const resource = SCALED.find((candidate) => candidate.kind === kind);
      const found = resource === undefined ? undefined : store.find(resource, namespace, name);
      scaled = found ?? scaled;
      owner = controllerOf(found?.metadata);
    }
    if (scaled === undefined) continue;
    replicas.set(scaled.metadata?.uid, (scaled.spec as { replicas?: number }).replicas ?? 1);
  }
  return [...replicas.values()].reduce((sum, count) => sum + count, 0);
}

function statusOf(budget: DisruptionBudget, pods: readonly Pod[], scale: number, now: Date) {
  const disruptedPods = stillDisrupted(budget, pods, now);
  const { expectedPods, desiredHealthy } = expectation(budget, pods.length, scale);
  const currentHealthy = pods.filter(
    (pod) => !isTerminating(pod) && !((pod.metadata?.name ?? "") in disruptedPods) && isReady(pod),
  ).length;
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  return {
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed,
    expectedPods,
    observedGeneration: budget.metadata?.generation ?? 0,
    conditions: [disruptionAllowed(budget, disruptionsAllowed > 0, now)],
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
  };
}

function expectation({ spec }: DisruptionBudget, pods: number, scale: number) {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (maxUnavailable !== undefined) {
    const desiredHealthy = Math.max(0, scale - amountOf(maxUnavailable, scale, "up"));
    return { expectedPods: scale, desiredHealthy };
  }
  const expectedPods = typeof minAvailable === "number" ? pods : scale;
  return { expectedPods, desiredHealthy: amountOf(minAvailable, expectedPods, "up") };
}

/** The pods that were evicted and whose end has not been seen yet. */
function stillDisrupted({ status }: DisruptionBudget, pods: readonly Pod[], now: Date): Record<string, string> {
  const present = new Map(pods.map((pod) => [pod.metadata?.name, pod]));
  const still = Object.entries(status?.disruptedPods ?? {}).filter(([name, time]) => {
    const pod = present.get(name);
    const over = now.getTime() > new Date(time).getTime() + EVICTED_SECONDS * 1_000;
    return pod !== undefined && !isTerminating(pod) && !over;
  });
  return Object.fromEntries(still);
}

/** What a budget says about whether pods may be disrupted now. */
export function disruptionAllowed({ metadata, status }: DisruptionBudget, sufficient: boolean, now: Date) {
  const value = sufficient ? "True" : "False";
  const present = conditionOf(status?.conditions, "DisruptionAllowed");
  return {
    type: "DisruptionAllowed",
    status: value,
    reason: sufficient ? "SufficientPods" : "InsufficientPods",
    message: "",
    observedGeneration: metadata?.generation ?? 0,
    lastTransitionTime: present?.status === value ? present.lastTransitionTime : apiTime(now),
  };
}
