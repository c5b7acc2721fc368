import type { Failure, Incident, WorkloadRef } from "../shared/contracts.ts";
import type { PodFailure } from "../shared/kubernetes/pods.ts";
import { bounded } from "../shared/text.ts";

/** A failing pod and the workload that owns it. */
export interface FailingPod {
  name: string;
  node: string | undefined;
  workload: WorkloadRef;
  failures: PodFailure[];
}

/** An HPA that wants more than its maximum, and the workload that it scales. */
export interface LimitedHpa {
  name: string;
  workload: WorkloadRef;
  message: string;
}

/** How many different failures and sample pods an incident carries. */
const MAX_FAILURES = 4;
const MAX_SAMPLE_PODS = 3;

/**
 * Groups failing pods and limited HPAs by workload: fifty crashing pods of one Deployment are one incident.
 * The incident with the most failing pods comes first.
 */
export function groupIncidents(pods: FailingPod[], hpas: LimitedHpa[]): Incident[] {
  const groups = new Map<string, { workload: WorkloadRef; pods: FailingPod[]; hpas: LimitedHpa[] }>();
  const groupOf = (workload: WorkloadRef) => {
    const key = `${workload.kind}/${workload.namespace}/${workload.name}`;
    const group = groups.get(key) ?? { workload, pods: [], hpas: [] };
    groups.set(key, group);
    return group;
  };
  for (const pod of pods) groupOf(pod.workload).pods.push(pod);
  for (const hpa of hpas) groupOf(hpa.workload).hpas.push(hpa);

  return [...groups.values()]
    .map((group) => ({
      workload: group.workload,
      failures: countFailures(group.pods, group.hpas),
      failing_pods: group.pods.length,
      sample_pods: group.pods.slice(0, MAX_SAMPLE_PODS).map((pod) => pod.name),
    }))
    .sort((a, b) => b.failing_pods - a.failing_pods || byName(a.workload, b.workload));
}

function countFailures(pods: FailingPod[], hpas: LimitedHpa[]): Failure[] {
  const failures = new Map<string, Failure>();
  for (const pod of pods) {
    for (const failure of pod.failures) {
      const key = `${failure.reason}/${failure.container ?? ""}/${failure.exitCode ?? ""}`;
      const seen = failures.get(key);
      if (seen !== undefined) {
        seen.count++;
        continue;
      }
      failures.set(key, {
        reason: bounded(failure.reason, 60),
        ...(failure.container === undefined ? {} : { container: failure.container }),
        ...(failure.exitCode === undefined ? {} : { exit_code: failure.exitCode }),
        ...(failure.message === undefined ? {} : { message: bounded(failure.message, 200) }),
        count: 1,
      });
    }
  }
  for (const hpa of hpas) {
    failures.set(`hpa/${hpa.name}`, { reason: "TooManyReplicas", message: bounded(hpa.message, 200), count: 1 });
  }
  return [...failures.values()].sort((a, b) => b.count - a.count).slice(0, MAX_FAILURES);
}

function byName(a: WorkloadRef, b: WorkloadRef): number {
  return `${a.namespace}/${a.name}/${a.kind}`.localeCompare(`${b.namespace}/${b.name}/${b.kind}`);
}
