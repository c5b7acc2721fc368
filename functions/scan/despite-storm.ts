import { createHash } from "node:crypto";
import type { Incident } from "../run/contracts.ts";
import { holderOf, workloadOf } from "../run/lease.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import { claimSeconds } from "../run/pauses.ts";
import { areOfOneRevision, withPods } from "./extent.ts";
import { workloadKey, type FailingPod } from "./incidents.ts";
import type { FailureStorm } from "./storm.ts";

/** What is known of the workloads of a storm. */
interface Known {
  pods: readonly FailingPod[];
  /** The workloads (by `workloadKey`) that serve beside a rollout of their own that has failed or is not complete. */
  failedRollouts: ReadonlySet<string>;
  storm: Pick<FailureStorm, "covers">;
  /** All claims; undefined where they could not be seen. */
  claims: readonly Lease[] | undefined;
}

/**
 * The one workload of a storm that is looked after all the same, where the policy wants that: its own rollout has broken it
 * while earlier pods serve, so that going back may help and cannot hurt. One at a time: none while an execution holds the claim
 * on a workload of the storm, or on another in its namespaces, or where that cannot be seen. Which one depends on the time and
 * on its name alone, of each namespace with the same chance; it is the same for as long as a remediation of it may take. Pure.
 */
export function despiteStorm(
  inStorm: readonly Incident[],
  { pods, failedRollouts, storm, claims }: Known,
  policy: Policy,
  now: Date,
): Incident | undefined {
  if (!policy.storm.certain_rollbacks || claims === undefined) return undefined;
  const namespaces = new Set(inStorm.map(namespaceOf));
  const isBusy = claims.some((lease) => {
    if (holderOf(lease, now) === undefined) return false;
    const workload = workloadOf(lease);
    // Of a claim whose workload nobody can tell, it may be one of these.
    return workload === undefined || storm.covers(workload) || namespaces.has(workload.namespace);
  });
  if (isBusy) return undefined;
  const broken = withPods(inStorm, pods).filter(
    (counted) =>
      failedRollouts.has(workloadKey(counted.incident.workload)) &&
      counted.pods.length > 0 &&
      areOfOneRevision(counted.pods),
  );
  const candidates = broken.map(({ incident }) => incident);
  const turn = Math.floor(now.getTime() / 1_000 / claimSeconds(policy));
  const namespace = drawn([...new Set(candidates.map(namespaceOf))], (name) => name, turn);
  const here = candidates.filter((incident) => namespaceOf(incident) === namespace);
  const chosen = drawn(here, ({ workload }) => workloadKey(workload), turn);
  return chosen === undefined ? undefined : { ...chosen, despite_storm: true };
}

/** The one whose turn it is: the others may come and go without changing that. */
function drawn<Item>(items: readonly Item[], keyOf: (item: Item) => string, turn: number): Item | undefined {
  const lots = items.map((item) => ({
    item,
    lot: createHash("sha256")
      .update(`${turn} ${keyOf(item)}`)
      .digest("hex"),
  }));
  return lots.sort((a, b) => (a.lot < b.lot ? -1 : 1))[0]?.item;
}

function namespaceOf({ workload }: Incident): string {
  return workload.namespace;
}
