import type { Cluster } from "../shared/cluster/cluster.ts";
import { HttpCluster } from "../shared/cluster/http-cluster.ts";
import { parsePolicy, type Policy } from "../shared/policy.ts";
import type { Environment } from "../run/step.ts";
import { clusterOfArn } from "../shared/cluster-name.ts";
import { connectToEks, knownAs } from "./eks.ts";
import { measureInCloudWatch } from "./metrics.ts";
import { sessionName } from "./session.ts";
import { settingsOf } from "./settings.ts";

/**
 * Connections live as long as the warm function, so that TLS and the token are set up once. Those to other accounts live as
 * long as their session, each execution has one of its own, and for an hour at most: it is found again by then that a cluster has
 * the tag still by which it was discovered.
 */
const clusters = new Map<string, { session: string; until: number; cluster: Promise<Cluster> }>();
/** How long a connection to another account is used, in milliseconds: as long as the credentials of one session. */
const ELSEWHERE_MS = 3_600_000;

/** The environment of a deployed function: EKS, CloudWatch, the policy from `REMEDIATION_POLICY`, and what is
 * set at run time. */
export const awsEnvironment: Environment = {
  async connect(clusterName) {
    const isElsewhere = clusterOfArn(clusterName) !== undefined;
    const session = isElsewhere ? sessionName() : "";
    const kept = clusters.get(clusterName);
    if (kept?.session === session && Date.now() < kept.until) return await kept.cluster;
    const cluster = connectToEks(clusterName).then((connection) => new HttpCluster(connection));
    const until = isElsewhere ? Date.now() + ELSEWHERE_MS : Infinity;
    clusters.set(clusterName, { session, until, cluster });
    // A failed connection is not kept.
    cluster.catch(() => clusters.delete(clusterName));
    return await cluster;
  },
  knownAs,
  policy: () => deployedPolicy(process.env["REMEDIATION_POLICY"]),
  settings: (clusterName) => settingsOf(clusterName),
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
