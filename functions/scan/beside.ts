import type { Incident } from "../run/contracts.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import { OF_ITS_NODE } from "../kinds/failing/pod-failures.ts";
import type { Hpa, Node } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { PodsFound } from "./failing-pods.ts";
import { groupIncidents, workloadKey } from "./incidents.ts";
import { findMissedSchedules } from "./cron-jobs.ts";
import { findPausedApplications } from "./paused-applications.ts";
import type { Places } from "./places.ts";
import { stillSuspended } from "./still-suspended.ts";
import { findServiceProblems } from "./services/services.ts";
import { unreadyNodes } from "./unready-nodes.ts";
import type { View } from "./view.ts";

/** What a scan has seen by the time that it looks beside the workloads. */
export interface Seen {
  places: Places;
  nodes: readonly Node[];
  pods: PodsFound;
  hpas: readonly Hpa[];
  /** The workloads that people are told of. */
  incidents: readonly Incident[];
  /** The nodes that are told already: those that a storm is about, and those that several workloads wait for. */
  toldNodes: readonly string[];
  policy: Policy;
  moment: Moment;
}

/**
 * What is wrong beside the workloads, and reported only: Services, Ingresses and HPAs that lead nowhere, CronJobs
 * that have missed their time, nodes that are not ready, what of Flux is still suspended.
 */
export async function lookBeside(view: View, seen: Seen): Promise<Incident[]> {
  const { places, nodes, pods, hpas, incidents, policy, moment } = seen;
  const services = await findServiceProblems(view, { places, hpas, policy, now: moment.now });
  const late = await findMissedSchedules(view, { places, incidents, policy, moment });
  // A scan of some namespaces tells of the nodes that matter to these.
  const near = nodes.filter(({ metadata }) => places.everywhere || pods.podsOn.has(metadata?.name ?? ""));
  const unready = unreadyNodes(near, { podsOn: pods.podsOn, toldOf: nodesToldOf(seen), optIn: policy.opt_in }, moment);
  const paused = await findPausedApplications(view, places, policy, moment.now);
  const suspended = await stillSuspended(view, places, moment.now);
  return groupIncidents([], [...services, ...late, ...unready, ...paused, ...suspended]);
}

/** The nodes of which people are told already, or by what fails on them. */
function nodesToldOf({ pods, incidents, toldNodes }: Seen): Set<string> {
  const told = new Set(incidents.map(({ workload }) => workloadKey(workload)));
  const byNode = pods.failing.filter(
    ({ workload, failures }) =>
      told.has(workloadKey(workload)) && failures.some(({ reason }) => OF_ITS_NODE.has(reason)),
  );
  return new Set([...byNode.map(({ node }) => node), ...toldNodes].filter((name) => name !== undefined));
}
