import type { Incident } from "../run/contracts.ts";
import type { Pause } from "../run/cool-down.ts";
import type { Resting, RestReason } from "../run/detection.ts";
import { leaseName } from "../run/lease.ts";
import { restOf, restRequest } from "../run/rest.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, type Policy } from "../shared/policy.ts";
import { MAX_BYTES } from "./answer.ts";
import { fill } from "./fair.ts";
import type { View } from "./view.ts";

/** How many of the workloads that rest are named. */
const MAX_NAMED = 50;

/**
 * Which of the incidents rest, so that nothing is to be done about them now: claimed by another execution, cooling down, or
 * left to a person. The claims are listed once; where they cannot be seen nothing rests, and each claim decides for itself, as
 * it does again for all others.
 */
export async function atRest(
  view: View,
  incidents: readonly Incident[],
  policy: Policy,
  now: Date,
): Promise<{ awake: Incident[]; resting: Resting }> {
  const leases = incidents.length === 0 ? [] : await leasesIn(view);
  const byName = new Map(leases.map((lease) => [lease.metadata?.name ?? "", lease]));
  const pauses = await view.each(incidents, async (incident) => {
    const lease = byName.get(leaseName(incident.workload));
    return lease === undefined ? undefined : await restOf(view.cluster, lease, restRequest(incident, policy, now));
  });
  const named = incidents.flatMap(({ workload }, index) => {
    const pause = pauses[index];
    return pause === undefined ? [] : [{ ...workload, why: reasonOf(pause) }];
  });
  const count = (reason: RestReason) => named.filter(({ why }) => why === reason).length;
  return {
    awake: incidents.filter((_incident, index) => pauses[index] === undefined),
    resting: {
      count: named.length,
      claimed: count("claimed"),
      cooling_down: count("cooling_down"),
      left_to_person: count("left_to_person"),
      workloads: fill(
        named,
        ({ namespace }) => namespace,
        (workload) => workload,
        { items: MAX_NAMED, bytes: MAX_BYTES.resting },
      ),
    },
  };
}

function reasonOf({ refusal, leftToPerson }: Pause): RestReason {
  if (refusal === "AlreadyClaimed") return "claimed";
  return leftToPerson ? "left_to_person" : "cooling_down";
}

/** All claims, as they are now: a claim that was given back a moment ago rests no longer. */
async function leasesIn(view: View): Promise<Lease[]> {
  const look = async () => {
    try {
      return await view.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE));
    } catch (error) {
      // Nobody may read in a namespace that does not exist; there are no claims then.
      if (isRemediationError(error, "NotFound") || !(await isThere(view))) return [];
      throw error;
    }
  };
  return (await view.tryTo(`leases in namespace ${CLAIM_NAMESPACE}`, look, { telling: false })) ?? [];
}

/** Whether the namespace of the claims exists, as far as that can be told. */
async function isThere(view: View): Promise<boolean> {
  try {
    await view.cluster.get(paths.namespace(CLAIM_NAMESPACE));
    return true;
  } catch (error) {
    return !isRemediationError(error, "NotFound");
  }
}
