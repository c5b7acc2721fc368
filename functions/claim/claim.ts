import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Claim, HistoryEntry, WorkloadRun } from "../run/contracts.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../shared/policy.ts";
import { claimSeconds } from "../run/pauses.ts";
import { clearAway } from "./clear-away.ts";
import {
  expiryOf,
  handBackCommand,
  historyOf,
  holderOf,
  leaseName,
  newLease,
  released,
  renewed,
  takenOver,
} from "../run/lease.ts";
import { lookedAfterSince } from "../run/others-since.ts";
import { restOf, type RestRequest } from "../run/rest.ts";
import { createLease, despiteOthers, readLease } from "../run/stored-lease.ts";

/** Who claims what. */
export interface ClaimRequest extends RestRequest {
  /** The execution that claims: the same holder may claim again, so a repeated step changes nothing. */
  holder: string;
  /** The run that it claims for, where others may have looked after the workload since that found it. */
  run?: WorkloadRun;
  /** How often that execution was redriven. */
  redrive?: number;
  /** Reads and decides as always, and writes nothing. */
  dryRun: boolean;
}

/** How often a release is tried again when somebody else writes the Lease at the same moment. */
const ATTEMPTS = 3;

/**
 * Claims a workload for one execution, so that two never work on the same one. An execution that was redriven before it did
 * anything takes its own claim up again, though that may have expired. What others have looked after since this execution found
 * it is left to the next one, and a claim of its own is given back then.
 * @throws RemediationError `ClaimNamespaceMissing` when the namespace for claims is missing and may not be created
 */
export async function acquire(cluster: Cluster, request: ClaimRequest): Promise<Claim> {
  const claim = await despiteOthers(() => tryAcquire(cluster, request));
  const { redrive = 0 } = request;
  return redrive === 0 ? claim : { ...claim, redrive };
}

async function tryAcquire(cluster: Cluster, request: ClaimRequest): Promise<Claim> {
  const { workload, holder, dryRun, policy, now } = request;
  const seconds = claimSeconds(policy);
  const lease = await readLease(cluster, leaseName(workload));
  if (lease === undefined) {
    const fresh = newLease(workload, holder, seconds, now);
    if (!dryRun) {
      await createLease(cluster, fresh);
      // Only where one is added: so their number cannot grow for ever.
      await clearAway(cluster, policy, now);
    }
    return claimed(fresh);
  }

  const path = paths.lease(CLAIM_NAMESPACE, leaseName(workload));
  const since = request.run === undefined ? undefined : lookedAfterSince(request.run, lease, now);
  if (lease.spec?.holderIdentity === holder && (request.redrive ?? 0) > 0) {
    const again = since === undefined ? renewed(lease, seconds, now) : released(lease, undefined, now);
    if (!dryRun) await cluster.replace(path, again);
    return since ?? claimed(again);
  }
  if (holderOf(lease, now) === holder) return claimed(lease);
  // What would be done is said of what rests, too.
  const isOnlyDiagnosed = request.run?.incident.only_diagnosed === true;
  const reason = isOnlyDiagnosed ? undefined : await restOf(cluster, lease, request);
  if (reason !== undefined) {
    const { refusal, message, needsPerson } = reason;
    return {
      status: "refused",
      lease: leaseName(workload),
      refusal,
      // With the claim's history goes what was proposed, and what an execution is known to have done.
      message:
        refusal === "AlreadyClaimed" || request.approves !== undefined || request.undoes !== undefined
          ? message
          : `${message} To allow it now, with what is remembered of it forgotten: ${handBackCommand(workload)}`,
      needs_person: needsPerson,
    };
  }
  if (since !== undefined) return since;
  const taken = takenOver(lease, holder, seconds, now);
  if (!dryRun) await cluster.replace(path, taken);
  return claimed(taken);
}

/**
 * Gives a claim back and remembers how it ended. A claim that is not ours (any more) is left as it is, so a repeated
 * release changes nothing.
 */
export async function release(
  cluster: Cluster,
  { workload, holder, now }: Pick<ClaimRequest, "workload" | "holder" | "now">,
  entry: HistoryEntry | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const lease = await readLease(cluster, leaseName(workload));
    if (lease === undefined || lease.spec?.holderIdentity !== holder) return;
    try {
      await cluster.replace(paths.lease(CLAIM_NAMESPACE, leaseName(workload)), released(lease, entry, now));
      return;
    } catch (error) {
      if (!isRemediationError(error, "ObjectChanged") || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** The claim that a Lease is, for its holder. */
export function claimed(lease: Lease): Claim {
  return {
    status: "claimed",
    lease: lease.metadata?.name ?? "",
    expires_at: expiryOf(lease).toISOString(),
    history: historyOf(lease),
  };
}
