import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { mapConcurrently } from "../shared/concurrency.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, type Policy } from "../shared/policy.ts";
import { isDeclined } from "../run/approval.ts";
import { pause, triedTooOften } from "../run/cool-down.ts";
import { mayBePutBack } from "../run/history.ts";
import { historyOf, holderOf, lastUseOf, unusedSelector, workloadOf } from "../run/lease.ts";
import { readPresentTemplate } from "../run/present-template.ts";
import { openOf } from "../run/works-again.ts";

/** How long a claim that nobody takes is kept, in seconds: as long as the longest pause and window that a policy may ask for. */
const KEPT_SECONDS = 86_400;
/**
 * How long one is kept that knows of a rollback or a scaling, which somebody may take back weeks later, of what people have
 * declined, which is not to be proposed again, or of what they were told and wait to hear the end of.
 */
const KEPT_LONG_SECONDS = 30 * 86_400;
/** Never more at a time: a claim does not wait for longer than that. */
const MAX_REMOVED = 100;
/** How many workloads are read at the same time. */
const CONCURRENCY = 8;

/**
 * Removes claims that have nothing to say any more: nobody holds or has used them for a day, or for a month where they know of
 * a rollback, a scaling, a declined plan or what people wait to hear the end of, and their history keeps nobody from acting. What is left of workloads that no longer exist goes that way. Never fails: the next call tries again.
 */
export async function clearAway(cluster: Cluster, policy: Policy, now: Date): Promise<void> {
  try {
    const leases = await cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE), { labelSelector: unusedSelector(now) });
    const unused = leases.filter((lease) => isUnused(lease, now));
    const silent = await mapConcurrently(unused, CONCURRENCY, (lease) => isSilent(cluster, lease, policy, now));
    const removed = unused.filter((_lease, index) => silent[index]).slice(0, MAX_REMOVED);
    await mapConcurrently(removed, CONCURRENCY, (lease) => remove(cluster, lease));
  } catch (error) {
    // Looking after a workload does not depend on it.
    if (!isRemediationError(error)) throw error;
  }
}

function isUnused(lease: Lease, now: Date): boolean {
  const history = historyOf(lease);
  const isKeptLong = openOf(history) !== undefined || history.some((entry) => mayBePutBack(entry) || isDeclined(entry));
  const kept = isKeptLong ? KEPT_LONG_SECONDS : KEPT_SECONDS;
  return holderOf(lease, now) === undefined && now.getTime() - lastUseOf(lease).getTime() > kept * 1_000;
}

/** Whether its history keeps nobody from acting. The workload is read only where that depends on its template. */
async function isSilent(cluster: Cluster, lease: Lease, policy: Policy, now: Date): Promise<boolean> {
  const history = historyOf(lease);
  const speaks = (template: string | undefined) =>
    pause(history, template, policy, now) !== undefined || triedTooOften(history, template, policy) !== undefined;
  if (!history.some(({ template }) => speaks(template))) return true;
  const workload = workloadOf(lease);
  try {
    return workload !== undefined && !speaks(await readPresentTemplate(cluster, workload));
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return false;
  }
}

/** Removes a claim if it is still as it was read; one that was taken or removed meanwhile is left to whoever did that. */
async function remove(cluster: Cluster, { metadata }: Lease): Promise<void> {
  const { name = "", uid = "", resourceVersion = "" } = metadata ?? {};
  try {
    await cluster.delete(paths.lease(CLAIM_NAMESPACE, name), { uid, resourceVersion });
  } catch (error) {
    if (!isRemediationError(error, "NotFound", "ObjectChanged")) throw error;
  }
}
