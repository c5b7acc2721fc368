import type { Incident } from "../run/contracts.ts";
import type { Pause } from "../run/cool-down.ts";
import type { Resting, RestReason } from "../run/detection.ts";
import { leaseName } from "../run/lease.ts";
import { stormLeaseName } from "../run/storm-lease.ts";
import { restOf, restRequest } from "../run/rest.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, type Policy } from "../shared/policy.ts";
import { MAX_BYTES } from "./answer.ts";
import { crowded } from "./crowd.ts";
import { fill } from "./fair.ts";
import { workloadKey } from "./incidents.ts";
import type { Bonds } from "./together.ts";
import type { View } from "./view.ts";
import { marked, restingWithAnother, type IsTold } from "./waiting.ts";

/** How many of the workloads that rest are named. */
const MAX_NAMED = 50;
/** What is looked at once in a scan. */
const CLAIMS = `leases in namespace ${CLAIM_NAMESPACE}`;

/** The incidents that do not rest, and how many others do. */
interface Rested {
  awake: Incident[];
  resting: Resting;
  /** All claims; undefined where they were not asked for, or cannot be seen. */
  claims: readonly Lease[] | undefined;
}

/**
 * Which of the incidents rest, so that nothing is to be done about them now: claimed by another execution, cooling down,
 * left to a person, or waiting for one that rests. The claims are listed once; where they cannot be seen nothing rests, and
 * each claim decides for itself, as it does again for all others. The others are marked with what waits for what,
 * and with whether people are told of each.
 */
export async function atRest(
  view: View,
  incidents: readonly Incident[],
  { bonds, isTold, dryRun }: { bonds: Bonds; isTold: IsTold; dryRun: boolean },
  policy: Policy,
  now: Date,
): Promise<Rested> {
  const known = incidents.length === 0 ? undefined : await claimsIn(view);
  const claims = known ?? [];
  const byName = new Map(claims.map((lease) => [lease.metadata?.name ?? "", lease]));
  const pauses = await view.each(incidents, async (incident) => {
    const lease = byName.get(leaseName(incident.workload));
    const pause = lease && (await restOf(view.cluster, lease, restRequest(incident, policy, now, dryRun)));
    return { incident, why: pause && reasonOf(pause) };
  });
  const rests = pauses.flatMap(({ incident, why }) => (why === undefined ? [] : [{ incident, why }]));
  const claimed = rests.filter(({ why }) => why === "claimed").map(({ incident }) => workloadKey(incident.workload));
  const others = pauses.filter(({ why }) => why === undefined).map(({ incident }) => incident);
  const waiting = restingWithAnother(others, bonds, isTold, { claimed: new Set(claimed), claims, now });
  const awake = others.filter((incident) => !waiting.includes(incident));
  const named = [...rests, ...waiting.map((incident) => ({ incident, why: "waiting" as const }))];
  const resting = named.map(({ incident }) => incident);
  const told = crowded(marked(awake, bonds, isTold, resting), claims, policy, now);
  return { awake: told, resting: described(named), claims: known };
}

function described(rests: readonly { incident: Incident; why: RestReason }[]): Resting {
  const named = rests.map(({ incident: { workload }, why }) => ({ ...workload, why }));
  const count = (reason: RestReason) => named.filter(({ why }) => why === reason).length;
  return {
    count: named.length,
    claimed: count("claimed"),
    cooling_down: count("cooling_down"),
    left_to_person: count("left_to_person"),
    waiting: count("waiting"),
    workloads: fill(
      named,
      ({ namespace }) => namespace,
      (workload) => workload,
      { items: MAX_NAMED, bytes: MAX_BYTES.resting },
    ),
  };
}

function reasonOf({ refusal, leftToPerson }: Pause): RestReason {
  if (refusal === "AlreadyClaimed") return "claimed";
  return leftToPerson ? "left_to_person" : "cooling_down";
}

/**
 * All claims, as they are now: one that was given back a moment ago rests no longer. Undefined where they cannot be seen.
 * @param isNeeded whether anything depends on them: that they cannot be seen is a blind spot then
 */
export async function claimsIn(view: View, isNeeded = true): Promise<Lease[] | undefined> {
  const look = async () => {
    try {
      return await view.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE));
    } catch (error) {
      // Nobody may read in a namespace that does not exist; there are no claims then.
      if (isRemediationError(error, "NotFound") || !(await isThere(view))) return [];
      throw error;
    }
  };
  return await view.once(CLAIMS, () =>
    isNeeded ? view.tryTo(CLAIMS, look, { telling: false }) : view.unlessUnseen(look),
  );
}

/** The Lease of the storm of everything, or of one namespace; undefined where there is none. */
export function stormLeaseAmong(claims: readonly Lease[], namespace: string | undefined): Lease | undefined {
  const name = stormLeaseName(namespace);
  return claims.find(({ metadata }) => metadata?.name === name);
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
