import type { Cluster, Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../shared/policy.ts";

/** How often it is tried again when somebody else writes the Lease at the same moment. */
const ATTEMPTS = 3;

/** Looks again, and decides again, when somebody else created, changed or removed the Lease first. */
export async function despiteOthers<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isRemediationError(error, "ObjectChanged", "NotFound") || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** The Lease of that name in the claim namespace; undefined when there is none. */
export async function readLease(cluster: Reader, name: string): Promise<Lease | undefined> {
  try {
    return await cluster.get<Lease>(paths.lease(CLAIM_NAMESPACE, name));
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}

/**
 * Creates a Lease in the claim namespace, and that namespace where it is missing.
 * @throws RemediationError `ObjectChanged` when there is one of that name by now, `ClaimNamespaceMissing` when the
 *   namespace is missing and may not be created
 */
export async function createLease(cluster: Cluster, lease: Lease): Promise<void> {
  try {
    await cluster.create(paths.leases(CLAIM_NAMESPACE), lease);
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    await createClaimNamespace(cluster);
    await cluster.create(paths.leases(CLAIM_NAMESPACE), lease);
  }
}

async function createClaimNamespace(cluster: Cluster): Promise<void> {
  try {
    await cluster.create(paths.namespaces(), {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: CLAIM_NAMESPACE },
    });
  } catch (error) {
    if (isRemediationError(error, "ObjectChanged")) return; // created by somebody else just now
    if (!isRemediationError(error, "Forbidden")) throw error;
    throw new RemediationError(
      "ClaimNamespaceMissing",
      `${cluster.name}: the namespace ${CLAIM_NAMESPACE}, which holds the claims, does not exist. Create it: kubectl create namespace ${CLAIM_NAMESPACE}`,
      { cause: error },
    );
  }
}
