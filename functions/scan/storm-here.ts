import type { Incident } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { some } from "../shared/text.ts";
import { despiteStorm } from "./despite-storm.ts";
import { countedAmong } from "./extent.ts";
import type { Failing } from "./failing.ts";
import { markOf } from "./mark.ts";
import { withinReach } from "./reach.ts";
import { claimsIn } from "./resting.ts";
import type { Scan, Sights } from "./sights.ts";
import { findStorm, type FailureStorm } from "./storm.ts";
import { withExplained } from "./together.ts";

/** How many namespaces and nodes a storm is named by. */
const MAX_NAMES = 5;
/** By how many marks a storm is told from others. */
const MAX_MARKS = 60;

/** Whether so much fails that it is one matter, and what of it is looked after all the same. */
export interface StormHere {
  storm: FailureStorm | undefined;
  /** The incidents that it covers, of those that are told. */
  covered: Incident[];
  /** The others. */
  outside: Incident[];
  /** The one that it covers and that is looked after all the same. */
  goesOn: Incident | undefined;
}

/** Finds whether what fails is one matter of the cluster, a namespace or a node. */
export async function stormHere(sights: Sights, failing: Failing, options: Scan): Promise<StormHere> {
  const { policy, findingsOnly, now } = options;
  const { view, places, pods, workloads } = sights;
  const { told, ripe, found, bonds } = failing;
  const findings = {
    incidents: ripe,
    pods: pods.failing,
    workloads: workloads.failing,
    failedRollouts: workloads.failedRollouts,
  };
  const counted = withExplained(countedAmong(findings), bonds);
  const within = await withinReach(view, counted, places, workloads.switches, policy);
  const extent = { ...within, wellOn: pods.wellOn, notCounted: found.length - within.failing.length };
  const storm = told.length === 0 ? undefined : findStorm(extent, policy);
  if (storm === undefined) return { storm, covered: [], outside: told, goesOn: undefined };
  const covered = told.filter(({ workload }) => storm.covers(workload));
  const outside = told.filter((incident) => !covered.includes(incident));
  if (!policy.storm.certain_rollbacks || findingsOnly) return { storm, covered, outside, goesOn: undefined };
  const claims = await claimsIn(view);
  const goesOn = despiteStorm(covered, { ...findings, storm, claims }, policy, now);
  return { storm, covered, outside, goesOn };
}

/**
 * What an answer says of a storm.
 *
 * @param goesOn what of it is looked after next; undefined where nothing is
 */
export function stormFields(
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
export function seenIn(namespace: string | undefined, { nodes, namespaces }: FailureStorm): string[] {
  const marks = nodes.length + namespaces.length === 0 ? ["*"] : marksOf(nodes, namespaces);
  return namespace === undefined ? marks : marks.map((mark) => `${namespace}/${mark}`);
}

/** Whether a workload is one that a storm covers. */
export function isCovered({ storm }: StormHere, workload: WorkloadRef): boolean {
  return storm?.covers(workload) === true;
}
