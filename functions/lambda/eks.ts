import { DescribeClusterCommand, EKSClient, ResourceNotFoundException } from "@aws-sdk/client-eks";
import type { Connection } from "../shared/cluster/http-cluster.ts";
import { RemediationError } from "../shared/errors.ts";
import { cachedToken } from "./cached-token.ts";
import { createToken } from "./eks-token.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";

/**
 * Finds the cluster's endpoint and CA, and authenticates with tokens made from the function's own temporary credentials.
 * @throws RemediationError `ClusterNotFound` when there is no such cluster in this account and region, `ClusterNotPermitted` when
 *   the role may not describe it, `ClusterUnreachable` when it has no endpoint yet
 */
export async function connectToEks(clusterName: string): Promise<Connection> {
  const client = new EKSClient(CLIENT_OPTIONS);
  const { endpoint, ca } = await describeCluster(client, clusterName);
  const region = await client.config.region();
  const token = cachedToken(async (now) => {
    const credentials = await client.config.credentials();
    return {
      token: await createToken({ clusterName, region, credentials, now }),
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

async function describeCluster(client: EKSClient, name: string): Promise<{ endpoint: string; ca: string }> {
  try {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }), inTime());
    const ca = cluster?.certificateAuthority?.data;
    if (cluster?.endpoint === undefined || ca === undefined) {
      throw new RemediationError(
        "ClusterUnreachable",
        `EKS cluster ${name} has no endpoint yet (status ${cluster?.status ?? "unknown"}). Wait until it is ACTIVE.`,
      );
    }
    return { endpoint: cluster.endpoint, ca: Buffer.from(ca, "base64").toString("utf8") };
  } catch (error) {
    if (error instanceof RemediationError) throw error;
    if (error instanceof ResourceNotFoundException) {
      throw new RemediationError(
        "ClusterNotFound",
        `There is no EKS cluster ${name} in this account and region. Check cluster_name.`,
        { cause: refusalOf(error).cause },
      );
    }
    const denied = error instanceof Error && error.name === "AccessDeniedException";
    throw new RemediationError(
      denied ? "ClusterNotPermitted" : "ClusterUnreachable",
      `EKS cluster ${name} could not be described: ${refusalOf(error).message}`,
      { cause: refusalOf(error).cause },
    );
  }
}
