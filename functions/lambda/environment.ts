import type { Cluster } from "../shared/cluster/cluster.ts";
import { HttpCluster } from "../shared/cluster/http-cluster.ts";
import { parsePolicy, type Policy } from "../shared/policy.ts";
import type { Environment } from "../run/step.ts";
import { connectToEks } from "./eks.ts";
import { measureInCloudWatch } from "./metrics.ts";

/** Connections live as long as the warm function, so that TLS and the token are set up once. */
const clusters = new Map<string, Promise<Cluster>>();

/** The environment of a deployed function: EKS, CloudWatch, and the policy from `REMEDIATION_POLICY`. */
export const awsEnvironment: Environment = {
  async connect(clusterName) {
    let cluster = clusters.get(clusterName);
    if (cluster === undefined) {
      cluster = connectToEks(clusterName).then((connection) => new HttpCluster(connection));
      clusters.set(clusterName, cluster);
      // A failed connection is not kept.
      cluster.catch(() => clusters.delete(clusterName));
    }
    return await cluster;
  },
  policy: () => deployedPolicy(process.env["REMEDIATION_POLICY"]),
  now: () => new Date(),
  measure: measureInCloudWatch,
};

/**
 * The policy of a deployed function. One that has lost it changes nothing: it observes, whoever asks.
 * @throws RemediationError `InvalidPolicy`
 */
export function deployedPolicy(text: string | undefined): Policy {
  const isLost = text === undefined || text.trim() === "";
  return parsePolicy(isLost ? '{"modes": {"all": "observe"}}' : text);
}
