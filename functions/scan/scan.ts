import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Incident } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { pastStorm } from "../run/storm-lease.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import { lostNodesAmong } from "../shared/kubernetes/nodes.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { Namespace, Service } from "../shared/kubernetes/types.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { WorkloadFinder } from "../kinds/workload-finder.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { outOfScope } from "../shared/scope.ts";
import { some } from "../shared/text.ts";
import { lookBeside } from "./beside.ts";
import { answer, besideOthers, fitIncidents, fitRollouts } from "./answer.ts";
import { despiteStorm } from "./despite-storm.ts";
import { countedAmong, withPods } from "./extent.ts";
import { findFailingPods, findUnreadyNodes } from "./failing-pods.ts";
import { findFailingHpas, findFailingWorkloads } from "./failing-workloads.ts";
import { inRollout } from "./in-rollout.ts";
import { groupIncidents, workloadKey } from "./incidents.ts";
import { markOf } from "./mark.ts";
import { metricsLack } from "./metrics-lack.ts";
import { inQuestion, namesOf } from "./named-services.ts";
import { nodeLack } from "./node-lack.ts";
import { withinReach } from "./reach.ts";
import { readReadyBehind } from "./ready-behind.ts";
import { atRest, claimsIfSeen, claimsIn, stormLeaseAmong } from "./resting.ts";
import { eachPlace, servicesIn } from "./services/list.ts";
import { signsOfCluster, withSigns } from "./signs.ts";
import { findStorm, type FailureStorm } from "./storm.ts";
import { together, withExplained } from "./together.ts";
import { cellsOf, type Table } from "./table.ts";
import { View, type Places } from "./view.ts";
import { marked } from "./waiting.ts";
import { findWorkingAgain } from "./works-again.ts";

/** How many namespaces and nodes a storm is named by. */
const MAX_NAMES = 5;
/** By how many marks a storm is told from others. */
const MAX_MARKS = 60;

/** What to look at, and by which rules. */
export interface Scan {
  clusterName: string;
  /** The one namespace to look at; undefined for all that the policy includes. */
  namespace: string | undefined;
  dryRun: boolean;
  /** Whether somebody wants the findings themselves: every failing pod and HPA, and whatever the policy says of them. */
  findingsOnly: boolean;
  policy: Policy;
  now: Date;
}

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
  const view = new View(cluster);
  const finder = new WorkloadFinder(cluster);
  const places = await placesToLook(cluster, namespace, policy);
  const nodes = await findUnreadyNodes(view);
  const moment: Moment = { now, deadlines: policy.detect, lostNodes: lostNodesAmong(nodes) };
  const known = findFailingWorkloads(view, places.everywhere ? undefined : places.namespaces, finder, moment);
  const [pods, workloads, hpas] = await Promise.all([
    findFailingPods(view, { places, finder, moment, crowd: policy.storm.min_pods_on_node, known }),
    known,
    findFailingHpas(view, places, moment),
  ]);
  const [firstBlindSpot] = view.blindSpots;
  if (firstBlindSpot !== undefined && !view.sawSomething) throw firstBlindSpot.error;

  const found = groupIncidents(pods.failing, [...workloads.failing, ...hpas.failing]);
  const inScope = findingsOnly ? found : found.filter(({ workload }) => !outOfScope(workload.namespace, policy));
  const labelled = [
    ...pods.failing.map(({ workload, facts }) => ({ workload, labels: facts?.labels })),
    ...hpas.failing,
  ];
  const settling = await inRollout(view, inScope, workloads, labelled, places, moment, policy);
  // A rollout that is left its time may still succeed: whoever asks is told, but it is nothing to remedy.
  const incidents = findingsOnly ? inScope : inScope.filter((incident) => !settling.includes(incident));
  const ripe = inScope.filter((incident) => !settling.includes(incident));
  const keys = new Set(ripe.map(({ workload }) => workloadKey(workload)));
  // Only of several can one fail because another does.
  const withTheirPods = withPods(found, pods.failing);
  const names = namesOf(withTheirPods, found.length < 2 ? [] : await everyService(view, places));
  const failingPods = new Set(pods.failing.map(({ workload, name }) => `${workload.namespace}/${name}`));
  const ready = await readReadyBehind(view, inQuestion(withTheirPods, names), failingPods);
  const lack = metricsLack(incidents, [...workloads.failing, ...hpas.failing]);
  const explained = new Map([...together(withTheirPods, keys, { ...workloads, names, ready }), ...lack.bonds]);
  const { failedRollouts } = workloads;
  const findings = { incidents: ripe, pods: pods.failing, workloads: workloads.failing, failedRollouts };
  const counted = withExplained(countedAmong(findings), explained);
  const within = await withinReach(view, counted, places, workloads.switches, policy);
  const extent = { ...within, wellOn: pods.wellOn, notCounted: found.length - within.failing.length };
  const storm = incidents.length === 0 ? undefined : findStorm(extent, policy);
  const inStorm = storm === undefined ? [] : incidents.filter(({ workload }) => storm.covers(workload));
  const isAnyToGoOn = storm !== undefined && policy.storm.certain_rollbacks && !findingsOnly;
  const claims = isAnyToGoOn ? await claimsIn(view) : undefined;
  const goesOn = isAnyToGoOn ? despiteStorm(inStorm, { ...findings, storm, claims }, policy, now) : undefined;
  const outside = incidents.filter((incident) => !inStorm.includes(incident));
  // A storm tells of what fails by it, whatever its node is like.
  const onNodes = { podsOn: pods.podsOn, optIn: policy.opt_in };
  const nodesLack = nodeLack(nodes, withPods(outside, pods.failing), onNodes);
  const bonds = new Map([...explained, ...nodesLack.bonds]);
  const toldNodes = [...(storm?.nodes ?? []), ...nodesLack.toldOf];
  // Beside a storm of everything, nothing else is told.
  const beside =
    storm?.isEverywhere === true
      ? []
      : [
          ...lack.incidents,
          ...nodesLack.incidents,
          ...(await lookBeside(view, {
            ...places,
            ...{ nodes, pods, hpas: hpas.all, incidents: inScope, toldNodes, policy, moment },
          })),
        ];
  const isStormAlone = storm !== undefined && outside.length + beside.length === 0 && goesOn === undefined;
  const isApart = storm !== undefined && !isStormAlone && !findingsOnly;
  const wanted = isApart ? [...(goesOn === undefined ? [] : [goesOn]), ...outside] : incidents;
  const leftAlone = inStorm.filter(({ workload }) => workload !== goesOn?.workload);
  const isTold = (workload: WorkloadRef) =>
    storm?.covers(workload) === true || settling.some((incident) => incident.workload === workload);
  const all = [...wanted, ...beside];
  const resters = isStormAlone && !findingsOnly ? [] : all;
  const { awake, resting, claims: listed } = await atRest(view, resters, { bonds, isTold, dryRun }, policy, now);
  // What is over is told by a scan that acts, and none of it in a storm.
  const tellsEnds = storm === undefined && !findingsOnly && !dryRun;
  const remembered = tellsEnds ? (listed ?? (await claimsIfSeen(view)) ?? []) : [];
  const failing = [...found, ...beside];
  const again = await findWorkingAgain(view, { claims: remembered, places, failing }, policy, now);
  const isHealthy = incidents.length + beside.length + again.length === 0;
  const lookedAfter =
    isStormAlone || findingsOnly ? marked(all, bonds, isTold) : withSigns([...awake, ...again], withTheirPods);
  const idle = storm === undefined ? "resting" : "storm";
  const shown = fitIncidents(lookedAfter, policy.max_incidents);
  // Where something could not be seen, there may be a storm all the same.
  const signs = findingsOnly ? [] : signsOfCluster(withPods(ripe, pods.failing), storm !== undefined);
  const isNone = tellsEnds && view.blindSpots.length === 0;
  const lease = isNone ? stormLeaseAmong(remembered, namespace) : undefined;
  const stormOver = lease && pastStorm(lease, now);
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
    ...(storm === undefined
      ? {}
      : stormFields(
          storm,
          lookedAfter.find(({ workload }) => workload === goesOn?.workload),
        )),
    storm_seen: storm === undefined ? [] : seenIn(namespace, storm),
    ...(stormOver === undefined ? {} : { storm_over: stormOver }),
    ...(isApart ? { in_storm: besideOthers(leftAlone) } : {}),
    ...(findingsOnly ? answer(pods.failing, hpas.all, moment) : {}),
  };
}

