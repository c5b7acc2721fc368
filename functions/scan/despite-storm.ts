import type { Incident } from "../run/contracts.ts";
import { claimSeconds, type Policy } from "../shared/policy.ts";
import { areOfOneRevision, withPods } from "./extent.ts";
import { inTurn } from "./fair.ts";
import { workloadKey, type FailingPod } from "./incidents.ts";

/** What is known of the workloads of a storm. */
interface Known {
  pods: readonly FailingPod[];
  /** The workloads (by `workloadKey`) that serve beside a rollout of their own that has failed or is not complete. */
  failedRollouts: ReadonlySet<string>;
}

/**
 * The one workload of a storm that is looked after all the same, where the policy wants that: its own rollout has broken it
 * while earlier pods serve, so that going back may help and cannot hurt. One in a run, and the same one for as long as
 * a remediation of it may take; then the next, of each namespace in turn. Pure.
 */
export function despiteStorm(
  inStorm: readonly Incident[],
  { pods, failedRollouts }: Known,
  policy: Policy,
  now: Date,
): Incident | undefined {
  if (!policy.storm.certain_rollbacks) return undefined;
  const broken = withPods(inStorm, pods).filter(
    (counted) =>
      failedRollouts.has(workloadKey(counted.incident.workload)) &&
      counted.pods.length > 0 &&
      areOfOneRevision(counted.pods),
  );
  const candidates = inTurn(broken, ({ incident }) => incident.workload.namespace);
  const turn = Math.floor(now.getTime() / 1_000 / claimSeconds(policy));
  const chosen = candidates[turn % Math.max(1, candidates.length)];
  return chosen === undefined ? undefined : { ...chosen.incident, despite_storm: true };
}
