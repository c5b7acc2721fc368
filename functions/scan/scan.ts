import type { Reader } from "../shared/cluster/cluster.ts";
import type { Incident } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { pastStorm } from "../run/storm-lease.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { lookBeside } from "./beside.ts";
import { answer, besideOthers, fitIncidents, fitRollouts } from "./answer.ts";
import { withPods } from "./extent.ts";
import { failingAmong, type Failing } from "./failing.ts";
import { nodeLack } from "./node-lack.ts";
import { atRest, claimsIn, stormLeaseAmong } from "./resting.ts";
import { lookAtAll, type Scan, type Sights } from "./sights.ts";
import { signsOfCluster, withSigns } from "./signs.ts";
import { isCovered, seenIn, stormFields, stormHere, type StormHere } from "./storm-here.ts";
import type { Bonds } from "./together.ts";
import { marked } from "./waiting.ts";
import { findWorkingAgain } from "./works-again.ts";

/**
 * Looks for failing pods, workloads and HPAs, and groups them into incidents.
 *
 * Rows from the API server's watch cache tell the suspects, and only these are read in full. What cannot be seen is
 * named in the answer.
 * @throws RemediationError `NamespaceNotFound` when the one namespace to look at does not exist; the first refusal when
 *   nothing at all could be seen
 */
export async function scan(cluster: Reader, options: Scan): Promise<Detection> {
  const { clusterName, namespace, dryRun, findingsOnly, policy, now } = options;
  const sights = await lookAtAll(cluster, options);
  const { view, places, moment, pods, workloads, hpas } = sights;
  const failing = await failingAmong(sights, options);
  const { found, inScope, settling } = failing;
  const here = await stormHere(sights, failing, options);
  const { storm, covered, outside, goesOn } = here;
  const { beside, bonds } = await besideThem(sights, failing, here, options);

  const isStormAlone = storm !== undefined && outside.length + beside.length === 0 && goesOn === undefined;
  const isApart = storm !== undefined && !isStormAlone && !findingsOnly;
  const wanted = isApart ? [...(goesOn === undefined ? [] : [goesOn]), ...outside] : failing.told;
  const isTold = (workload: WorkloadRef) =>
    isCovered(here, workload) || settling.some((incident) => incident.workload === workload);
  const all = [...wanted, ...beside];
  const resters = isStormAlone && !findingsOnly ? [] : all;
  const { awake, resting, claims } = await atRest(view, resters, { bonds, isTold, dryRun }, policy, now);
  // What is over is told by a scan that acts, and none of it in a storm.
  const tellsEnds = storm === undefined && !findingsOnly && !dryRun;
  const remembered = tellsEnds ? (claims ?? (await claimsIn(view, false)) ?? []) : [];
  const { podsOn } = pods;
  const past = { namespace, podsOn, claims: remembered, places, hpas: hpas.all, failing: [...found, ...beside] };
  const again = await findWorkingAgain(view, past, policy, now);

  const isHealthy = failing.told.length + beside.length + again.length === 0;
  const signed = () => withSigns([...awake, ...again], failing.withTheirPods);
  const lookedAfter = isStormAlone || findingsOnly ? marked(all, bonds, isTold) : signed();
  const idle = storm === undefined ? "resting" : "storm";
  const shown = fitIncidents(lookedAfter, policy.max_incidents);
  const signs = findingsOnly ? [] : signsOfCluster(withPods(failing.ripe, pods.failing), storm !== undefined);
  // Where something could not be seen, there may be a storm all the same.
  const isNone = tellsEnds && view.blindSpots.length === 0;
  const lease = isNone ? stormLeaseAmong(remembered, namespace) : undefined;
  const stormOver = lease && pastStorm(lease, now);
  const next = lookedAfter.find(({ workload }) => workload === goesOn?.workload);
  const leftAlone = covered.filter(({ workload }) => workload !== goesOn?.workload);
  return {
    status: isHealthy ? "healthy" : isStormAlone ? "storm" : lookedAfter.length === 0 ? idle : "failing",
    cluster_name: clusterName,
    ...(namespace === undefined ? {} : { namespace }),
    dry_run: dryRun,
    pods_seen: pods.seen,
    workloads_seen: workloads.seen,
    failing_pods: pods.failing.length,
    incidents: shown,
    omitted: lookedAfter.length - shown.length,
    out_of_scope: found.length - inScope.length,
    in_rollout: fitRollouts(settling, policy.max_incidents),
    resting,
    unseen: view.describeBlindSpots(),
    ...(signs.length === 0 ? {} : { signs }),
    ...(storm === undefined ? {} : stormFields(storm, next)),
    storm_seen: storm === undefined ? [] : seenIn(namespace, storm),
    ...(stormOver === undefined ? {} : { storm_over: stormOver }),
    ...(isApart ? { in_storm: besideOthers(leftAlone) } : {}),
    ...(findingsOnly ? answer(pods.failing, hpas.all, moment) : {}),
  };
}

/** What is wrong beside the workloads, and what waits for what with that. */
async function besideThem(
  sights: Sights,
  { inScope, bonds, metrics }: Failing,
  { storm, outside }: StormHere,
  { policy }: Scan,
): Promise<{ beside: Incident[]; bonds: Bonds }> {
  const { view, places, nodes, moment, pods, hpas } = sights;
  // A storm tells of what fails by it, whatever its node is like.
  const onNodes = { podsOn: pods.podsOn, optIn: policy.opt_in };
  const lack = nodeLack(nodes, withPods(outside, pods.failing), onNodes);
  const all = new Map([...bonds, ...lack.bonds]);
  // Beside a storm of everything, nothing else is told.
  if (storm?.isEverywhere === true) return { beside: [], bonds: all };
  const toldNodes = [...(storm?.nodes ?? []), ...lack.toldOf];
  const seen = { places, nodes, pods, hpas: hpas.all, incidents: inScope, toldNodes, policy, moment };
  return { beside: [...metrics, ...lack.incidents, ...(await lookBeside(view, seen))], bonds: all };
}