/** The Services that can be seen where the scan looks. */
async function everyService(view: View, places: Places): Promise<Service[]> {
  const lists = await view.each(eachPlace(places), (place) => servicesIn(view, place));
  return lists.flatMap((list) => list ?? []);
}

function stormFields(
  { reason, nodes, namespaces }: FailureStorm,
  goesOn: Incident | undefined,
): Pick<Detection, "storm" | "storm_node" | "storm_namespace" | "storm_marks"> {
  const next =
    goesOn === undefined
      ? ""
      : ` Only ${describeWorkload(goesOn.workload)} is looked after next: it is rolled back if its own rollout has broken it for certain (storm.certain_rollbacks), and the modes of the policy let it.`;
  return {
    storm: `${reason}${next}`,
    ...(nodes.length === 0 ? {} : { storm_node: some(nodes, MAX_NAMES) }),
    ...(namespaces.length === 0 ? {} : { storm_namespace: some(namespaces, MAX_NAMES) }),
    ...(nodes.length + namespaces.length === 0 ? {} : { storm_marks: marksOf(nodes, namespaces) }),
  };
}

/** A short mark of each node and namespace, in an order of its own: of very many, the same ones are left out each time. */
function marksOf(nodes: readonly string[], namespaces: readonly string[]): string[] {
  const names = [...nodes.map((name) => `node ${name}`), ...namespaces.map((name) => `namespace ${name}`)];
  return names.map(markOf).sort().slice(0, MAX_MARKS);
}

/** What a storm is of, as a later run tells it from that of a run that looks elsewhere. */
function seenIn(namespace: string | undefined, { nodes, namespaces }: FailureStorm): string[] {
  const marks = nodes.length + namespaces.length === 0 ? ["*"] : marksOf(nodes, namespaces);
  return namespace === undefined ? marks : marks.map((mark) => `${namespace}/${mark}`);
}

/** The namespaces to look at, and whether that is the whole cluster. */
async function placesToLook(cluster: Reader, namespace: string | undefined, policy: Policy): Promise<Places> {
  if (namespace !== undefined) {
    await assertNamespace(cluster, namespace);
    return { namespaces: [namespace], everywhere: false };
  }
  const { allow, deny } = policy.namespaces;
  // An allow-list is enough to know where to look, so no permission to list namespaces is needed.
  if (allow !== undefined) return { namespaces: allow.filter((name) => !deny.includes(name)), everywhere: false };
  const rows = cellsOf(await cluster.table<Table>(paths.namespaces()), ["Name"]);
  const names =
    rows?.map(([name]) => name ?? "") ??
    (await cluster.list<Namespace>(paths.namespaces())).map(({ metadata }) => metadata?.name ?? "");
  const { true: leftOut = [], false: namespaces = [] } = Object.groupBy(names, (name) =>
    outOfScope(name, policy) === undefined ? "false" : "true",
  );
  return { namespaces, everywhere: true, leftOut };
}
