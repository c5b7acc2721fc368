import type { Incident } from "../run/contracts.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { count } from "../shared/text.ts";
import { groupIncidents, workloadKey, type FailingWorkload } from "./incidents.ts";
import { problem } from "./services/decide.ts";
import type { Bonds } from "./together.ts";

/** What serves how much pods use: of the metrics server, or whatever stands for it. */
const METRICS: WorkloadRef = { kind: "APIService", namespace: "", name: "v1beta1.metrics.k8s.io" };
/**
 * That nothing answers for that API, in an HPA's words.
 * Source: kubernetes pkg/controller/podautoscaler/metrics/client.go; k8s.io/apimachinery pkg/api/errors
 */
const NOT_SERVED =
  /unable to fetch metrics from resource metrics API: (the server (?:could not find the requested resource|is currently unable to handle the request) \(get pods\.metrics\.k8s\.io\))$/;
/** What one workload's HPA says may be its own matter. */
const MIN_WORKLOADS = 2;

/** That the API of the metrics is not served, and which workloads wait for it. */
export interface MetricsLack {
  incidents: Incident[];
  bonds: Bonds;
}

/**
 * The one thing that many HPAs lack: where nothing answers for how much pods use, that is told, and not each workload whose HPA
 * says so and of which nothing else fails. Pure.
 * @param found the incidents
 * @param own what fails of workloads by their own status, and by that of their HPAs: the whole messages
 */
export function metricsLack(found: readonly Incident[], own: readonly FailingWorkload[]): MetricsLack {
  const ownOf = Map.groupBy(own, ({ workload }) => workloadKey(workload));
  const failuresOf = ({ workload }: Incident) =>
    (ownOf.get(workloadKey(workload)) ?? []).flatMap((one) => one.failures);
  const waiting = found.filter((incident) => {
    const failures = failuresOf(incident);
    const isLack = failures.length > 0 && failures.every(({ message = "" }) => NOT_SERVED.test(message));
    return incident.failing_pods === 0 && isLack;
  });
  if (waiting.length < MIN_WORKLOADS) return { incidents: [], bonds: new Map() };
  const failures = waiting.flatMap(failuresOf);
  const [since] = failures.flatMap((failure) => failure.since ?? []).sort();
  const words = NOT_SERVED.exec(failures[0]?.message ?? "")?.[1] ?? "";
  const said = `The HPAs of ${count(waiting.length, "workload")} cannot read how much their pods use: ${words}.`;
  const incidents = groupIncidents([], [{ workload: METRICS, failures: [problem("ApiNotServed", said, since)] }]);
  const [incident] = incidents;
  if (incident === undefined) return { incidents, bonds: new Map() };
  const bond = { root: { incident, pods: [] }, why: "its HPA reads that API" };
  return { incidents, bonds: new Map(waiting.map(({ workload }) => [workloadKey(workload), bond])) };
}
