import { isDecided } from "./asked-for.ts";
import type { Cluster, Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { RemediationError } from "../shared/errors.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, type Policy } from "../shared/policy.ts";
import { toldAt } from "./cool-down.ts";
import { closingCommand, type OpenBreaker } from "./breaker.ts";
import type { RemedyResult, WorkloadRun } from "./contracts.ts";
import type { HeldByFleet } from "./fleet-hold.ts";
import { historyOf, holderOf, leaseName, workloadOf } from "./lease.ts";
import { limitFor, type Asker, type Limited } from "./limits.ts";
import type { NotLet } from "./permit.ts";
import { asking, asksOf, isAhead, notAsking, orderOf } from "./places.ts";

/** While a breaker stays open, people are told of it once in this time, in milliseconds. */
const TOLD_AGAIN_MS = 86_400_000;
/** What an execution asks that would tell people of a breaker. */
const TELLING = { cause: "BreakerOpen", action: "none" } as const;

/** Why a remedy is not begun. */
type Reason = Pick<Limited | NotLet | HeldByFleet, "refusal" | "message">;

/** A remedy that is not begun, because of a limit or since it is not let any more. It never leaves the remedy's step, whose answer is made of it. */
export class HeldBack extends Error {
  /** What the step answers. */
  readonly answer: Reason & Pick<RemedyResult, "needs_person">;

  constructor({ refusal, message }: Reason, needsPerson: boolean) {
    super(message);
    this.answer = { refusal, message, ...(needsPerson ? { needs_person: true } : {}) };
  }
}

/**
 * Makes sure, before a remedy is begun, that the policy's limits let it. The execution writes what it is about to begin into
 * its own Lease first, and looks at all the others then, so that two can never pass unseen by each other.
 * @param lease the execution's own claim, as it was read just now
 * @returns the claim as it was written, which has to be replaced by one that says that the remedy has begun. While nobody has
 *   written it since, what was decided holds
 * @throws HeldBack when a limit is reached; nothing is left in the claim then
 * @throws RemediationError `ObjectChanged` when somebody else writes the claim at the same moment
 */
export async function takePlace(
  cluster: Cluster,
  run: WorkloadRun,
  lease: Lease,
  policy: Policy,
  now: Date,
): Promise<Lease> {
  const asker = askerOf(run);
  // What is refused anyway asks nothing, and is in nobody's way.
  const already = limitFor(asker, await readClaims(cluster), undefined, policy, now);
  if (already !== undefined) throw await heldBack(cluster, asker, lease, already, now);
  const asked = await replace(cluster, asking(lease, asker));
  const limited = limitFor(asker, await readClaims(cluster), asked.metadata?.resourceVersion, policy, now);
  if (limited === undefined) return notAsking(asked);
  throw await heldBack(cluster, asker, asked, limited, now);
}

/** What keeps a remedy from being begun at this moment; undefined when nothing does. Writes nothing. */
export async function presentLimit(
  cluster: Reader,
  run: WorkloadRun,
  policy: Policy,
  now: Date,
): Promise<Limited | undefined> {
  return limitFor(askerOf(run), await readClaims(cluster), undefined, policy, now);
}

function askerOf({ diagnosis, execution, incident }: WorkloadRun): Asker {
  const { cause = "", remedy } = diagnosis ?? {};
  const { workload } = incident;
  const action = remedy?.action ?? "none";
  return { execution: execution.name, cause, action, workload, requested: isDecided(incident) };
}

/** Takes back what the execution asked, and lets one of those that a breaker stops tell people of it. */
async function heldBack(cluster: Cluster, asker: Asker, own: Lease, limited: Limited, now: Date): Promise<HeldBack> {
  const { breaker } = limited;
  if (breaker === undefined || isTold(asker, breaker, await readClaims(cluster), undefined, now)) {
    if (asksOf(own) !== undefined) await replace(cluster, notAsking(own));
    return new HeldBack(limited, false);
  }
  const telling = await replace(cluster, asking(own, { ...TELLING, execution: asker.execution }));
  const isFirst = !isTold(asker, breaker, await readClaims(cluster), telling.metadata?.resourceVersion, now);
  const command = closingCommand(now);
  const message = `${limited.message} To let remedies begin again now: ${command} (the claims with these remedies: ${breaker.claims})`;
  return new HeldBack({ ...limited, message }, isFirst);
}

/**
 * Whether people know of an open breaker: they were told since that was so, and within a day, or another execution that looked
 * before this one is about to tell them.
 */
function isTold(
  { workload }: Asker,
  { namespace, since: opened }: OpenBreaker,
  leases: readonly Lease[],
  since: string | undefined,
  now: Date,
): boolean {
  const after = Math.max(opened.getTime(), now.getTime() - TOLD_AGAIN_MS);
  return leases.some((lease) => {
    if (namespace !== undefined && workloadOf(lease)?.namespace !== namespace) return false;
    if (historyOf(lease).some((entry) => entry.reason === TELLING.cause && (toldAt(entry)?.getTime() ?? 0) >= after))
      return true;
    const asks = lease.metadata?.name === leaseName(workload) ? undefined : asksOf(lease);
    const isTelling = asks?.cause === TELLING.cause && asks.execution === holderOf(lease, now);
    return isTelling && isAhead(orderOf(lease.metadata?.resourceVersion), orderOf(since));
  });
}

/** All claims, in the newest state. */
async function readClaims(cluster: Reader): Promise<Lease[]> {
  return await cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE));
}

async function replace(cluster: Cluster, lease: Lease): Promise<Lease> {
  const { name = "" } = lease.metadata ?? {};
  const answer = await cluster.replace<Lease>(paths.lease(CLAIM_NAMESPACE, name), lease);
  if (answer.metadata?.resourceVersion !== undefined) return answer;
  throw new RemediationError("ClusterUnavailable", `${cluster.name}: a Lease that was written has no resourceVersion.`);
}
