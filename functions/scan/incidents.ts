import type { Incident, IncidentFailure } from "../run/contracts.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { qualifiedKind } from "../shared/kubernetes/groups.ts";
import { bounded } from "../shared/text.ts";
import type { PodFacts } from "./pod-facts.ts";

/** A failing pod and the workload that owns it. */
export interface FailingPod {
  name: string;
  node: string | undefined;
  workload: WorkloadRef;
  failures: Failure[];
  /** Absent where nothing but the pod's own workload matters. */
  facts?: PodFacts;
}

/** What fails about a workload beside its pods: the workload itself, or the HPA that scales it. */
export interface FailingWorkload {
  workload: WorkloadRef;
  failures: Failure[];
  /** The labels of what tells it, where that is another object. */
  labels?: Readonly<Record<string, string>>;
}

/** How many different failures, sample pods and nodes an incident carries. */
const MAX_FAILURES = 4;
const MAX_SAMPLE_PODS = 3;
const MAX_NODES = 3;
/** How long a message may be where there are too many incidents for longer ones. */
const BRIEF_MESSAGE = 80;
/** How long the words about memory that ran out may be. */
const MAX_OUT_OF_MEMORY = 80;
/** How long the name of a container, or a moment, may be: longer ones are none. */
const MAX_NAME = 63;

/**
 * Groups what fails by workload: fifty crashing pods of one Deployment are one incident. The incident with the most
 * failing pods comes first.
 */
export function groupIncidents(pods: FailingPod[], workloads: FailingWorkload[]): Incident[] {
  const groups = new Map<string, { workload: WorkloadRef; pods: FailingPod[]; own: Failure[] }>();
  const groupOf = (workload: WorkloadRef) => {
    const key = workloadKey(workload);
    const group = groups.get(key) ?? { workload, pods: [], own: [] };
    groups.set(key, group);
    return group;
  };
  for (const pod of pods) groupOf(pod.workload).pods.push(pod);
  for (const { workload, failures } of workloads) groupOf(workload).own.push(...failures);

  return [...groups.values()]
    .map(({ workload, pods, own }) => ({
      workload,
      failures: countFailures(pods, own),
      failing_pods: pods.length,
      sample_pods: pods.slice(0, MAX_SAMPLE_PODS).map((pod) => pod.name),
    }))
    .sort((a, b) => b.failing_pods - a.failing_pods || byName(a.workload, b.workload));
}

/** Tells workloads apart. */
export function workloadKey(workload: WorkloadRef): string {
  return `${qualifiedKind(workload)}/${workload.namespace}/${workload.name}`;
}

/** A failure in the words of the contract, its texts bounded. */
export function describeFailure({ reason, container, exitCode, outOfMemory, message, restarts, since }: Failure) {
  return {
    reason: bounded(reason, 60),
    ...(container === undefined ? {} : { container: bounded(container, MAX_NAME) }),
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(outOfMemory === undefined ? {} : { out_of_memory: bounded(outOfMemory, MAX_OUT_OF_MEMORY) }),
    ...(message === undefined ? {} : { message: bounded(message, 200) }),
    ...(restarts === undefined ? {} : { restarts }),
    ...(since === undefined ? {} : { since: bounded(since, MAX_NAME) }),
  };
}

/** The incident with its most frequent failure alone, which is said to last since the first of all began. */
export function inBrief(incident: Incident): Incident {
  const [first] = incident.failures;
  if (first === undefined) return incident;
  const [since] = incident.failures.flatMap((failure) => failure.since ?? []).sort();
  const { message, nodes } = first;
  const failure = {
    ...first,
    ...(message === undefined ? {} : { message: bounded(message, BRIEF_MESSAGE) }),
    ...(since === undefined ? {} : { since }),
    ...(nodes === undefined ? {} : { nodes: nodes.slice(0, 1) }),
  };
  const { waits_for, dependants } = incident;
  return {
    ...incident,
    failures: [failure],
    sample_pods: incident.sample_pods.slice(0, 1),
    ...(waits_for === undefined ? {} : { waits_for: { ...waits_for, why: bounded(waits_for.why, BRIEF_MESSAGE) } }),
    ...(dependants === undefined ? {} : { dependants: { ...dependants, names: dependants.names.slice(0, 1) } }),
  };
}

function countFailures(pods: FailingPod[], own: Failure[]): IncidentFailure[] {
  const counted = new Map<string, IncidentFailure>();
  const add = (failure: Failure, node: string | undefined) => {
    const key = `${failure.reason}/${failure.container ?? ""}/${failure.exitCode ?? ""}`;
    const seen = counted.get(key);
    if (seen === undefined) {
      counted.set(key, { ...describeFailure(failure), count: 1, ...(node === undefined ? {} : { nodes: [node] }) });
    } else {
      merge(seen, failure, node);
    }
  };
  for (const pod of pods) for (const failure of pod.failures) add(failure, pod.node);
  for (const failure of own) add(failure, undefined);
  return [...counted.values()].sort((a, b) => b.count - a.count).slice(0, MAX_FAILURES);
}

function merge(seen: IncidentFailure, failure: Failure, node: string | undefined): void {
  const { restarts, since } = describeFailure(failure);
  seen.count++;
  if (restarts !== undefined) seen.restarts = Math.max(restarts, seen.restarts ?? 0);
  if (since !== undefined && (seen.since === undefined || since < seen.since)) seen.since = since;
  if (node === undefined || seen.nodes?.includes(node) === true) return;
  seen.nodes = [...(seen.nodes ?? []), node].slice(0, MAX_NODES);
}

function byName(a: WorkloadRef, b: WorkloadRef): number {
  return orderOf(a).localeCompare(orderOf(b));
}

function orderOf(workload: WorkloadRef): string {
  return `${workload.namespace}/${workload.name}/${qualifiedKind(workload)}`;
}
