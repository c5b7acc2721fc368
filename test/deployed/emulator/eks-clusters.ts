/** A Kubernetes cluster that the emulator's EKS describes. */
export interface EksCluster {
  name: string;
  /** Port of its API server on loopback. */
  port: number;
  /** Its CA certificate, as PEM. */
  ca: string;
  /** Stands in the URL under which the API server asks who a token belongs to: at least 16 of `A-Za-z0-9_-`. */
  webhookSecret: string;
  /** Where it is, if not where everything else is. */
  place?: Place;
}

/** Where the clusters are: the emulator keeps its resources apart by account and region. */
export interface Place {
  account: string;
  region: string;
}

/** The versions of the emulator's saved state are counted for each service. */
const STATE_FORMAT = 3;

/**
 * The emulator's saved state of EKS, with clusters in it. There is no call that would set a cluster's CA: the emulator
 * starts clusters itself, in containers.
 */
export function eksState(clusters: readonly EksCluster[], elsewhere: Place): string {
  const entries = clusters.map((cluster) => {
    const { account, region } = cluster.place ?? elsewhere;
    return [
      `${account}\0${region}\0'${cluster.name}'`,
      {
        name: cluster.name,
        arn: `arn:aws:eks:${region}:${account}:cluster/${cluster.name}`,
        createdAt: Date.now() / 1_000,
        version: "1.35",
        // Replaced by https://127.0.0.1:<_port> when it is loaded.
        endpoint: "",
        status: "ACTIVE",
        certificateAuthority: { data: Buffer.from(cluster.ca).toString("base64") },
        accessConfig: { authenticationMode: "API" },
        tags: {},
        _auth_token: cluster.webhookSecret,
        _port: cluster.port,
      },
    ];
  });
  const data = Object.fromEntries(entries) as unknown;
  return JSON.stringify({
    __ministack_format__: STATE_FORMAT,
    payload: { clusters: { __account_region_scoped__: true, data } },
  });
}

/**
 * What the API server's `--authentication-token-webhook-config-file` holds. The emulator checks an EKS token's signature,
 * age and cluster, and answers with the groups of the role's access entry, as EKS does.
 */
export function tokenWebhookConfig(
  endpoint: string,
  { name, webhookSecret }: Pick<EksCluster, "name" | "webhookSecret">,
  { account, region }: Place,
): string {
  const server = `${endpoint}/_ministack/eks-auth/${account}/${region}/${name}/${webhookSecret}`;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "eks", cluster: { server } }],
    users: [{ name: "api-server", user: {} }],
    contexts: [{ name: "webhook", context: { cluster: "eks", user: "api-server" } }],
    "current-context": "webhook",
  });
}
