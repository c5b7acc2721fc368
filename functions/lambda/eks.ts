import { DescribeClusterCommand, EKSClient, ResourceNotFoundException } from "@aws-sdk/client-eks";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import type { Connection } from "../shared/cluster/http-cluster.ts";
import { plainNameOf } from "../shared/cluster-name.ts";
import { LEAVING, TAG } from "../shared/discovered.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { cachedToken } from "./cached-token.ts";
import { createToken } from "./eks-token.ts";
import { findSpoke, hubOf, type Spoke } from "./fleet.ts";
import { sessionName } from "./session.ts";
import { spokeCredentials } from "./spoke-credentials.ts";

/**
 * Finds the cluster's endpoint and CA, and authenticates with tokens made from the function's own temporary credentials; for a
 * cluster of a hub's list, from those of the function's role in the cluster's account.
 * @throws RemediationError `ClusterNotFound` when there is no such cluster in this account and region, or in the hub's list,
 *   `ClusterNotPermitted` when the role may not describe it or cannot be assumed, `ClusterUnreachable` when it has no endpoint yet
 */
export async function connectToEks(clusterName: string): Promise<Connection> {
  const hub = hubOf();
  const spoke = hub === undefined ? undefined : await findSpoke(hub, clusterName);
  const name = spoke?.name ?? plainNameOf(clusterName);
  const client = new EKSClient({
    ...CLIENT_OPTIONS,
    ...(spoke === undefined ? {} : { region: spoke.region, credentials: spokeCredentials(spoke, sessionName()) }),
  });
  const { endpoint, ca } = await describeCluster(client, name, spoke);
  const region = await client.config.region();
  const token = cachedToken(async (now) => {
    const credentials = await client.config.credentials();
    return {
      token: await createToken({ clusterName: name, region, credentials, now }),
      credentialsExpiration: credentials.expiration,
    };
  });
  return {
    name: clusterName,
    server: endpoint,
    tls: { ca },
    authenticate: async () => ({ authorization: `Bearer ${await token()}` }),
    renew: async () => await connectToEks(clusterName),
  };
}

/** The name by which all steps know a cluster: its own in the hub's account and region, its ARN elsewhere. */
export async function knownAs(clusterName: string): Promise<string> {
  const hub = hubOf();
  if (hub === undefined) return clusterName;
  return (await findSpoke(hub, clusterName))?.arn ?? plainNameOf(clusterName);
}

async function describeCluster(
  client: EKSClient,
  name: string,
  spoke: Spoke | undefined,
): Promise<{ endpoint: string; ca: string }> {
  const told = spoke?.arn ?? name;
  try {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }), inTime());
    if (spoke?.tag !== undefined) assertTagged(spoke.arn, spoke.tag, cluster?.tags);
    const ca = cluster?.certificateAuthority?.data;
    if (cluster?.endpoint === undefined || ca === undefined) {
      throw new RemediationError(
        "ClusterUnreachable",
        `EKS cluster ${told} has no endpoint yet (status ${cluster?.status ?? "unknown"}). Wait until it is ACTIVE.`,
      );
    }
    return { endpoint: cluster.endpoint, ca: Buffer.from(ca, "base64").toString("utf8") };
  } catch (error) {
    if (isRemediationError(error)) throw error;
    if (error instanceof ResourceNotFoundException) {
      throw new RemediationError(
        "ClusterNotFound",
        spoke === undefined
          ? `There is no EKS cluster ${name} in this account and region. Check cluster_name.`
          : `There is no EKS cluster ${spoke.arn}, though the hub's list has ${spoke.tag === undefined ? "it" : "its account and region"}. It may have been deleted.`,
        { cause: refusalOf(error).cause },
      );
    }
    const denied = error instanceof Error && error.name === "AccessDeniedException";
    throw new RemediationError(
      denied ? "ClusterNotPermitted" : "ClusterUnreachable",
      `EKS cluster ${told} could not be described: ${refusalOf(error).message}${denied && spoke?.tag !== undefined ? ` That is so as well where it has no tag ${TAG}=${spoke.tag}.` : ""}`,
      { cause: refusalOf(error).cause },
    );
  }
}

/**
 * The role's permissions are limited to clusters with the tag; the hub holds itself to it as well. What began while a cluster had
 * it goes on while the cluster is leaving.
 */
function assertTagged(arn: string, wanted: string, tags: Record<string, string> = {}): void {
  const value = tags[TAG];
  if (value === wanted || value === LEAVING) return;
  throw new RemediationError(
    "ClusterNotFound",
    `EKS cluster ${arn} is not in the hub's list itself, and has no tag ${TAG}=${wanted}. Give it that tag, or add it to the list.`,
  );
}
