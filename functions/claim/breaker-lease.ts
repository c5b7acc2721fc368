import { BREAKER_LEASE } from "../run/breaker.ts";
import { createLease, readLease } from "../run/stored-lease.ts";
import type { Cluster } from "../shared/cluster/cluster.ts";
import { isRemediationError } from "../shared/errors.ts";
import { CLAIM_NAMESPACE } from "../shared/policy.ts";

/**
 * Makes sure that there is the Lease on which a person may close the breaker. It bears no label of the claims, so that it is
 * never cleared away with these. A claim is given back whether or not it could be made.
 */
export async function keepBreakerLease(cluster: Cluster): Promise<void> {
  try {
    if ((await readLease(cluster, BREAKER_LEASE)) !== undefined) return;
    await createLease(cluster, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: BREAKER_LEASE, namespace: CLAIM_NAMESPACE },
    });
  } catch (error) {
    // Another execution has made it just now; or the next one that tells of the breaker tries again.
    if (!isRemediationError(error)) throw error;
  }
}
