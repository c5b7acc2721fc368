import { COMPONENT, timeOf, type KubernetesEvent } from "../run/event.ts";
import type { DisruptionBudget, Node } from "../shared/kubernetes/types.ts";
import { matches } from "../shared/kubernetes/label-selector.ts";
import { usedUp } from "./quota-room.ts";
import { count, duration } from "../shared/text.ts";
import type { Evidence } from "../facts/evidence.ts";

/** How many warnings are told. */
const MAX_EVENTS = 2;
/** Warnings that say no more than the pods' statuses do. */
const REPEATING: ReadonlySet<string> = new Set(["BackOff", "Failed", "FailedScheduling"]);
/** Node conditions that make pods fail. Source: kubernetes.io/docs/reference/node/node-status */
const PRESSURE: ReadonlySet<string> = new Set(["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"]);

/**
 * What stands around a workload, as evidence lines: warnings, nodes under pressure, budgets without room, quotas that are
 * used up, and how it was looked after before.
 *
 * @param told the lines that the diagnosis has already; what they say is not repeated
 */
export function surroundingLines(evidence: Evidence, told: readonly string[]): string[] {
  const { surroundings, history, now } = evidence;
  return [
    ...eventLines(surroundings.events, told, now),
    ...surroundings.nodes.flatMap(nodeLines),
    ...surroundings.budgets.flatMap((budget) => budgetLines(budget, evidence)),
    ...surroundings.quotas.flatMap((quota) => usedUp(quota) ?? []),
    ...history
      .slice(0, 1)
      .map(({ at, cause, action, outcome }) => `looked after before, at ${at}: ${cause}, ${action}, ${outcome}`),
  ];
}

/** The newest warnings, each message once. */
function eventLines(events: readonly KubernetesEvent[], told: readonly string[], now: Date): string[] {
  const lines = new Map<string, string>();
  const said = told.map(withoutNames);
  const newestFirst = events.toSorted((a, b) => timeOf(b) - timeOf(a));
  for (const event of newestFirst) {
    const { reason = "", message = "", involvedObject } = event;
    const what = withoutNames(message);
    const known = REPEATING.has(reason) || message === "" || said.some((line) => line.includes(what));
    if (known || event.reportingComponent === COMPONENT || lines.has(what)) continue;
    const times = event.series?.count ?? event.count ?? 1;
    const ago = duration(Math.max(0, (now.getTime() - timeOf(event)) / 1_000));
    lines.set(
      what,
      `event on ${involvedObject.kind ?? ""} ${involvedObject.name ?? ""}, ${count(times, "time")}, last ${ago} ago: ${reason}: ${message}`,
    );
  }
  return [...lines.values()].slice(0, MAX_EVENTS);
}

/**
 * A message without what is another each time that the same is said: the name of a pod that may not be created, and the
 * number of a sandbox that could not be made.
 * Source: kubernetes pkg/controller/controller_utils.go, RealPodControl; pkg/kubelet/kuberuntime/kuberuntime_sandbox.go
 */
function withoutNames(message: string): string {
  return message
    .replace(/^Error creating: /, "")
    .replace(/\b(pods?) "[^"]*"/gi, "$1")
    .replace(/\b[0-9a-f]{64}\b/g, "");
}

function nodeLines({ metadata, spec, status }: Node): string[] {
  const pressing = (status?.conditions ?? []).filter((condition) => PRESSURE.has(condition.type));
  const troubles = [
    ...pressing.filter((condition) => condition.status === "True").map(({ type }) => type),
    ...(spec?.unschedulable === true ? ["a cordon"] : []),
  ];
  return troubles.length === 0 ? [] : [`node ${metadata?.name ?? ""} has ${troubles.join(", ")}`];
}

/** A budget of these pods that has no room at present. */
function budgetLines({ metadata, spec, status }: DisruptionBudget, { pods }: Evidence): string[] {
  if ((status?.disruptionsAllowed ?? 1) > 0) return [];
  if (!pods.some((pod) => matches(spec?.selector, pod.metadata?.labels))) return [];
  const { currentHealthy = 0, expectedPods = 0, desiredHealthy = 0 } = status ?? {};
  // Source: kubernetes pkg/registry/core/pod/storage/eviction.go
  const unready =
    spec?.unhealthyPodEvictionPolicy === "AlwaysAllow" ? "; pods that are not ready may go all the same" : "";
  return [
    `PodDisruptionBudget ${metadata?.name ?? ""} has no room: ${currentHealthy} of ${expectedPods} pods are healthy, and it wants ${desiredHealthy}${unready}`,
  ];
}
